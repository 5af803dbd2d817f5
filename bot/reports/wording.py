"""Numbers, shares, days and kinds as people read them in reports, in each language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache

from bot.language import Words
from bot.reports.contents import Report
from bot.rules.words import Phrases
from scoring.measures.gaps import Stretch
from scoring.measures.groups import UNKNOWN, GroupFigures
from scoring.signals import Kind, date_of, day_of
from scoring.statistics import Ratio

NOT_KNOWN = "-"


class Wording:
    """Says what reports say in one language. English is plain ASCII, because some terminals know nothing else."""

    def __init__(self, words: Words) -> None:
        """Take the language."""
        self._words = words
        self._phrases = Phrases(words)
        self.tag = words.tag

    def say(self, key: str, /, **values: str | int) -> str:
        """Return a text of `figures.yaml` with its values filled in."""
        return self._words.plain(f"figures.{key}", **values)

    def number(self, of: float) -> str:
        """Write a number with thousands set apart, whole where it is whole."""
        return self._phrases.number(of)

    def counted(self, key: str, n: int) -> str:
        """Return a text that tells of so many."""
        return self.say(key, n=n, count=self.number(n))

    def people(self, count: int) -> str:
        """Write a number of people."""
        return self.counted("people", count)

    def per_cent(self, value: float | None, places: int = 1) -> str:
        """Write a share of something in per cent, to one decimal."""
        return NOT_KNOWN if value is None else self.say("percent", value=self._phrases.fixed(value * 100, places))

    def share(self, of: Ratio | None) -> str:
        """Write a ratio in per cent, to one decimal."""
        return self.per_cent(of.value if of else None)

    def interval(self, of: Ratio | None) -> str:
        """Write the interval in which the share would lie, 95 times in 100."""
        if of is None or of.interval is None:
            return NOT_KNOWN
        low, high = (self._phrases.fixed(end * 100, 1) for end in of.interval)
        return self.say("interval", low=low, high=high)

    def day(self, number_of_day: int) -> str:
        """Write a day number as a date."""
        return self._phrases.date(date_of(number_of_day))

    def month(self, name: str) -> str:
        """Write a month that is called `2026-01`."""
        year, month = name.split("-")
        return self.say("month", year=year, month=month)

    def when(self, of: Stretch) -> str:
        """Write from when to when (UTC); the day once where both are the same."""
        until = dt.datetime.fromtimestamp(of.until // 1000, dt.UTC)
        end = f"{until:%H:%M}" if day_of(of.since) == day_of(of.until) else self._phrases.moment(of.until)
        return self.say("since_until", since=self._phrases.moment(of.since), until=end)

    def title(self, of: Report) -> str:
        """Write what the report is about."""
        name = of.community or self.say("no_community")
        return self.say("members_of", community=name, programme=of.programme) if of.programme else name

    def scope(self, of: Report) -> str:
        """Write which days the report covers, and under which rules."""
        rules = self.say("rules", version=of.mountain.version)
        if of.period is None or of.as_of is None:
            return rules
        days = {"first": of.period.first, "last": of.period.last, "as_of": of.as_of}
        return self.say("scope", rules=rules, **{name: self.day(number) for name, number in days.items()})

    def withheld(self, rows: Sequence[GroupFigures]) -> str:
        """Say how many values of a group are not shown, and why; nothing where all are."""
        return self.counted("withheld", len(rows)) if rows else ""

    def group(self, name: str) -> str:
        """Return what a declared group is called."""
        return self._phrases.group(name)

    def value(self, of: GroupFigures) -> str:
        """Return what a value of a group is called; those of the community stand as they were given."""
        return self.say("unknown") if of.value == UNKNOWN else of.value

    def kind(self, of: Kind, count: int) -> str:
        """Write what so many of a kind are called."""
        return self.say(f"kind.{of.label}", n=count)

    def kinds(self, counts: Mapping[Kind, int]) -> list[str]:
        """Write how many engagements there were of each kind."""
        return [f"{self.number(count)} {self.kind(one, count)}" for one, count in counts.items()]

    def missing(self, kinds: Sequence[Kind]) -> str:
        """Write of which kinds something may be missing."""
        return ", ".join(self._words.plain(f"unheard.kind.{one.label}") for one in kinds)


@cache
def english() -> Wording:
    """Return the wording of terminals, which speak to operators."""
    return Wording(Words("en"))


def steps(of: Report) -> list[tuple[str, int]]:
    """Return what each step is called and how many members reached it."""
    titles = {step.name: step.title for step in of.mountain.steps}
    return [(titles.get(one.step) or one.step, one.members) for one in of.findings.steps]
