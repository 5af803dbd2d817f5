"""`/cairn why`: the acts behind my points, day by day: acts first, then the rule and what it made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.chat.calling import Call
from bot.chat.speech import Action, Block, Bold, Button, Controls, Heading, Jump, Moment, Paragraph, Reply, Span, Text
from bot.commands.mine import standing, without_page
from bot.commands.room import Room
from bot.commands.spec import Act, Command
from bot.ports import Space
from bot.rules import ruling
from bot.rules.words import Phrases
from bot.standing import tracing
from bot.standing.tracing import Behind, Places, Trail
from bot.storage import contexts
from bot.storage.ledger import Entry
from scoring.mountain import TIMES_ONE
from scoring.signals import DAY_MS, Context

_DAYS, _TALLIES, _ACTS = 5, 12, 6
"""How many days, tallies and acts of one tally are shown at once."""
_LONGEST_DAY = 6


async def run(call: Call, room: Room) -> Reply:
    """Show what counted on the latest days."""
    return await _shown(call, room, room.today + 1)


async def earlier(call: Call, room: Room) -> Reply:
    """Show the days before one; a forged day is only another day of the caller's own."""
    text = next(iter(call.action.arguments), "") if call.action else ""
    known = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_DAY
    reply = await _shown(call, room, int(text) if known else room.today + 1)
    return Reply(reply.blocks, replaces=True)


async def _shown(call: Call, room: Room, before: int) -> Reply:
    there = await standing(call, room)
    other = without_page(room, there)
    if other is not None or there.member is None:
        return other or room.say("why.nothing")
    async with room.database.read() as connection:
        rules = await ruling.in_force(connection, room.community)
        trail = await tracing.trail(connection, room.community, rules, there.member, room.today)
        days = sorted({day for day in trail.scored.day.tolist() if day < before}, reverse=True)
        found, places = await tracing.behind(connection, room.community, trail, days[:_DAYS])
        spaces = await contexts.spaces_of(connection, places)
    if not found:
        return room.say("why.nothing")
    kept = found[-_TALLIES:]
    if len({one.day for one in kept}) > 1:  # a day is shown whole, unless it is the only one
        kept = [one for one in kept if one.day != kept[0].day] if len(kept) < len(found) else kept
    more = () if kept[0].day == days[-1] else (_more(room, kept[0].day),)
    return room.say("why.intro", *_Shown(trail, room, places, spaces).days(kept), *more)


def _more(room: Room, day: int) -> Block:
    return Controls((Button(room.words.plain("why.earlier"), Action("why-more", (str(day),))),))


@dataclass(frozen=True, slots=True)
class _Shown:
    """Tallies and acts, as blocks."""

    trail: Trail
    room: Room
    places: Places
    spaces: Mapping[int, Space]

    def days(self, found: list[Behind]) -> Iterator[Block]:
        for day in sorted({one.day for one in found}, reverse=True):
            yield Heading((Moment(day * DAY_MS, day=True),))
            for one in found:
                if one.day == day:
                    yield Paragraph(self._acts(one))
                    yield Paragraph(self._tally(one))

    def _acts(self, one: Behind) -> Text:
        if not one.entries:
            return self.room.words.text("why.gone")
        text: tuple[Span, ...] = ()
        for entry in one.entries[:_ACTS]:
            text += (("; ",) if text else ()) + self._act(entry)
        left = len(one.entries) - _ACTS
        return text + (self.room.words.text("why.more_acts", n=left) if left > 0 else ())

    def _act(self, entry: Entry) -> Text:
        kind = self.room.words.plain(f"mountain.kind.{entry.kind.label}")
        place, space = self.places[entry.context], self.spaces.get(entry.context)
        what = Jump(kind, space.platform, space.id, place.place, entry.key) if space and place.place else kind
        text: tuple[Span, ...] = (what,)
        if where := _where(place):
            text = self.room.words.text("why.place", what=what, place=where)
        return text if entry.estimated else (*text, ", ", Moment(entry.at))

    def _tally(self, one: Behind) -> Text:
        phrases, mountain = Phrases(self.room.words), self.trail.mountain.in_language(self.room.words.tag)
        kind = mountain.types[one.type]
        text = self.room.words.text(
            "why.tally",
            title=Bold(kind.title),
            n=one.counted,
            points=phrases.points(one.points // TIMES_ONE),
            band=mountain.bands[kind.band].called,
            rule=phrases.a_day(kind),
        )
        if one.times == 1:
            return text
        called = {multiplier.name: multiplier.called for multiplier in mountain.multipliers}
        names = ", ".join(called[multiplier.name] for multiplier in self.trail.multipliers(one.day))
        times = phrases.number(one.times)
        return text + self.room.words.text("why.times", times=times, names=names or "-")


def _where(place: Context) -> str:
    """Return where or as what something was done, in the words people gave it."""
    parts = (place.name, place.programme, place.cohort, place.project, place.role)
    return ", ".join(filter(None, parts))


COMMAND = Command("cairn why", run, acts={"why": Act(run), "why-more": Act(earlier)})
