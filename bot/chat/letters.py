"""Text from anywhere, made safe to show: what is invisible or turns lines around is left out, and cuts split nothing.

Lengths are in UTF-16 units, which is how Discord's own programs count; other counts are never higher.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

ELLIPSIS = "…"
_JOINER, _NON_JOINER = "\u200d", "\u200c"
_MOST_MARKS = 8
"""Marks above and below one letter; names that tower over their neighbours have hundreds."""
_LONGEST_CLUSTER = 32
_CALLS_ALL = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_NO_WIDTH = "\u200b"
_TURNED_INTO_SPACES = frozenset("\t\v\f\x85\u2028\u2029")
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
_MARKS = frozenset({"Mn", "Me", "Mc"})
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters that look like nothing at all."""


def units(text: str) -> int:
    """Return a text's length."""
    return len(text) if text.isascii() else len(text) + sum(one > "\uffff" for one in text)


def clean(text: str) -> str:
    """Return a text without what cannot be seen: controls, turned directions, blanks of no width, stacked marks."""
    if text.isascii() and text.isprintable():
        return text
    found: list[str] = []
    marks = 0
    for one in text.replace("\r\n", "\n").replace("\r", "\n"):
        category = unicodedata.category(one)
        marks = marks + 1 if category in _MARKS else 0
        if one in _TURNED_INTO_SPACES:
            found.append(" ")
        elif one in "\n\u200c\u200d" or not (category in _DROPPED or one in _BLANK or marks > _MOST_MARKS):
            found.append(one)
    return "".join(found)


def calling_nobody(text: str) -> str:
    """Return a text in which nothing calls everybody who is there."""
    return _CALLS_ALL.sub(f"@{_NO_WIDTH}", text)


def line(text: str) -> str:
    """Return a text that is clean and on one line; a dash where nothing of it can be seen."""
    return " ".join(clean(text).split()).strip(_JOINER + _NON_JOINER) or "–"


def clusters(text: str) -> Iterator[str]:
    """Yield what a reader takes for single letters: with their marks, joined emoji, flags, syllables of Hangul."""
    start = 0
    for n in range(1, len(text) + 1):
        if n == len(text) or n - start >= _LONGEST_CLUSTER or not _belongs(text, start, n):
            yield text[start:n]
            start = n


def _belongs(text: str, start: int, n: int) -> bool:
    """Whether a character goes with the cluster before it."""
    one, before = text[n], text[n - 1]
    if one < "\u0300":
        return False
    if before == _JOINER or one in (_JOINER, _NON_JOINER) or "\U0001f3fb" <= one <= "\U0001f3ff":
        return before != "\n"
    if _is_flag(one):
        return _is_flag(before) and n - start == 1
    if "\u1160" <= one <= "\u11ff":
        return "\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
    return unicodedata.category(one) in _MARKS and before != "\n"


def _is_flag(one: str) -> bool:
    return "\U0001f1e6" <= one <= "\U0001f1ff"


def cut(text: str, most: int) -> str:
    """Return a text of at most so many units; one that is cut ends in an ellipsis."""
    if units(text) <= most:
        return text
    left = most - 1
    kept: list[str] = []
    for one in clusters(text):
        left -= units(one)
        if left < 0:
            break
        kept.append(one)
    return "".join(kept) + ELLIPSIS if most > 0 else ""


def label(text: str, most: int) -> str:
    """Return a text for where Discord knows no formatting: buttons, lists, titles."""
    return cut(line(text), most)


def columns(text: str) -> int:
    """Return how many columns a text takes where all letters are equally wide."""
    if text.isascii():
        return len(text)
    return sum(_columns(one) for one in clusters(text))


def _columns(cluster: str) -> int:
    first = cluster[0]
    if unicodedata.category(first) in _MARKS or first in (_JOINER, _NON_JOINER, _NO_WIDTH):
        return 0
    return 2 if unicodedata.east_asian_width(first) in "WF" else 1


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Return a text filled up, or cut, to a width in columns."""
    missing = width - columns(text)
    if missing >= 0:
        return " " * missing + text if right else text + " " * missing
    kept, left = "", width - 1
    for one in clusters(text):
        left -= _columns(one)
        if left < 0:
            break
        kept += one
    return padded(kept + ELLIPSIS, width, right=right)
