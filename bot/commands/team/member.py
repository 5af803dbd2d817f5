"""`/cairn-team member`: where somebody stands, for the team; never what they did. They see that it was looked at."""

from __future__ import annotations

from collections.abc import Iterator

from bot.chat.calling import Call
from bot.chat.speech import Asks, Block, Bold, Heading, Jump, Moment, Paragraph, Reply, Text, Who
from bot.commands.room import Room
from bot.commands.spec import Asked, Command, Role
from bot.ports import Space
from bot.rules import ruling
from bot.standing import tracing
from bot.standing.tracing import Trail
from bot.storage import contexts, ledger, spaces
from bot.storage.audit import LOOKED
from bot.storage.ledger import Entry, Person
from bot.storage.turns import in_turn
from bot.teamwork.given import Given
from bot.teamwork.people import did, member_of
from scoring.signals import DAY_MS, WRITTEN, Account, Context

_MOST_LINKS, _DAYS_BACK = 5, 10


async def run(call: Call, room: Room) -> Reply:
    """Show band, open steps and some links; put the look down first."""
    who = Given(call, room).person()
    number = await member_of(room, who)
    async with in_turn(room.database, room.community) as connection:
        await did(connection, room, call, LOOKED, number)
    async with room.database.read() as connection:
        person: Person = await ledger.person(connection, room.community, number)
        if not person.page:
            return room.say("member.counted", who=Who(who))
        rules = await ruling.in_force(connection, room.community)
        trail = await tracing.trail(connection, room.community, rules, number, room.today)
        days = sorted(set(trail.scored.day.tolist()))[-_DAYS_BACK:]
        entries = await ledger.entries(connection, room.community, number, days)
        numbers = {one.context for one in entries}
        places, around = await contexts.some(connection, numbers), await contexts.spaces_of(connection, numbers)
        here = {one.id: one.space for one in await spaces.of_community(connection, room.community)}.get(room.space)
    acts = [one for one in entries if one.author == number and _same(around.get(one.context), here)]
    links = _links(room, [(one, places[one.context]) for one in acts], here)
    return Reply(tuple(_blocks(room, who, trail, links)))


def _same(one: Space | None, other: Space | None) -> bool:
    return one is not None and other is not None and (one.platform, one.id) == (other.platform, other.id)


def _blocks(room: Room, who: Account, trail: Trail, links: list[Text]) -> Iterator[Block]:
    words, mountain = room.words, trail.mountain.in_language(room.words.tag)
    since, band = trail.band
    if band:
        name = Bold(mountain.bands[band - 1].called)
        when = Moment(since * DAY_MS, day=True)
        yield Paragraph(words.text("member.band", who=Who(who), band=name, since=when))
    else:
        yield Paragraph(words.text("member.no_band", who=Who(who)))
    open_steps = [mountain.steps[one.step] for one in trail.reaches if one.open and one.reached]
    yield Heading(words.text("member.steps"))
    if not open_steps:
        yield Paragraph(words.text("member.no_steps"))
    for step in open_steps:
        what = mountain.called(step.leads_to)
        yield Paragraph(words.text("member.step", title=Bold(step.title), what=what))
    if links:
        yield Heading(words.text("member.links"))
        yield from map(Paragraph, links)
    yield Paragraph(words.text("member.seen"))


def _links(room: Room, acts: list[tuple[Entry, Context]], here: Space | None) -> list[Text]:
    """Return the way to what somebody wrote last where everybody can read; nothing where private places may count."""
    if here is None or room.settings.private or room.settings.listed_in.entries:
        return []
    written = [(one, place) for one, place in acts if one.kind in WRITTEN and place.place]
    label = room.words.plain("member.link")
    return [
        (Jump(label, here.platform, here.id, place.place, one.key), " ", Moment(one.at, day=True))
        for one, place in reversed(written[-_MOST_LINKS:])
    ]


COMMAND = Command("cairn-team member", run, Role.MODERATOR, (Asked("who", Asks.PERSON, required=True),))
