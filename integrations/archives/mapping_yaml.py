"""A mapping's YAML as plain text values that remember their lines, and sentences about what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.ports import InputError, MachineError

MOST_BYTES = 100_000
"""A mapping larger than this is something else."""

YamlPath = tuple[int | str, ...]
_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a path: the `name` or value found, and what is allowed (names, or words)."""

    path: YamlPath
    allowed: tuple[str, ...] | str = ""
    name: str | None = None
    missing: bool = False


@dataclass(slots=True)
class Document:
    """A YAML file's content, where every plain value is the text that stands there (`007`, `no`), never a number."""

    path: Path
    tree: dict[str, Any] = field(default_factory=dict)
    lines: dict[YamlPath, int] = field(default_factory=dict)

    def error(self, faults: list[Fault]) -> InputError:
        """Return one error that names every fault, by line."""
        told = sorted({(self._line(fault.path), self._sentence(fault)) for fault in faults})
        return InputError("\n".join(f"{self.path}:{line}: {sentence}" for line, sentence in told))

    def _line(self, path: YamlPath) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def _sentence(self, fault: Fault) -> str:
        where = ".".join(str(part + 1) if isinstance(part, int) else part for part in fault.path)
        if fault.missing:
            return f"`{where}` is missing"
        found = fault.name if fault.name is not None else self._found(fault.path)
        if isinstance(fault.allowed, str):
            return f"`{where}`: found {found}, expected {fault.allowed}"
        near = get_close_matches(found, fault.allowed, 1)
        hint = f"; the nearest is {near[0]}" if near else ""
        return f"`{where}`: found {found}, expected one of {', '.join(fault.allowed)}{hint}"

    def _found(self, path: YamlPath) -> str:
        value: Any = self.tree
        for part in path:
            try:
                value = value[part]
            except (LookupError, TypeError):
                break
        if value is None:
            return "nothing"
        if isinstance(value, str):
            return repr(value if len(value) <= 40 else value[:39] + "…")
        return "a list" if isinstance(value, list) else "names with values"


def read_document(path: Path) -> Document:
    """Read a YAML file. Raises InputError where it is none, or uses of YAML what a mapping does without."""
    text = _text(path)
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        document = Document(path)
        tree = _plain(node, (), document)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        raise InputError(f"{path}:{mark.line + 1 if mark else 1}: this is not YAML: {problem}") from None
    except (YAMLError, RecursionError, ValueError, TypeError, AttributeError, LookupError, AssertionError):
        # where a file is odd enough, the parser trips over itself instead of saying so
        raise InputError(f"{path}: this is not YAML, expected a mapping such as `source: ...`") from None
    if not isinstance(tree, dict):
        raise InputError(f"{path}:1: this holds no mapping, expected fields such as `source:` and `person:`")
    document.tree = tree
    return document


def _text(path: Path) -> str:
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; a mapping (YAML) was expected")
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise MachineError(f"{path}: the mapping cannot be opened: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: this is not text in UTF-8; a mapping (YAML) was expected") from None
    if len(raw) > MOST_BYTES or "\0" in text:
        raise InputError(f"{path}: this is too large or binary; a mapping (a page of YAML) was expected")
    return text


def _plain(node: Node | None, path: YamlPath, document: Document) -> Any:  # noqa: ANN401 - a tree of any shape
    if node is None:
        return None
    line = node.start_mark.line + 1
    if node.anchor or len(path) > 5:
        raise InputError(f"{document.path}:{line}: found an anchor (&) or too many levels; a mapping does without")
    document.lines.setdefault(path, line)
    if isinstance(node, ScalarNode):
        return None if node.tag == _NULL else str(node.value)
    if isinstance(node, SequenceNode):
        return [_plain(one, (*path, place), document) for place, one in enumerate(node.value)]
    entries = _entries(node, path, document) if isinstance(node, MappingNode) else []
    return {name: _plain(value, (*path, name), document) for name, value in entries}


def _entries(node: MappingNode, path: YamlPath, document: Document) -> list[tuple[str, Node]]:
    entries: dict[str, Node] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode) or key.value in entries:
            raise InputError(f"{document.path}:{line}: found a name twice, or one that is no text; expected each once")
        entries[key.value] = value
        document.lines[(*path, key.value)] = line
    return list(entries.items())
