"""The Mountain as a person would read it: from the top band down, and every number with what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from bot.language import Words
from bot.rules.words import Phrases
from scoring.mountain import TIMES_ONE, EngagementType, Mountain, Step

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Part:
    """Some of an explanation: its title, words on what is meant, and its items, each with what hangs on it."""

    title: str
    about: str = ""
    notes: tuple[str, ...] = ()
    items: tuple[tuple[str, ...], ...] = ()


class Explanation:
    """A Mountain in the words of one language, part by part."""

    def __init__(self, mountain: Mountain, words: Words) -> None:
        """Take the rules and the language."""
        self.mountain = mountain.in_language(words.tag)
        self.phrases = Phrases(words)
        self._words = words

    @property
    def whole(self) -> Part:
        """What it is, and how points are counted."""
        title = self._say("part.title", name=self.mountain.name, version=self.mountain.version)
        return Part(title, notes=(self._say("part.how", n=self.mountain.window),))

    def band(self, number: int) -> Part:
        """Return a band with the ways of engaging that count for it."""
        band = self.mountain.bands[number]
        about = self._say(f"band.touch.{band.touch.value}")
        about += f", {self._say('band.focus')}" if band.focus else ""
        told = [
            self._say(f"band.{key}", text=text) for key, text in (("gives", band.gives), ("gets", band.gets)) if text
        ]
        types = tuple(self._type(one) for one in self.mountain.types if one.band == number)
        told += [] if types else [self._say("band.empty")]
        return Part(band.called, f"{about}; {self.phrases.entry(band)}", tuple(told), types)

    def _type(self, one: EngagementType) -> tuple[str, ...]:
        return f"{one.title}: {self.phrases.a_day(one)}", f"({self.phrases.conditions(one)})"

    @property
    def multipliers(self) -> Part:
        """What counts more, and for whom."""
        if not self.mountain.multipliers:
            return Part(self._say("part.no_more"))
        most = self.phrases.number(self.mountain.multiplier_cap / TIMES_ONE)
        items = tuple((self.phrases.multiplier(one),) for one in self.mountain.multipliers)
        return Part(self._say("part.more", times=most), items=items)

    @property
    def steps(self) -> Part:
        """What people are invited to, and when."""
        if not self.mountain.steps:
            return Part(self._say("part.no_steps"))
        return Part(self._say("part.steps"), items=tuple(map(self.step, self.mountain.steps)))

    def step(self, one: Step) -> tuple[str, ...]:
        """Return when a step is reached, what it leads to, and how it is offered."""
        threshold = self.phrases.threshold(one, self.mountain.bands[one.band].called)
        what = self.mountain.called(one.leads_to)
        where = self._say("step.host" if one.host else "step.leads_to", what=what, host=one.host)
        return (f"{one.title}: {threshold}", where, *([f'"{one.offer}"'] if one.offer else []))

    @property
    def groups(self) -> str:
        """By what members declare reports may split figures; nothing where they do not."""
        named = {one: self.phrases.group(one) for one in self.mountain.groups}
        sensitive = self.mountain.sensitive
        marked = [self._say("part.sensitive", group=name) if one in sensitive else name for one, name in named.items()]
        return self._say("part.groups", some=", ".join(marked)) if marked else ""

    def _say(self, key: str, **values: str | int) -> str:
        return self._words.plain(f"mountain.{key}", **values)


def explain(mountain: Mountain, words: Words | None = None) -> str:
    """Return the whole Mountain in plain words (English where no language is given), wrapped to 100 columns."""
    return "\n".join(line.rstrip() for line in _lines(Explanation(mountain, words or Words("en")))) + "\n"


def _lines(told: Explanation) -> Iterator[str]:
    yield told.whole.title
    for note in told.whole.notes:
        yield from _wrapped(note)
    for number in reversed(range(len(told.mountain.bands))):
        band = told.band(number)
        yield from ("", f"{band.title.upper()}  ({band.about})")
        yield from _below(band)
    for part in (told.multipliers, told.steps):
        yield from ("", part.title)
        yield from _below(part)
    if told.groups:
        yield ""
        yield from _wrapped(told.groups)


def _below(part: Part) -> Iterator[str]:
    for note in part.notes:
        yield from _wrapped(note, "  ")
    for first, *more in part.items:
        yield from _wrapped(f"- {first}", "  ", "    ")
        for text in more:
            yield from _wrapped(text, "    ", "     " if text.startswith('"') else None)


def _wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=first, subsequent_indent=first if rest is None else rest)
