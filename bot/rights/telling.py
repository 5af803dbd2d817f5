"""Somebody's copy in words: row by row what is kept of them, why and how long, in their language.

Everything that means something to people is said; numbers by which the store finds its rows are left to the copy for
programs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from bot.identity.declared import HANDLE
from bot.language import Words
from bot.rights.inventory import Listed, Sort, inventory
from bot.rules.words import Phrases
from bot.storage.exporting import ANOTHER
from bot.storage.teamwork import HUNDREDTHS
from scoring.mountain import Mountain
from scoring.points import TALLY_POINT
from scoring.signals import DAY_MS, Account, Kind, date_of

Row = Mapping[str, Any]
MOST_LINES = 20_000
"""So many rows of each sort are said in words; all of them stand in the copy for programs."""
_A_MOMENT = 10_000_000
"""Above this a time is a moment in ms, below it a day's number."""
_LONGEST, _WIDTH = 300, 100
_FIRST = (
    "member",
    "account",
    "choice",
    "reach",
    "contact",
    "attribute",
    "engagement",
    "total",
    "band_change",
    "crossing",
)
"""What is said first; the rest follows by name."""
_ONCE = frozenset({"member", "choice", "reach", "contact"})
"""What joined accounts hold each for itself, so that it would be said several times."""
_LEADS = ("at", "day", "month", "week", "since", "asked_at", "posted_at", "starts_at")
INNER = frozenset({"digest", "link", "key", "claim", "message", "public", "definition", "terms", "results"})
"""What means nothing to people: it stands in the copy for programs alone."""
_SAID = (Sort.TIME, Sort.FACT, Sort.DECLARED, Sort.WORDS)
_OTHERS = (Sort.MEMBER, Sort.OF_MEMBER, Sort.OTHER_ACCOUNT)
_UNSPOKEN = frozenset({"is", "action", "style", "platform", "realm"})


def slug(text: str) -> str:
    """Return how a phrase of the code is called among the texts of a language."""
    return re.sub(r"[^a-z]+", "-", text.lower()).strip("-")


def when(value: int) -> str:
    """Return a day's number, or a moment in ms, as programs write it (UTC)."""
    if value <= _A_MOMENT:
        return date_of(value).isoformat()
    day, rest = divmod(value, DAY_MS)
    seconds = rest // 1000
    return f"{date_of(day).isoformat()}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"


@dataclass(frozen=True, slots=True)
class Around:
    """What numbers in the rows stand for: rules, spaces, chapters and contexts by number; and whose copy it is."""

    rules: Mapping[int, Mountain]
    spaces: Mapping[int, str]
    chapters: Mapping[int, str]
    contexts: Mapping[int, Mapping[str, str]]
    members: frozenset[int]


