"""From an empty workspace to the First look, and then every command there is, after a restart: on a made-up Slack, with
the unmodified client, put together as `cairn run` does it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from bot.commands.registry import registry
from bot.consent.noticing import post_notices
from bot.storage.engine import Database
from integrations.sandbox.slack.model import Message, View
from scoring.signals import Kind
from tests.scenarios.discord_rig import until
from tests.scenarios.slack_town import PATIENCE, Shown, SlackTown, asks, ids, plain, slack_town
from tests.scenarios.ways import WAYS, Way

TYPED = {"zone": "ber"}
"""What is typed where nothing is suggested to who has typed nothing yet."""


@dataclass
class Before:
    """What people were shown before the restart."""

    notice: Message
    event: Message
    page: Shown
    rules: Shown
    edit: View


@pytest.mark.timeout(600)  # on a machine that does ten other things
@pytest.mark.parametrize(
    ("database_url", "spoken", "by_team"),
    [("sqlite", "en", "de"), pytest.param("postgresql", "de", "en", marks=pytest.mark.soak)],
    indirect=["database_url"],
)
async def test_every_command_is_answered_from_an_empty_workspace_on_and_after_a_restart(
    database_url: str, spoken: str, by_team: str
) -> None:
    async with slack_town(database_url, spoken, by_team) as here:
        await here.rig.start()
        await first_look(here)
        before = await first_days(here)
        await here.restart()
        await old_buttons(here, before)
        for path, way in WAYS.items():
            await used(here, path, way)
        await shortcuts(here)
        await suggestions(here)
        assert not await here.rig.holds("canary")


async def first_look(here: SlackTown) -> None:
    """Set Cairn up: three questions, one of them answered wrongly at first; then its First look is shown."""
    form = await here.does(here.boss, "/cairn-team setup")
    assert isinstance(form, View)
    wrong = await here.sends(here.boss, form, {"role": here.heads, "channel": here.general, "history": "year"})
    assert here.words("team.asked.public", here.boss) in wrong.errors["channel"]
    look = await here.submits(here.boss, form, {"channel": here.team}, "setup.look")
    said = plain(look)
    for key in ("setup.writers", "setup.not_live"):
        assert here.words(key, here.boss) in said, said
    sure = await here.clicks(here.boss, look, "setup-live", "setup.sure")
    await here.clicks(here.boss, sure, "setup-live:yes", "setup.went_live")


async def first_days(here: SlackTown) -> Before:
    """Let people do what there is to do at first; returns what is left to be clicked on."""
    today = dt.datetime.fromtimestamp(here.clock() / 1000, dt.UTC)
    made = await here.clicks(here.ann, await here.does(here.ann, "/cairn page"), "page-make", "page.made")
    await here.clicks(here.ann, made, "page-bring", "page.brought")
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
        await post_notices(database, here.rig.keys, 1, here.clock())
    finally:
        await database.close()
    notice = await here.posted(here.help, 1)
    page, rules = await here.does(here.ann, "/cairn page"), await here.does(here.ann, "/cairn rules")
    edit = await here.does(here.head, "/cairn-team rules edit", {"type": "came"})
    assert isinstance(edit, View)
    return Before(notice, event, page, rules, edit)


async def old_buttons(here: SlackTown, before: Before) -> None:
    """Use what was shown before the restart: buttons of notices and private answers, lists, and an open form."""
    made = await here.clicks(here.bob, before.notice, "page-make", "page.made")
    await here.clicks(here.bob, made, "page-bring", "page.brought")
    await here.clicks(here.cat, before.notice, "page-kept", "privacy.what")
    await here.clicks(here.ann, before.page, "page-invite:here", "page.invited_here")
    await here.chooses(here.ann, before.rules, "rules-part", "steps")
    await here.submits(here.head, before.edit, {"points": "2.5", "most": "2.5"}, "draft.kept")
    await twice_at_once(here, before.event)


async def twice_at_once(here: SlackTown, event: Message) -> None:
    """Let two people press one button, each twice at the same moment: each came once."""
    (name,) = ids(event)
    uses = [await who.clicks(event, name) for who in (here.ann, here.bob, here.ann, here.bob)]
    for one in uses:
        await one.said(within=PATIENCE)
        assert here.words("event.welcome", here.ann) in plain(one.message)
    came = f"SELECT count(*), count(DISTINCT account) FROM engagement WHERE kind = {Kind.ATTENDANCE:d} AND holds"
    assert await here.rig.query(came) == [(2, 2)]


async def used(here: SlackTown, path: str, way: Way) -> None:
    """Use a command, and send the form that it opens: the answer is the right one, and files come as uploads."""
    who = here.ann if way.as_member else here.head
    files = len(here.rig.server.world.files)
    shown = await here.does(who, f"/{path}", way.given(here))
    if asks(shown):
        form = {**way.form, **({"channel": here.team} if path.endswith("setup") else {})}
        shown = await here.submits(who, shown, form)
    assert here.words(way.says, who) in plain(shown), (path, plain(shown))
    for one in list(here.rig.server.world.files.values())[files:]:
        if one.user == here.rig.team.bot.id:
            assert one.alt_text, (path, one.name)
            assert one.done, (path, one.name)


async def shortcuts(here: SlackTown) -> None:
    """Use every shortcut of the manifest, on a message and without one."""
    message = await here.bob.says(here.general, "canary help")
    form = await here.shortcut(here.head, "cairn-team log|message", message)
    await here.submits(here.head, form, {"what": "was-seen"}, "log.done")
    assert here.words("thank.done", here.ann) in plain(await here.shortcut(here.ann, "cairn thank|message", message))
    form = await here.shortcut(here.head, "cairn-team log")
    await here.submits(here.head, form, {"who": here.cat, "what": "was-seen"}, "log.done")
    await here.submits(here.ann, await here.shortcut(here.ann, "cairn thank"), {"person": here.cat}, "thank.done")
    assert here.words("why.intro", here.ann) in plain(await here.shortcut(here.ann, "cairn why"))


async def suggestions(here: SlackTown) -> None:
    """Begin to type into every option that suggests something."""
    asked = [(one, option) for one in registry().commands for option in one.options if option.suggest is not None]
    assert asked
    for one, option in asked:
        form = await here.does(here.head, f"/{one.path} ?")
        assert isinstance(form, View)
        here.clock.skip(7.0)
        typed = await (await here.head.types(form, option.name, TYPED.get(option.name, ""))).answered(PATIENCE)
        assert typed.options, (one.path, option.name)
    await until(lambda: not here.rig.server.courier.under_way)
