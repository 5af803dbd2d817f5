"""`/cairn-team overview`: what waits for the team, and how Cairn is set up, with the ways on from there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from bot.chat.calling import Call
from bot.chat.speech import (
    Action,
    Block,
    Bold,
    Button,
    Channel,
    Controls,
    Fields,
    Heading,
    Moment,
    Paragraph,
    Reply,
    Style,
    Text,
)
from bot.clockwork.agenda import agenda
from bot.clockwork.duties import everything
from bot.commands.room import Room
from bot.commands.spec import Act, Command, Role
from bot.commands.team.merge import suggested
from bot.history.backfilling import SOURCE
from bot.rights.disputing import DISPUTED
from bot.rules import ruling
from bot.storage import communities, imports, outgoing, queues, teamwork, unheard
from bot.storage.tasks import WHOLE
from scoring.signals import DAY_MS

_LATELY, _LETTERS = 30, 7
"""Over how many days it is looked back: at what people did, and at messages."""
_MOST_COMPARED = 3_000
"""In communities of more accounts they are not compared for an overview, only when somebody asks for it."""
_ALL = ("merge", "event-list", "chapter-list", "programme-show", "exclude-list")
_MANAGERS = ("report", "rules-show", "jobs", "setup")
_GOING = ("running", "undoing")
"""States of an import; what is read back of a space's own history is open for as long as Cairn listens there."""
_Row = tuple[Text, Text]


async def run(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all commands are called alike
    """Say what waits, how it is set, and what can be done; managers see more than moderators."""
    words = room.words
    waits = [one async for one in _waiting(room)]
    first = words.text("overview.what" if waits else "overview.nothing")
    blocks: list[Block] = [Paragraph(first), *([Fields(tuple(waits))] if waits else [])]
    blocks.append(Controls(tuple(_button(room, one) for one in _ALL)))
    if room.role is Role.MANAGER:
        blocks += [Heading(words.text("overview.set")), Fields(tuple([one async for one in _settings(room)]))]
        blocks.append(Controls((*(_button(room, one) for one in _MANAGERS), await _held(room))))
    return Reply(tuple(blocks))


def _button(room: Room, name: str) -> Button:
    return Button(room.words.plain(f"overview.button.{name}"), Action(name))


async def _held(room: Room) -> Button:
    """Return the button that holds everything, or lets it go its way again."""
    async with room.database.read() as connection:
        there = await outgoing.going(connection, room.community)
    what = "resume" if there.paused_at is not None else "pause"
    style = Style.PLAIN if what == "resume" else Style.DANGER
    return Button(room.words.plain(f"overview.button.{what}"), Action(what), style)


async def _waiting(room: Room) -> AsyncIterator[_Row]:
    """Yield what waits; nothing that is empty, and nobody by name."""
    async with room.database.read() as connection:
        rules = await ruling.in_force(connection, room.community)
        reached = await queues.steps(connection, room.community, rules.id, room.today - _LATELY)
        told = await queues.put_down(connection, room.community, DISPUTED, room.now - _LATELY * DAY_MS)
        few = await queues.accounts(connection, room.community) <= _MOST_COMPARED
    steps = rules.mountain.in_language(room.words.tag).steps
    for step, n in reached.items():
        yield _row(room, "step", n, title=steps[step].title)
    if few and (n := len(await suggested(room))):
        yield _row(room, "merge", n)
    if told:
        yield _row(room, "told", told)
    if room.role is Role.MANAGER:
        async for one in _for_managers(room):
            yield one


async def _for_managers(room: Room) -> AsyncIterator[_Row]:
    async with room.database.read() as connection:
        letters = await queues.letters(connection, room.community, room.now - _LETTERS * DAY_MS)
        runs = await imports.runs(connection, room.community)
        gaps = await unheard.of_community(connection, room.community, room.now)
        jobs = await agenda(connection, everything(), room.now)
    for state in ("pending", "unknown", "failed"):
        if letters.get(state):
            yield _row(room, f"letters_{state}", letters[state])
    counted = {
        "tables": room.tools.tray.waiting(room.community, room.now),
        "imports": sum(one.state in _GOING and not one.source.endswith(SOURCE) for one in runs),
        "gaps": sum(not one.made_good for one in gaps),
        "jobs": sum(one.failing for one in jobs if one.lane.community in (WHOLE, room.community)),
    }
    for name, n in counted.items():
        if n:
            yield _row(room, name, n)


def _row(room: Room, name: str, n: int, **values: str) -> _Row:
    return (room.words.plain(f"overview.{name}", **values),), (str(n),)


async def _settings(room: Room) -> AsyncIterator[_Row]:
    """Yield how it is set: what anybody of the team can look up elsewhere, in one place."""
    words = room.words
    async with room.database.read() as connection:
        there = await outgoing.going(connection, room.community)
        channel = await teamwork.team_channel(connection, room.space)
        rules = await communities.active_rules(connection, room.community)
        draft = await teamwork.draft(connection, room.community)
        mountain = (await ruling.in_force(connection, room.community)).mountain.in_language(words.tag)
    yield (words.plain("overview.messages"),), _going(room, there)
    yield (words.plain("overview.rules"),), (Bold(mountain.name), f", {rules.version}")
    if draft is not None:
        yield (words.plain("overview.draft"),), (words.plain("overview.draft_there"),)
    for row in _here(room, channel):
        yield row


def _going(room: Room, there: outgoing.Going) -> Text:
    if there.paused_at is not None:
        return room.words.text("overview.held", since=Moment(there.paused_at))
    if there.live_at is None:
        return room.words.text("overview.not_live")
    return room.words.text("overview.live", since=Moment(there.live_at, day=True))


def _here(room: Room, channel: str) -> Iterator[_Row]:
    """Yield what holds in this space."""
    words = room.words
    yield (words.plain("overview.consent"),), words.text(f"overview.consent_{room.settings.consent.value}")
    yield (words.plain("overview.channel"),), ((Channel(channel),) if channel else words.text("overview.none"))
    yield (words.plain("overview.zone"),), (room.settings.zone,)


COMMAND = Command("cairn-team overview", run, Role.MODERATOR, acts={"overview": Act(run, Role.MODERATOR)})