class Telling:
    """Says rows in one language."""

    def __init__(self, words: Words, around: Around) -> None:
        """Take the language, and what numbers stand for."""
        self._words = words
        self._around = around
        self._phrases = Phrases(words)
        self._own: Mapping[tuple[str, str], Callable[[Any, Row], str]] = {
            ("audit", "what"): self._done,
            ("attribute", "name"): self._declared,
            ("attribute", "value"): lambda *_: "",
            ("outbox", "reason"): self._unsent,
            ("engagement", "kind"): self._act,
            ("sighting", "kind"): self._act,
            ("tally", "type"): self._type,
            ("old_tally", "type"): self._type,
            ("logged", "type"): self._logged,
            ("total", "band"): lambda band, row: self._band(band, row),
            ("band_change", "band"): lambda band, row: self._band(band - 1, row),
            ("crossing", "step"): self._step,
            ("investment", "amount"): lambda amount, _: self._phrases.number(amount / HUNDREDTHS),
            **{(one, "points"): self._points for one in ("tally", "old_tally", "total")},
        }

    def lines(self, accounts: Sequence[Account], tables: Mapping[str, Sequence[Row]]) -> Iterator[str]:
        """Yield the lines of the copy."""
        yield from (
            self._say("title"),
            "",
            *wrap(self._say("intro"), _WIDTH),
            "",
            *wrap(self._say("never"), _WIDTH),
            "",
        )
        yield self._say("accounts")
        yield from (f"- {self._say('account', platform=one.platform, id=one.id)}" for one in accounts)
        for name in sorted(tables, key=lambda one: (_FIRST.index(one) if one in _FIRST else len(_FIRST), one)):
            yield from self._table(name, tables[name])

    def _table(self, name: str, rows: Sequence[Row]) -> Iterator[str]:
        listed = inventory()[name]
        said = [self._row(name, listed, row) for row in rows[:MOST_LINES]]
        said = list(dict.fromkeys(said)) if name in _ONCE else said
        yield from ("", f"{self._say(f'table.{name}.name')} ({len(said) + max(len(rows) - MOST_LINES, 0)})")
        yield self._say("why", why=self._say(f"table.{name}.why"))
        yield self._say("stays", kept=self._say(f"kept.{slug(listed.kept)}"))
        yield from (f"- {one}" for one in said)
        if len(rows) > MOST_LINES:
            yield f"- {self._say('more', n=len(rows) - MOST_LINES)}"

    def _row(self, table: str, listed: Listed, row: Row) -> str:
        lead = next((one for one in _LEADS if row.get(one) and listed.fields.get(one) is Sort.TIME), "")
        left = [name for name in listed.fields if name != lead and not (lead == "at" and name == "day")]
        parts = [said for name in left if (said := self._part(table, listed, row, name))]
        if table in ("engagement", "sighting"):
            parts.sort(key=lambda one: one != self._act(row["kind"], row))  # what was done comes first
        text = "; ".join(parts) or self._say("nothing_more")
        return self._say("line", when=self._when(row[lead]), what=text) if lead else text

    def _part(self, table: str, listed: Listed, row: Row, name: str) -> str:  # noqa: PLR0911 - one case for each sort
        value, sort = row[name], listed.fields[name]
        if value is None or value == "" or name in INNER:
            return ""
        if isinstance(value, bool):
            return self._flag(name, value=value)
        if sort is Sort.BY_MEMBER or (sort is Sort.ACCOUNT and value == ANOTHER):
            return self._say("flag.by_you" if value in self._around.members else "flag.by_another")
        if sort in _OTHERS:
            about = "flag.about_another" if value == ANOTHER else "flag.about_you" if table == "audit" else ""
            return self._say(about) if about else ""
        if name in ("space", "chapter"):
            return self._place(table, name, value)
        if sort not in _SAID:
            return ""
        if sort is Sort.TIME:
            return self._time(name, value, row)
        return self._fact(table, name, value, row)

    def _flag(self, name: str, *, value: bool) -> str:
        key = f"export.flag.{name}" if value else f"export.flag.not_{name}"
        return self._words.plain(key) if self._words.has(key) else ""

    def _place(self, table: str, name: str, number: int) -> str:
        if name == "chapter":
            return self._around.chapters.get(number, "")
        if table == "choice" and not number:
            return self._say("value.everywhere")
        there = self._around.spaces.get(number)
        return self._say("label.space", value=there) if there else ""

    def _time(self, name: str, value: int, row: Row) -> str:
        if name == "version":
            name, value = "changed_at", 0 if value == row.get("at") else value
        return self._say(f"label.{name}", value=self._when(value)) if value else ""

    def _fact(self, table: str, name: str, value: Any, row: Row) -> str:  # noqa: ANN401 - whatever a row holds
        if (own := self._own.get((table, name))) is not None:
            said = own(value, row)
            return self._say(f"label.{name}", value=said) if said and name not in ("kind", "what") else said
        if value == 0:
            return ""
        text = _line(" ".join(_spoken(value))) if name == "content" else _line(str(value))
        for key in (f"value.{table}.{name}.{slug(text)}", f"value.{table}.{slug(text)}", f"value.{name}.{slug(text)}"):
            if self._words.has(f"export.{key}"):
                text = self._say(key)
                break
        return self._say(f"label.{name}", value=text)

    def _done(self, what: str, _: Row) -> str:
        key = f"did.{slug(what)}"
        return self._words.plain(key) if self._words.has(key) else what

    def _unsent(self, reason: str, _: Row) -> str:
        """Say why a message waits or did not go; what only a platform says is left to the copy for programs."""
        key = f"unsent.{slug(reason.partition(' (')[0])}"
        return self._words.plain(key if self._words.has(key) else "unsent.by-the-platform")

    def _declared(self, name: str, row: Row) -> str:
        return f"{self._phrases.group(name.removeprefix(HANDLE))}: {row['value']}"

    def _act(self, kind: int, row: Row) -> str:
        what = self._words.plain(f"mountain.kind.{Kind(kind).label}")
        there = dict(self._around.contexts.get(row["context"], {}))
        if "name" in there:
            there.pop("place", None)
        where = ", ".join(there.values())
        return self._words.plain("why.place", what=what, place=where) if where else what

    def _rules(self, row: Row) -> Mountain | None:
        return self._around.rules.get(row["rules"])

    def _type(self, number: int, row: Row) -> str:
        mountain = self._rules(row)
        return self._older(number) if mountain is None else mountain.types[number].title

    def _step(self, number: int, row: Row) -> str:
        mountain = self._rules(row)
        return self._older(number) if mountain is None else mountain.steps[number].title

    def _band(self, number: int, row: Row) -> str:
        mountain = self._rules(row)
        if number < 0:
            return self._say("value.no_band")
        return self._older(number) if mountain is None else mountain.bands[number].called

    def _older(self, number: int) -> str:
        return self._say("value.older_rules", n=number + 1)

    def _logged(self, name: str, _: Row) -> str:
        titles = {one.name: one.title for mountain in self._around.rules.values() for one in mountain.types}
        return titles.get(name, name)

    def _points(self, points: int, _: Row) -> str:
        return self._phrases.number(points / TALLY_POINT)

    def _when(self, value: int) -> str:
        """Say a day's number, or a moment in ms, as people write it."""
        if value <= _A_MOMENT:
            return self._phrases.date(date_of(value))
        return f"{self._phrases.moment(value)} UTC"

    def _say(self, key: str, **values: str | int) -> str:
        return self._words.plain(f"export.{key}", **values)


def _line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _spoken(content: Any) -> Iterator[str]:  # noqa: ANN401 - whatever a message is made of
    """Yield the words of a message that waits to be sent."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for one in content:
            yield from _spoken(one)
    elif isinstance(content, dict):
        for name, one in content.items():
            if name not in _UNSPOKEN:
                yield from _spoken(one)
