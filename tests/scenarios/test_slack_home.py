"""The Home tab: a member's page, and the team's part, drawn anew after what is done from it; and forms in place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.commands.registry import registry
from bot.commands.spec import Role
from bot.storage.engine import Database
from integrations.sandbox.faults import Fault
from integrations.sandbox.slack.blocks import elements
from integrations.sandbox.slack.model import View
from integrations.sandbox.slack.people import Person
from integrations.slack.speaking.home import OWN, RUN
from tests.scenarios.discord_rig import until
from tests.scenarios.slack_town import PATIENCE, SlackTown, asks, blocks_of, content, plain, slack_town

pytestmark = pytest.mark.timeout(300)  # on a machine that does ten other things


@pytest.fixture
async def here(sqlite_url: str) -> AsyncIterator[SlackTown]:
    """A workspace whose moderators and managers are set, and in which Ann has a page."""
    async with slack_town(f"{sqlite_url}?timeout=120") as town:
        await town.rig.start()
        form = await town.does(town.boss, "/cairn-team setup")
        look = await town.submits(town.boss, form, {"role": town.heads, "channel": town.team, "history": "none"})
        await town.clicks(town.boss, await town.clicks(town.boss, look, "setup-live"), "setup-live:yes")
        made = await town.clicks(town.ann, await town.does(town.ann, "/cairn page"), "page-make")
        await town.clicks(town.ann, made, "page-bring")
        yield town


@asynccontextmanager
async def busy(url: str) -> AsyncIterator[None]:
    """Let nobody else write to the store meanwhile."""
    database = Database(url)
    try:
        async with database.write():
            yield
    finally:
        await database.close()


async def home(here: SlackTown, who: Person) -> View:
    """Open somebody's Home tab, and wait until it is drawn."""
    before = content(who.home) if who.home is not None else None
    here.clock.skip(7.0)
    await who.opens_home()
    await until(lambda: who.home is not None and content(who.home) is not before, PATIENCE)
    assert who.home is not None
    return who.home


def commands_of(shown: View) -> set[str]:
    """Return the commands that can be chosen from a list."""
    found = (one for _, one in elements(blocks_of(shown)) if one["action_id"] == f"cairn:{RUN}")
    return {option["value"] for one in found for option in one["options"]}


async def test_a_member_reads_their_page_and_nothing_of_the_teams(here: SlackTown) -> None:
    page = await home(here, here.ann)
    assert here.words("me.next", here.ann) in plain(page)
    for name in ("page", "about_me", "privacy", "link", "thank", "help"):
        assert here.words(f"home.{name}", here.ann) in plain(page)
    assert plain(page).count(here.words("home.why", here.ann)) == 1
    assert here.words("home.team", here.ann) not in plain(page)
    assert not commands_of(page)
    assert here.words("me.no_page", here.bob) in plain(await home(here, here.bob))
    await keeps_what_waits(here)
    await ends_with_what_holds(here)


async def test_the_team_reads_what_waits_and_finds_every_command(here: SlackTown) -> None:
    page = await home(here, here.head)
    assert {one.path for one in registry().commands if one.role is not Role.EVERYONE} == commands_of(page)
    for key in ("overview.nothing", "overview.set", "overview.consent_counted"):
        assert here.words(key, here.head) in plain(page)
    assert len(blocks_of(page)) <= 100
    await shows_what_is_done_from_it(here, page)


async def shows_what_is_done_from_it(here: SlackTown, page: View) -> None:
    """By a button, and by a form of a command that was chosen there; what is wrong in it is said in its place."""
    held = content(page)
    said = await here.clicks(here.head, page, "pause", "pause.done")
    assert isinstance(said, View)
    await until(lambda: content(page) is not held, PATIENCE)
    assert here.words("overview.held", here.head) in plain(page)
    form = await here.chooses(here.head, page, RUN, "cairn-team event create")
    assert isinstance(form, View)
    given = {"title": "First call", "day": "2026-03-20", "time": "25:00", "minutes": 90}
    wrong = await here.sends(here.head, form, given)
    assert list(wrong.errors) == ["time"]
    assert here.words("team.no_time", here.head) in wrong.errors["time"]
    assert form.state["title"]["title"]["value"] == "First call"
    held = content(page)
    await here.submits(here.head, form, {"time": "18:30"}, "event.made")
    await until(lambda: content(page) is not held, PATIENCE)


async def keeps_what_waits(here: SlackTown) -> None:
    """A private line is not taken by drawing the page, however often; a button shows it, then it is gone."""
    await here.does(here.head, "/cairn thank", {"person": here.ann})
    for _ in range(2):
        page = await home(here, here.ann)
        assert here.words("me.waits.one", here.ann) in plain(page)
    before = content(page)
    await here.clicks(here.ann, page, "me-waiting", "me.waiting")
    await until(lambda: content(page) is not before, PATIENCE)
    assert here.words("me.waits.one", here.ann) not in plain(page)


