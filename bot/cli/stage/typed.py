"""What people type: commands with their options as Discord writes them, `/cairn-team log who:@Alma what:came`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot.errors import InputError
from integrations.sandbox.discord.components import Json

SUBCOMMAND, GROUP = 1, 2
BOOLEAN, PERSON, CHANNEL, ROLE, NUMBER, FILE = 5, 6, 7, 8, 10, 11
"""Discord's kinds of option."""
_CHAT = 1
_HINTS = {BOOLEAN: "yes", PERSON: "@name", CHANNEL: "#channel", ROLE: "@role", NUMBER: "3", FILE: "path/of/a/file"}


@dataclass(frozen=True, slots=True)
class Typed:
    """A command that was typed: its path, its options by name (as Discord registered them), and what was given."""

    path: str
    options: Mapping[str, Json]
    given: Mapping[str, str]


def commands(registered: Iterable[Json]) -> dict[str, Json]:
    """Return all commands that can be typed, by their paths."""
    found: dict[str, Json] = {}
    for one in registered:
        if one["type"] == _CHAT:
            found.update(_leaves(f"/{one['name']}", one))
    return found


def _leaves(path: str, one: Json) -> Iterator[tuple[str, Json]]:
    parts = [part for part in one.get("options") or () if part["type"] in (SUBCOMMAND, GROUP)]
    if not parts:
        yield path, one
    for part in parts:
        yield from _leaves(f"{path} {part['name']}", part)


def parse(line: str, known: Mapping[str, Json]) -> Typed:
    """Read a line. Raises InputError, in one line, for what Discord would not let anybody send."""
    path = next((one for one in _beginnings(line) if one in known), None)
    if path is None:
        raise InputError(_unknown(" ".join(line.split()), known))
    options = {one["name"]: one for one in known[path].get("options") or ()}
    given = _given(path, " ".join(line.split())[len(path) :].strip(), options)
    missing = [one for one in options.values() if one.get("required") and one["name"] not in given]
    if missing:
        example = " ".join(f"{one['name']}:{_HINTS.get(one['type'], '...')}" for one in missing)
        raise InputError(f"{path} wants more: {path} {example}")
    return Typed(path, options, given)


def _beginnings(line: str) -> Iterator[str]:
    """Yield the beginnings of a line, the longest first."""
    words = line.split()
    for n in range(len(words), 0, -1):
        yield " ".join(words[:n])


def _unknown(line: str, known: Mapping[str, Json]) -> str:
    inside = [path for path in known if path.startswith(f"{line} ")]
    if inside:
        return f"{line} alone is no command; try one of: {', '.join(inside)}"
    close = get_close_matches(line.partition(":")[0], known, 1)
    return f"there is no command {line}; {f'did you mean {close[0]}?' if close else 'help lists all there are'}"


def _given(path: str, rest: str, options: Mapping[str, Json]) -> dict[str, str]:
    """Return what stands behind each option's name, up to the next one."""
    names = "|".join(sorted(map(re.escape, options), key=len, reverse=True))
    begins = list(re.finditer(rf"(?:^|(?<=\s))({names}):", rest)) if options else []
    if rest and (not begins or begins[0].start() > 0):
        wanted = ", ".join(f"{name}:" for name in options)
        raise InputError(f"{path} takes {f'options as in Discord: {wanted}' if wanted else 'no options'}")
    ends = [one.start() for one in begins[1:]] + [len(rest)]
    found = {one[1]: _bare(rest[one.end() : end]) for one, end in zip(begins, ends, strict=False)}
    return {name: value for name, value in found.items() if value}


def _bare(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
