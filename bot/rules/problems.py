"""What is wrong with a rules file, in sentences that name the line, what was found, what is allowed and a near name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot.errors import InputError

Path = tuple[str | int, ...]
"""Where in the file: field names and positions in lists, as pydantic gives them."""

MOST_SHOWN = 200
_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where. The sentence says what was found and what is allowed."""

    path: Path
    sentence: str


def quoted(found: object) -> str:
    """Return a value from the file for use in a sentence: short, on one line, without control characters."""
    if isinstance(found, Mapping):
        return "a group of fields"
    if isinstance(found, list | tuple):
        return f"a list of {len(found)}"
    text = str(found)
    return repr(text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "...")


def nearest(found: object, allowed: Iterable[str]) -> str:
    """Return `; did you mean 'X'?` where an allowed name is near to what was found, else nothing."""
    by_fold = {name.casefold(): name for name in allowed}
    near = get_close_matches(str(found)[:_LONGEST_QUOTE].casefold(), by_fold, n=1)
    return f"; did you mean {quoted(by_fold[near[0]])}?" if near else ""


def not_among(found: object, allowed: Iterable[str], what: str) -> str:
    """Return the sentence for a name that is none of those allowed; `what` it is not, with its article."""
    names = list(dict.fromkeys(allowed))
    listed = ", ".join(_plain(name) for name in names[:MOST_SHOWN]) or "there is none"
    return f"{quoted(found)} is not {what}; allowed: {listed}{nearest(found, names)}"


def where(path: Path) -> str:
    """Return a path as people write it: `engagements[2].when.kind`, counting from 0 as editors and schemas do."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{_plain(part)}"
    return text.removeprefix(".") or "the file"


def input_error(name: str, lines: Mapping[Path, int], problems: Iterable[Problem]) -> InputError:
    """Return one error that lists every problem on its own line, in the order of the file."""
    placed = sorted({(_line(lines, one.path), where(one.path), one.sentence) for one in problems})
    shown = [f"{name}:{line}: {path}: {sentence}" for line, path, sentence in placed[:MOST_SHOWN]]
    if len(placed) > MOST_SHOWN:
        shown.append(f"{name}: and {len(placed) - MOST_SHOWN} more")
    return InputError("\n".join(shown))


def _line(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of a path, or of the nearest thing around it that stands in the file."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


def _plain(name: str) -> str:
    """Return a name without quotes where it needs none."""
    return name if name.isprintable() and len(name) <= _LONGEST_QUOTE else quoted(name)
