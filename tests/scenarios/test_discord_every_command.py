"""From an empty server to the First look, and then every command there is, after a restart: on a made-up Discord, with
the unmodified client, put together as `cairn run` does it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import pytest

from bot.commands.registry import registry
from bot.consent.noticing import post_notices
from bot.language import Words
from bot.storage.engine import Database
from integrations.sandbox.discord.model import Message
from integrations.sandbox.discord.people import Person
from integrations.sandbox.discord.using import Use
from integrations.sandbox.exchanges import Exchange
from scoring.signals import Kind
from tests.integrations.sandbox.discord.openapi import PUBLISHED, Contract
from tests.scenarios.discord_town import Town, ids, plain, town
from tests.scenarios.ways import WAYS, Way

MONTHS = ("2025-12", "2026-01", "2026-02", "2026-03")
"""In which the three who talked before Cairn came did so."""
TYPED = {"zone": "ber"}
"""What is typed where nothing is suggested to who has typed nothing yet."""
LABELS = Words("en")
"""Context menus are registered in the server's language."""


def test_every_command_is_among_those_that_are_used() -> None:
    assert [*WAYS] == [one.path for one in registry().commands]


@dataclass
class Before:
    """What people were shown before the restart."""

    notice: Message
    event: Message
    page: Use
    rules: Use
    edit: Use


@pytest.mark.timeout(600)  # on a machine that does ten other things
@pytest.mark.parametrize(
    ("database_url", "spoken", "by_team"),
    [
        ("sqlite", "en", "de"),
        pytest.param("postgresql", "de", "en", marks=pytest.mark.soak),
    ],
    indirect=["database_url"],
)
async def test_every_command_is_answered_from_an_empty_server_on_and_after_a_restart(
    database_url: str, spoken: str, by_team: str
) -> None:
    asked: list[Exchange] = []
    async with town(database_url, spoken, by_team, asked.append) as here:
        await here.arrive()
        await first_look(here)
        before = await first_days(here)
        await here.rig.restart(nothing_happens)
        await here.rig.heard()
        await old_buttons(here, before)
        for path, way in WAYS.items():
            await used(here, path, way)
        await menus(here)
        await suggestions(here)
        await here.rig.keeps_quiet("canary")
    if PUBLISHED.is_file():
        contract = Contract(PUBLISHED, strict=True)
        assert [wrong for one in asked if one.method != "GET" for wrong in contract.breaches(one)] == []


async def nothing_happens() -> None:
    """Let Cairn be away while nobody does anything."""


async def first_look(here: Town) -> None:
    """Set Cairn up: three questions; then history is read without a restart, and its First look is shown."""
    form = await here.does(here.boss, "/cairn-team setup")
    answers = {"role": here.heads, "channel": here.general, "history": "year"}
    await here.submits(here.boss, form, answers, "team.asked.public")
    form, answers["channel"] = await here.does(here.boss, "/cairn-team setup"), here.team
    look = await here.submits(here.boss, form, answers, "setup.look")
    said = plain(look.message)
    for key in ("setup.writers", "setup.no_newcomers", "setup.not_live"):
        assert here.words(key, here.boss) in said, said
    assert re.findall(r"(20\d\d-\d\d) \S* *█+ *(\d+)", said) == [(one, "3") for one in MONTHS]
    for key in ("setup.to_come", "setup.reading", "setup.nobody_yet"):
        assert here.words(key, here.boss) not in said, said
    sure = await here.clicks(here.boss, look.message, "setup-live", "setup.sure")
    await here.clicks(here.boss, sure.message, "setup-live:yes", "setup.went_live")


