"""Spans of text as Discord's markdown: what was only text stays only text, whatever it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.ports import Account, Bold, Channel, Jump, Link, Moment, RoleTag, Span, Text, Who, letters, plain

ENDLESS = 1 << 30
_ALWAYS = frozenset("\\`*_~|[]<")
_AT_START = frozenset("#->+")
_UNBROKEN = re.compile(r"https?://[^\s<>\"\\]+")
_ID = re.compile(r"[0-9]{1,20}")
_MESSAGE = re.compile(r"d:([0-9]{1,20})(?:/|$)")


def marked(text: Text, room: int = ENDLESS) -> str:
    """Return a text as markdown of at most so many units; what is cut ends in an ellipsis."""
    return _Line(room).write(text)


def strong(text: Text) -> Text:
    """Return a text whose plain words stand out."""
    return tuple(Bold(one) if isinstance(one, str) and one.strip() else one for one in text)


class _Line:
    """What has been written so far, and how much room is left."""

    def __init__(self, room: int) -> None:
        self._left = room - 1
        self._written: list[str] = []

    def write(self, text: Text) -> str:
        for span in text:
            if not self._span(span):
                return "".join(self._written) + letters.ELLIPSIS
        return "".join(self._written)

    def _span(self, span: Span) -> bool:
        """Write a span; returns whether all of it found room."""
        if isinstance(span, str):
            return self._letters(span, "", "")
        if isinstance(span, Bold):
            return not letters.clean(span.text).strip() or self._letters(span.text, "**", "**")
        if isinstance(span, Link | Jump):
            url = span.url if isinstance(span, Link) else _address(span)
            usable = _UNBROKEN.fullmatch(url) is not None and bool(letters.clean(span.text).strip())
            return self._letters(span.text, "[", f"](<{url}>)") if usable else self._letters(span.text, "", "")
        return self._whole(_live(span))

    def _whole(self, piece: str) -> bool:
        if letters.units(piece) > self._left:
            return False
        self._left -= letters.units(piece)
        self._written.append(piece)
        return True

    def _letters(self, text: str, begin: str, end: str) -> bool:
        """Write words between two marks, which are written both or not at all."""
        left = self._left - letters.units(begin) - letters.units(end)
        kept: list[str] = []
        fits = True
        for piece in escaped(text, at_start=self._at_start()):
            left -= letters.units(piece)
            if left < 0:
                fits = False
                break
            kept.append(piece)
        if kept:
            self._whole("".join((begin, *kept, end)))
        return fits

    def _at_start(self) -> bool:
        last = "".join(self._written[-3:])
        return not last.rpartition("\n")[2].strip(" *[")


def _live(span: Who | Moment | Channel | RoleTag) -> str:
    if isinstance(span, Moment):
        return f"<t:{plain.seconds(span)}:{'D' if span.day else 'F'}>"
    if isinstance(span, Channel | RoleTag):
        sign = "#" if isinstance(span, Channel) else "@&"
        return f"<{sign}{span.id}>" if _ID.fullmatch(span.id) else "".join(escaped(span.id))
    return mention(span.account)


def _address(to: Jump) -> str:
    """Return where a message of Discord's is shown, nothing for anything else."""
    found = _MESSAGE.match(to.key)
    ours = to.platform == "discord" and _ID.fullmatch(to.space) and _ID.fullmatch(to.place)
    return f"https://discord.com/channels/{to.space}/{to.place}/{found[1]}" if found and ours else ""


def mention(account: Account) -> str:
    """Return how a message names somebody: people of other platforms by their name there."""
    if account.platform == "discord" and _ID.fullmatch(account.id):
        return f"<@{account.id}>"
    return "".join(escaped(account.id[:200]))


def escaped(text: str, *, at_start: bool = True) -> Iterator[str]:
    """Yield the pieces of a text as markdown that means nothing but the text; a piece is not to be split.

    `at_start` says that it begins a line. Links from outside do not become live, either: a colon that something follows
    directly is escaped.
    """
    text = letters.calling_nobody(letters.clean(text))
    digits = False
    place = 0
    for one in letters.clusters(text):
        place += len(one)
        if _means_something(one[0], text[place - len(one) + 1 : place - len(one) + 2], at_start, digits=digits):
            yield "\\" + one
        else:
            yield one
        digits = (at_start or digits) and one.isdigit()
        at_start = one == "\n" or (at_start and one.isspace())


def _means_something(one: str, after: str, at_start: bool, *, digits: bool) -> bool:
    if one in _ALWAYS or (at_start and one in _AT_START) or (digits and one in ".)"):
        return True
    return one == ":" and bool(after) and not after.isspace()
