"""Parts of the Mountain in words: numbers, what a day gives, what must hold. Shared by explanations."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

from bot.language import Words
from scoring.mountain import POINT, TIMES_ONE, Band, Conditions, Credit, EngagementType, Multiplier, Step
from scoring.signals import date_of

_SPELLED_OUT = 3


class Phrases:
    """Says parts of the Mountain in one language. What the rules file itself says stays as it is written there."""

    def __init__(self, words: Words) -> None:
        """Take the language."""
        self.words = words

    def points(self, thousandths: int) -> str:
        """Return points as people write them: `1 point`, `0.5 points`."""
        return self._say("points", n=1 if thousandths == POINT else 2, points=self.number(thousandths / POINT))

    def number(self, value: float) -> str:
        """Return a number with at most three places, as people write them: `1,234.5`."""
        return self._marked(f"{value:,.3f}".rstrip("0").rstrip("."))

    def fixed(self, value: float, places: int) -> str:
        """Return a number with exactly so many places: `20.0`."""
        return self._marked(f"{value:,.{places}f}")

    def date(self, day: dt.date) -> str:
        """Return a day as people write it."""
        return self.words.plain("figures.day", year=f"{day:%Y}", month=f"{day:%m}", day=f"{day:%d}")

    def moment(self, at: int) -> str:
        """Return a moment (ms) as people write it, to the minute and in UTC."""
        then = dt.datetime.fromtimestamp(at // 1000, dt.UTC)
        return self.words.plain("figures.moment", day=self.date(then.date()), time=f"{then:%H:%M}")

    def _marked(self, text: str) -> str:
        """Put the language's own marks into a number."""
        marks = {",": self._say("thousands"), ".": self._say("decimal")}
        return "".join(marks.get(one, one) for one in text)

    def a_day(self, one: EngagementType) -> str:
        """Return what a day of a type gives, and what must differ for two of one day to count twice."""
        counted = self._counting(one)
        what = self._gains(one)
        return self._say("day.counting", what=what, counting=counted) if counted else what

    def _gains(self, one: EngagementType) -> str:
        table = one.curve
        gains = [after - before for before, after in pairwise(table)]
        most = self.points(table[-1])
        if not any(gains):
            return self._say("day.none")
        if len(gains) == 1:
            return self._say("day.once", points=self.points(gains[0]))
        if len(set(gains)) == 1 or (len(set(gains[:-1])) == 1 and gains[-1] < gains[0]):
            return self._say("day.each", points=self.points(gains[0]), most=most)
        first = [
            self._say(f"day.gain{n}", gain=self.number(gain / POINT))
            for n, gain in enumerate(gains[:_SPELLED_OUT], start=1)
        ]
        if len(gains) > _SPELLED_OUT:
            first.append(self._say("day.less" if gains == sorted(gains, reverse=True) else "day.more"))
        return self._say("day.curve", gains=", ".join(first), most=most)

    def _counting(self, one: EngagementType) -> str:
        if one.per_amount:
            return self._say("counting.amount", duration=self._duration(one.per_amount * 60))
        if one.different_people:
            return self._say("counting.people")
        if one.slot and len(one.curve) > 2:
            return self._say("counting.slot", duration=self._duration(one.slot))
        return ""

    def conditions(self, one: EngagementType) -> str:
        """Return what an engagement must be to count as this type."""
        when: Conditions = one.when
        parts = [self._either(tuple(self._say(f"kind.{kind.label}") for kind in when.kinds))]
        asked = (
            ("role", when.roles), ("place", when.places), ("programme", when.programmes), ("cohort", when.cohorts),
        )  # fmt: skip
        parts += [self._say(f"when.{name}", some=self._either(patterns)) for name, patterns in asked if patterns]
        if when.completed is not None:
            parts.append(self._say("when.completed" if when.completed else "when.not_completed"))
        if when.to_others:
            parts.append(self._say("when.to_others"))
        if one.credit is Credit.RECEIVER:
            parts.append(self._say("when.received"))
        return ", ".join(parts)

    def entry(self, band: Band) -> str:
        """Return from when a member is in a band."""
        return self._say("band.entry", points=self.points(band.entry))

    def group(self, name: str) -> str:
        """Return what a declared group is called: usual ones in the language, others as the rules name them."""
        key = f"mountain.group.{name.casefold()}"
        return self.words.plain(key) if self.words.has(key) else name

    def multiplier(self, one: Multiplier) -> str:
        """Return whom a multiplier concerns, how much and when."""
        whom = ""
        if one.group:
            whom = self._say("multiplier.group", group=self.group(one.group), some=self._either(one.values))
        whom = whom or self._say("multiplier.members", programme=one.programme)
        text = self._say("multiplier.one", name=one.called, times=self.number(one.times / TIMES_ONE), whom=whom)
        for key, day in (("since", one.first), ("until", one.last)):
            text += "" if day is None else self._say(f"multiplier.{key}", day=self.date(date_of(day)))
        return text

    def threshold(self, step: Step, band: str) -> str:
        """Return when a step is offered."""
        text = self._say("step.threshold", points=self.points(step.points), band=band)
        text += self._say("step.days", n=step.days) if step.days > 1 else ""
        return text + (self._say("step.role", role=step.without_role) if step.without_role else "")

    def _duration(self, seconds: int) -> str:
        for word, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
            if seconds % length == 0:
                return self._say(f"duration.{word}", n=seconds // length)
        return self._say("duration.second", n=seconds)

    def _either(self, texts: tuple[str, ...]) -> str:
        """Return patterns as a list in words; a character set of one (`[[]`) is just that character."""
        shown = [re.sub(r"\[([*?\[])\]", r"\1", text) for text in texts]
        *some, last = shown
        return self._say("or", some=", ".join(some), last=last) if some else last

    def _say(self, key: str, **values: str | int) -> str:
        return self.words.plain(f"mountain.{key}", **values)