async def ends_with_what_holds(here: SlackTown) -> None:
    """Slack refuses a page over one that is newer than it knows; it is drawn again with what holds then."""
    page = await home(here, here.ann)
    await here.rig.server.until(lambda: not here.rig.server.courier.under_way)
    page.hash = "1.elsewhere"
    drawn = content(page)
    for _ in range(5):
        await here.ann.opens_home()
    await until(lambda: content(page) is not drawn, PATIENCE)
    assert here.words("me.next", here.ann) in plain(page)
    here.rig.server.faults.add(Fault("*", "/views.publish", status=200, error="hash_conflict", times=1))
    assert here.words("me.next", here.ann) in plain(await home(here, here.ann))


async def test_a_form_that_is_long_in_coming_takes_the_place_of_a_view_that_says_so(here: SlackTown) -> None:
    """A form opens within three seconds or not at all: so a view opens while it still can, and the form follows there;
    and what is wrong in a form is told even where Slack waits no longer, with what was given still in it.
    """
    await here.head.says(here.general, "hello")
    await until(lambda: here.rig.query("SELECT id FROM engagement"), PATIENCE)
    async with busy(here.rig.url):
        view = (await (await here.head.uses("/cairn-team", "setup", here.general)).viewed(within=PATIENCE)).view
        assert here.words("chat.one_moment", here.head) in plain(view)
    await until(lambda: asks(view), PATIENCE)
    async with busy(here.rig.url):
        await here.sends(here.head, view, {"role": here.heads, "channel": here.general, "history": "year"})
        assert here.words("chat.one_moment", here.head) in plain(view)
    await until(lambda: here.words("team.asked.public", here.head) in plain(view), PATIENCE)
    assert view.state["channel"]["channel"]["selected_conversation"] == here.general.id
    assert view.state["history"]["history"]["selected_option"]["value"] == "year"
    assert view.state["role"]["role"]["selected_option"]["value"] == here.heads.id
    await here.submits(here.head, view, {"channel": here.team}, "setup.look")


WRONG: dict[str, tuple[str, Callable[[SlackTown], dict[str, Any]], str, Callable[[SlackTown], Person]]] = {
    "/cairn thank": ("person", lambda here: {"person": here.ann}, "thank.yourself", lambda here: here.ann),
    "/cairn about-me": ("zone", lambda _: {"zone": "Nowhere"}, "about-me.no_zone", lambda here: here.ann),
    "/cairn link": ("code", lambda _: {"code": "ABCDEF"}, "link.wrong", lambda here: here.ann),
    "/cairn-team chapter add": (
        "chapter", lambda here: {"who": here.ann, "chapter": "Porto"}, "chapter.unknown", lambda here: here.head
    ),
    "/cairn-team event check-in": (
        "event", lambda _: {"event": "Nothing"}, "event.unknown", lambda here: here.head
    ),
    "/cairn-team log": (
        "what", lambda here: {"who": here.bob, "what": "flew"}, "log.no_type", lambda here: here.head
    ),
    "/cairn-team member": (
        "who", lambda here: {"who": here.person("dan")}, "common.nobody_known", lambda here: here.head
    ),
    "/cairn-team report": (
        "to", lambda _: {"from": "2026-02-02", "to": "2026-02-01"}, "report.wrong_days", lambda here: here.head
    ),
    "/cairn-team rules edit": ("type", lambda _: {"type": "flew"}, "draft.no_type", lambda here: here.head),
    "/cairn-team import": (
        "file", lambda here: {"file": here.file("a.csv", b"")}, "fault.csv.empty", lambda here: here.head
    ),
}  # fmt: skip
"""What is given wrongly in the form of a command: in which field that is told, in which words, and to whom."""


async def test_what_is_wrong_in_a_form_is_said_beside_its_field(here: SlackTown) -> None:
    told = {}
    for line, (field, given, says, whom) in WRONG.items():
        who = whom(here)
        form = await here.does(who, f"{line} ?")
        assert isinstance(form, View), line
        use = await here.sends(who, form, given(here))
        told[line] = list(use.errors) == [field] and here.words(says, who) in use.errors[field]
        assert told[line], (line, use.errors, plain(form))
        await who.closes(form)
    assert all(told.values())
    await forms_behind_buttons(here)


async def forms_behind_buttons(here: SlackTown) -> None:
    edit = await here.does(here.head, "/cairn-team rules edit", {"type": "came"})
    assert isinstance(edit, View)
    use = await here.sends(here.head, edit, {"points": "1.00001", "most": "2"})
    assert list(use.errors) == ["points"]
    use = await here.sends(here.head, edit, {"points": "3", "most": "2"})
    assert list(use.errors) == ["most"]
    await here.submits(here.head, edit, {"points": "2", "most": "2"}, "draft.kept")
    about = await here.clicks(here.ann, await here.does(here.ann, "/cairn about-me"), "about-me-edit")
    assert isinstance(about, View)
    use = await here.sends(here.ann, about, {":zone": "Nowhere"})
    assert list(use.errors) == [":zone"]
    await here.submits(here.ann, about, {":zone": "Europe/Berlin"}, "about-me.saved")


def test_every_button_of_a_page_names_something_that_there_is() -> None:
    assert {"me-home", "overview"} <= {name for one in registry().commands for name in one.acts}
    assert set(OWN) <= {one.path for one in registry().commands}