async def first_days(here: Town) -> Before:
    """Let people do what there is to do at first; returns what is left to be clicked on."""
    today = dt.datetime.fromtimestamp(here.rig.clock() / 1000, dt.UTC)
    asked = await here.does(here.ann, "/cairn page")
    made = await here.clicks(here.ann, asked.message, "page-make", "page.made")
    await here.clicks(here.ann, made.message, "page-bring", "page.brought")
    await here.does(here.head, "/cairn-team chapter create", {"name": "Lisbon"})
    await here.does(here.head, "/cairn-team chapter add", {"who": here.ann, "chapter": "Lisbon"})
    await here.does(here.head, "/cairn-team programme add", {
        "who": here.ann, "programme": "Leaders", "role": "mentor", "cohort": "OL5"
    })  # fmt: skip
    await here.does(here.head, "/cairn-team event create", {
        "title": "First call", "day": today.date().isoformat(), "time": "12:30", "channel": here.general
    })  # fmt: skip
    await here.does(here.head, "/cairn-team event check-in", {"event": "First call"})
    event = await here.posted(here.general, 2)
    database = Database(here.rig.url)
    try:
        await post_notices(database, here.rig.keys, 1, here.rig.clock())
    finally:
        await database.close()
    notice = await here.posted(here.help, 1)
    page = await here.does(here.ann, "/cairn page")
    rules = await here.does(here.ann, "/cairn rules")
    edit = await here.does(here.head, "/cairn-team rules edit", {"type": "came"})
    return Before(notice, event, page, rules, edit)


async def old_buttons(here: Town, before: Before) -> None:
    """Use what was shown before the restart: buttons of notices and private answers, lists, and an open form."""
    made = await here.clicks(here.bob, before.notice, "page-make", "page.made")
    await here.clicks(here.bob, made.message, "page-bring", "page.brought")
    await here.clicks(here.cat, before.notice, "page-kept", "privacy.what")
    await here.clicks(here.ann, before.page.message, "page-invite:here", "page.invited_here")
    await here.chooses(here.ann, before.rules.message, "rules-part", "steps")
    await here.submits(here.head, before.edit, {"points": "2.5", "most": "2.5"}, "draft.kept")
    await twice_at_once(here, before.event)


async def twice_at_once(here: Town, event: Message) -> None:
    """Let two people press one button, each twice at the same moment: each came once."""
    (name,) = ids(event)
    uses = [await who.clicks(event, name) for who in (here.ann, here.bob, here.ann, here.bob)]
    said = [plain((await one.finished(60.0)).message) for one in uses]
    assert [here.words("event.welcome", here.ann) in one for one in said] == [True] * 4, said
    came = f"SELECT count(*), count(DISTINCT account) FROM engagement WHERE kind = {Kind.ATTENDANCE:d} AND holds"
    assert await here.rig.query(came) == [(2, 2)]


async def used(here: Town, path: str, way: Way) -> None:
    """Use a command, and send the form that it opens: only the caller sees the answer, and it is the right one."""
    who: Person = here.ann if way.as_member else here.head
    use = await here.does(who, f"/{path}", way.given(here))
    if use.pending.form is not None:
        use = await here.submits(who, use, {**way.form, **({"channel": here.team} if path.endswith("setup") else {})})
    assert here.words(way.says, who) in plain(use.message), (path, plain(use.message))
    assert use.private, path


async def menus(here: Town) -> None:
    """Use every entry of the context menus on a person and on a message."""
    message = await here.bob.says(here.general, "canary help")
    for one in registry().commands:
        for menu in one.menus:
            who, label = (here.ann if one.role == 0 else here.head), LABELS.plain(f"{one.name}.menu")
            use = await here.picks(who, message if menu == "message" else here.cat, label)
            if use.pending.form is not None:
                use = await here.submits(who, use, {"what": "was-seen"})
            assert here.words(WAYS[one.path].says, who) in plain(use.message), (label, menu, plain(use.message))
            assert use.private


async def suggestions(here: Town) -> None:
    """Begin to type into every option that suggests something."""
    asked = [(one, option) for one in registry().commands for option in one.options if option.suggest is not None]
    assert asked
    for one, option in asked:
        typed = TYPED.get(option.name, "")
        assert await here.types(here.head, f"/{one.path}", option.name, typed), (one.path, option.name)
