"""The small parts of blocks, and how a problem is said: what is wrong, and where."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import Any

PLAIN, ANY = ("plain_text",), ("plain_text", "mrkdwn")


@dataclass(slots=True)
class Problems:
    """Collects what is wrong. Places are JSON pointers (`/blocks/0/text`)."""

    found: list[str] = field(default_factory=list)

    def add(self, what: str, where: str) -> None:
        """Say what is wrong somewhere."""
        self.found.append(f"{what} [json-pointer:{where}]")

    def string(self, holder: dict[str, Any], name: str, most: int, where: str, *, needed: bool = False) -> None:
        """Check a text of a holder."""
        if name not in holder or holder[name] is None:
            if needed:
                self.add(f"missing required field: {name}", where)
            return
        self._length(holder[name], most, f"{where}/{name}", least=1 if needed else 0)

    def _length(self, value: object, most: int, where: str, least: int = 1) -> None:
        if not isinstance(value, str):
            self.add("must be a string", where)
        elif len(value) < least:
            self.add(f"must be more than {least - 1} characters", where)
        elif len(value) > most:
            self.add(f"must be less than {most + 1} characters", where)

    def words(self, holder: dict[str, Any], name: str, limit: Words, where: str) -> None:
        """Check a text object of a holder."""
        given, place = holder.get(name), f"{where}/{name}"
        if given is None:
            if limit.needed:
                self.add(f"missing required field: {name}", where)
        elif not isinstance(given, dict):
            self.add("must provide an object", place)
        elif given.get("type") not in limit.types:
            self.add(f"must be one of: {', '.join(limit.types)}", f"{place}/type")
        else:
            self._length(given.get("text"), limit.most, f"{place}/text")

    def choice(self, holder: dict[str, Any], name: str, known: Container[str], where: str) -> None:
        """Check a field that takes some values only."""
        if name in holder and holder[name] not in known:
            self.add("must be a valid enum value", f"{where}/{name}")

    def each(
        self, holder: dict[str, Any], name: str, sizes: tuple[int, int], where: str
    ) -> Sequence[tuple[dict[str, Any], str]]:
        """Check how many items a list has; returns those that are objects with their places."""
        given, place = holder.get(name), f"{where}/{name}"
        if not isinstance(given, list):
            self.add("must provide an array" if name in holder else f"missing required field: {name}", where)
            return ()
        least, most = sizes
        if len(given) < least:
            self.add(f"no fewer than {least} items allowed", place)
        if len(given) > most:
            self.add(f"no more than {most} items allowed", place)
        for number, one in enumerate(given):
            if not isinstance(one, dict):
                self.add("must provide an object", f"{place}/{number}")
        return [(one, f"{place}/{number}") for number, one in enumerate(given) if isinstance(one, dict)]

    def unique(self, value: str, known: set[str], where: str, name: str) -> None:
        """Check that an id is another one than those before."""
        if value in known:
            self.add(f"{name} `{value[:80]}` already exists", where)
        known.add(value)


@dataclass(frozen=True, slots=True)
class Words:
    """What a text object may be: how long, of which types, and whether it has to be there."""

    most: int
    types: tuple[str, ...] = PLAIN
    needed: bool = True


Check = Callable[[Problems, dict[str, Any], str], None]


def confirmation(problems: Problems, holder: dict[str, Any], where: str) -> None:
    """Check the question that comes before something is done, where there is one."""
    given, place = holder.get("confirm"), f"{where}/confirm"
    if given is None:
        return
    if not isinstance(given, dict):
        problems.add("must provide an object", place)
        return
    for name, limit in (
        ("title", Words(100)),
        ("text", Words(300, ANY)),
        ("confirm", Words(30)),
        ("deny", Words(30)),
    ):
        problems.words(given, name, limit, place)
    problems.choice(given, "style", ("primary", "danger"), place)


def option(problems: Problems, given: dict[str, Any], where: str, types: tuple[str, ...] = PLAIN) -> None:
    """Check one thing that can be chosen."""
    problems.words(given, "text", Words(75, types), where)
    problems.string(given, "value", 150, where, needed=True)
    problems.words(given, "description", Words(75, types, needed=False), where)
    problems.string(given, "url", 3000, where)
