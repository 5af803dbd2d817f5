"""`/cairn me`: my own page: where I stand, why, and what is next. Nobody else sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.chat.calling import Call
from bot.chat.speech import (
    Action,
    Bar,
    Bars,
    Block,
    Bold,
    Button,
    Controls,
    Heading,
    Moment,
    Paragraph,
    Reply,
    Style,
    Text,
)
from bot.commands.mine import quiet_now, standing, without_page
from bot.commands.room import Room
from bot.commands.spec import Act, Command
from bot.consent import lines
from bot.consent.choices import Standing
from bot.rules import ruling
from bot.rules.words import Phrases
from bot.sending import outbox
from bot.standing import tracing
from bot.standing.tracing import Reach, Trail
from scoring.mountain import TIMES_ONE, EngagementType
from scoring.points import TALLY_POINT
from scoring.signals import DAY_MS

_MOST_STEPS, _MOST_REASONS, _MOST_WAYS = 3, 3, 3


async def run(call: Call, room: Room) -> Reply:
    """Show the caller's bands, what they rest on, what is next, and what has waited for them."""
    there = await standing(call, room)
    shown = await _shown(room, there)
    return Reply((*await _waited(room, there), *shown))


async def at_home(call: Call, room: Room) -> Reply:
    """Show the same where it goes on standing: what has waited is not taken, there is a button that shows it."""
    there = await standing(call, room)
    n = 0
    if there.member is not None and not there.out:
        async with room.database.read() as connection:
            n = await outbox.lines_open(connection, (room.community, there.member, room.space), room.now)
    show = Button(room.words.plain("me.button.waiting"), Action("me-waiting"), Style.MAIN)
    waits = (Paragraph(room.words.text("me.waits", n=n)), Controls((show,))) if n else ()
    return Reply((*waits, *await _shown(room, there)))


async def waiting(call: Call, room: Room) -> Reply:
    """Show what has waited for the caller."""
    found = await _waited(room, await standing(call, room))
    return Reply(found) if found else room.say("me.nothing_waits")


async def _waited(room: Room, there: Standing) -> tuple[Block, ...]:
    return await lines.waiting(room, there.member) if there.member is not None and not there.out else ()


async def _shown(room: Room, there: Standing) -> tuple[Block, ...]:
    other = without_page(room, there)
    if other is not None or there.member is None:
        return other.blocks if other else ()
    async with room.database.read() as connection:
        rules = await ruling.in_force(connection, room.community)
        trail = await tracing.trail(connection, room.community, rules, there.member, room.today)
    return (*_Page(trail, room).blocks(), *await quiet_now(room, there))


class _Page:
    """A member's way, as blocks."""

    def __init__(self, trail: Trail, room: Room) -> None:
        self._trail = trail
        self._mountain = trail.mountain.in_language(room.words.tag)
        self._words = room.words
        self._phrases = Phrases(room.words)

    def blocks(self) -> Iterator[Block]:
        yield self._standing()
        yield self._bars()
        yield from self._reasons()
        yield from self._next()
        yield Controls(
            (
                Button(self._words.plain("me.button.why"), Action("why")),
                Button(self._words.plain("me.button.rules"), Action("rules")),
            )
        )

    def _standing(self) -> Block:
        since, number = self._trail.band
        if not number:
            return Paragraph(self._words.text("me.no_band"))
        band = Bold(self._mountain.bands[number - 1].called)
        return Paragraph(self._words.text("me.band", band=band, since=Moment(since * DAY_MS, day=True)))

    def _bars(self) -> Block:
        rows = []
        for band, total in reversed(list(zip(self._mountain.bands, self._trail.totals, strict=True))):
            value, entry = total / TALLY_POINT, band.entry * TIMES_ONE / TALLY_POINT
            note = self._words.plain("me.bar", points=self._number(value), entry=self._number(entry))
            rows.append(Bar(band.called, min(value, entry), entry, note))
        return Bars(tuple(rows))

    def _reasons(self) -> Iterator[Block]:
        """Say what most of the points in the window rest on."""
        scored, window = self._trail.scored, self._mountain.window
        lately = scored.where(scored.day > self._trail.as_of - window)
        points: Counter[int] = Counter()
        for kind, worth in zip(lately.type.tolist(), lately.points.tolist(), strict=True):
            points[kind] += worth
        best = [(kind, worth) for kind, worth in points.most_common(_MOST_REASONS) if worth]
        if not best:
            yield Paragraph(self._words.text("me.nothing_yet", n=window))
            return
        yield Heading(self._words.text("me.why"))
        for kind, worth in best:
            one = self._mountain.types[kind]
            points_in = self._points(worth)
            band = self._mountain.bands[one.band].called
            yield Paragraph(self._words.text("me.reason", title=Bold(one.title), points=points_in, band=band))

    def _next(self) -> Iterator[Block]:
        """Say which steps are reached now, and which ones come next."""
        reaches = [one for one in self._trail.reaches if one.open]
        reached = [one for one in reaches if one.reached]
        ahead = sorted((one for one in reaches if not one.reached), key=lambda one: (-self._share(one), one.step))
        if reached or ahead:
            yield Heading(self._words.text("me.next"))
        for one in reached:
            step = self._mountain.steps[one.step]
            what = self._mountain.called(step.leads_to)
            yield Paragraph(self._words.text("me.reached", title=Bold(step.title), what=what))
        for one in ahead[:_MOST_STEPS]:
            yield Paragraph(self._ahead(one))

    def _ahead(self, one: Reach) -> Text:
        step = self._mountain.steps[one.step]
        band = self._mountain.bands[step.band].called
        whole, have = self._phrases.points(step.points), self._number(one.points / TALLY_POINT)
        text = self._words.text("me.ahead", title=Bold(step.title), have=have, whole=whole, band=band)
        if step.days > 1:
            text += self._words.text("me.ahead_days", days=min(one.days, step.days), whole=step.days)
        ways = ", ".join(self._way(way) for way in self._ways(step.band))
        return text + (self._words.text("me.ways", ways=ways) if ways else ())

    def _ways(self, band: int) -> list[EngagementType]:
        """Return what counts most for a band."""
        types = [one for one in self._mountain.types if one.band == band and one.curve[-1]]
        return sorted(types, key=lambda one: -one.curve[1])[:_MOST_WAYS]

    def _way(self, one: EngagementType) -> str:
        return self._words.plain("me.way", title=one.title, points=self._phrases.points(one.curve[1]))

    def _share(self, one: Reach) -> float:
        """Return how much of the way to a step is behind."""
        step = self._mountain.steps[one.step]
        shares = (one.points / (step.points * TIMES_ONE) if step.points else 1.0, one.days / max(step.days, 1))
        return min(min(share, 1.0) for share in shares)

    def _points(self, worth: int) -> str:
        return self._phrases.points(worth // TIMES_ONE)

    def _number(self, value: float) -> str:
        return self._phrases.number(value)


COMMAND = Command("cairn me", run, acts={"me": Act(run), "me-home": Act(at_home), "me-waiting": Act(waiting)})
