"""A file of rules as plain groups, lists and texts, with the line of each: YAML 1.2 without its dangerous half.

Every plain value stays the text that stands in the file; what it means (a number, a day, yes or no) is for the field
it fills. So `values: [no, 007]` means just that, and no number is ever rounded on its way in. Anchors, aliases, tags
and second documents are refused, which leaves no way to make a small file large.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bot.errors import InputError
from bot.rules.problems import Path, Problem, quoted, where

Tree = dict[str, "Tree"] | list["Tree"] | str | None

MOST_BYTES = 1_000_000
MOST_VALUES = 20_000
DEEPEST = 12
_NOTHING = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Sort:
    """What sort of file is being read, in the words of errors."""

    name: str = "rules file"
    rules: str = "rules"
    begins: str = "`name:` and `bands:`"
    cuts: bool = False
    """Whether texts that a comma cut are named. Not in rules: those in force are read again, also after an upgrade."""


RULES = Sort()


@dataclass(slots=True)
class Document:
    """What a file holds: its tree, the line of every path, and what was wrong on the way but did not stop reading."""

    name: str
    tree: dict[str, Tree] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    sort: Sort = RULES


def text_of(path: FilePath, sort: Sort = RULES) -> str:
    """Return a file's text. Raises InputError where it is no readable UTF-8 text of at most 1 MB."""
    try:
        if path.is_dir():
            raise InputError(f"{path}: this is a folder; a {sort.name} (YAML text) was expected")
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: this is no ordinary file; a {sort.name} (YAML text) was expected")
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; a {sort.name} (YAML text) was expected") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name is not usable"
        raise InputError(f"{path}: the {sort.name} cannot be read: {reason}") from None
    return decoded(raw, str(path), sort)


def decoded(raw: bytes, name: str, sort: Sort = RULES) -> str:
    """Return bytes as text. Raises InputError for more than 1 MB, for binary and for other encodings than UTF-8."""
    if len(raw) > MOST_BYTES:
        raise InputError(f"{name}: the file is larger than 1 MB; a {sort.name} is a few pages of YAML text")
    if b"\0" in raw:
        raise InputError(f"{name}: this is a binary file; a {sort.name} is YAML text in UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name}:{line}: this is not UTF-8 text; save the {sort.name} as UTF-8") from None


def read_document(text: str, name: str, sort: Sort = RULES) -> Document:
    """Read YAML text. Raises InputError where it is not YAML, or uses of YAML what rules do without."""
    if len(text) > MOST_BYTES:
        raise InputError(f"{name}: the text is longer than 1 MB; a {sort.name} is a few pages of YAML text")
    builder = _Builder(Document(name, sort=sort))
    try:
        for event in _events(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else builder.line
        problem = " ".join(part for part in (error.context, error.problem) if part)
        raise InputError(f"{name}:{line}: this is not valid YAML: {_one_line(problem)}") from None
    except YAMLError as error:
        raise InputError(f"{name}:1: this is not valid YAML: {_one_line(str(error))}") from None
    except (ValueError, TypeError, AttributeError, LookupError, AssertionError, NotImplementedError):
        # Where a file is odd enough (`%YAML 1.`), the parser trips over itself instead of saying so.
        raise InputError(f"{name}:{builder.line}: this is not valid YAML, from about here on") from None
    return builder.finished()


def _events(text: str) -> Iterator[Event]:
    events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
    return events


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


class _Builder:
    """Builds the tree from the parser's events without recursion, so that depth can never overflow anything."""

    def __init__(self, document: Document) -> None:
        self.line = 1
        self._document = document
        self._sort = document.sort
        self._top: Tree = None
        self._open: list[tuple[Path, dict[str, Tree] | list[Tree]]] = []
        self._key: list[str | None] = []
        self._braces: list[bool] = []
        self._values = 0
        self._documents = 0

    def take(self, event: Event) -> None:
        """Take the next event; raises InputError for what rules do without."""
        self.line = event.start_mark.line + 1
        self._refuse(event)
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._open.pop()
            self._key.pop()
            self._braces.pop()
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._begin({} if isinstance(event, MappingStartEvent) else [], braces=bool(event.flow_style))
        elif isinstance(event, ScalarEvent):
            self._scalar(event.value, plain=event.style is None)

    def finished(self) -> Document:
        """Return the document; raises InputError where it is not a group of fields."""
        if not isinstance(self._top, dict):
            found = "nothing" if self._top is None else quoted(self._top)
            raise self._error(f"{found} was found; a {self._sort.name} begins with fields such as {self._sort.begins}")
        self._document.tree = self._top
        return self._document

    def _refuse(self, event: Event) -> None:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise self._error(
                f"an anchor (&) or alias (*) was found; {self._sort.rules} have none; quote a text that begins so"
            )
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._error(f"a second document (---) was found; a {self._sort.name} holds one")
        if isinstance(event, NodeEvent):
            self._values += 1
            if getattr(event, "tag", None):
                raise self._error(f"a tag (!) was found; {self._sort.rules} have none; quote a text that begins so")
            if len(self._open) > DEEPEST:
                raise self._error(
                    f"the nesting is deeper than {DEEPEST} levels; {self._sort.rules} need no more than five"
                )
            if self._values > MOST_VALUES:
                raise self._error(f"there are more than {MOST_VALUES:,} values; a {self._sort.name} has some hundreds")

    def _begin(self, container: dict[str, Tree] | list[Tree], *, braces: bool) -> None:
        path = self._place(container)
        self._open.append((path, container))
        self._key.append(None)
        self._braces.append(braces)

    def _scalar(self, value: str, *, plain: bool) -> None:
        if self._open and isinstance(self._open[-1][1], dict) and self._key[-1] is None:
            self._new_key(value)
        elif plain and value in _NOTHING:
            # A field without a value (`multipliers:`) is one that is not written; between braces it is a text's end.
            self._cut(value)
            self._place(None)
        else:
            self._place(value)

    def _new_key(self, key: str) -> None:
        path, container = self._open[-1]
        here = (*path, key)
        if here in self._document.lines and isinstance(container, dict):
            first = self._document.lines[here]
            self._document.problems.append(
                Problem(path, f"the field {quoted(key)} stands here twice (lines {first} and {self.line}); keep one")
            )
        self._document.lines.setdefault(here, self.line)
        self._key[-1] = key

    def _cut(self, value: str) -> None:
        """Name a text that a comma has cut: `{de: Hallo, du}` says `Hallo`, and then a field `du` without a value."""
        if self._sort.cuts and self._open and self._braces[-1] and not value:
            path, container = self._open[-1]
            if isinstance(container, dict):
                found = (
                    f"{quoted(self._key[-1])} has no value; between braces a comma ends a text, so put it into quotes"
                )
                self._document.problems.append(Problem((*path, str(self._key[-1])), found))

    def _place(self, value: Tree) -> Path:
        """Put a value where the file has it and return its path."""
        if not self._open:
            self._top = value
            return ()
        path, container = self._open[-1]
        if isinstance(container, list):
            here: Path = (*path, len(container))
            container.append(value)
            self._document.lines[here] = self.line
            return here
        key = self._key[-1]
        if key is None:
            raise self._error(f"a list or group stands where the name of a field was expected, in {where(path)}")
        self._key[-1] = None
        if value is not None:
            container.setdefault(key, value)
        return (*path, key)

    def _error(self, sentence: str) -> InputError:
        return InputError(f"{self._document.name}:{self.line}: {sentence}")
