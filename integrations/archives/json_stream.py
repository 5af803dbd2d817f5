"""Reading the elements of a JSON array of any size, a window of bytes at a time; a broken element costs only itself.

The standard library's and ijson's readers lose a whole file to one lone surrogate or NaN, and nesting thousands deep
exhausts them. Here orjson reads either many elements at once or one alone, after their ends were found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from bot.ports import InputError
from integrations.archives.container import CHUNK, Container, Entry

LARGEST_ELEMENT = 16 * CHUNK
"""Bytes one element (a message with all that hangs on it) may take."""
WHOLE = 4 * CHUNK
"""Files up to so many bytes are parsed at once."""

_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
# A whole string, or what may end an element; a quote alone begins a string that goes on beyond the window.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*"|["{}\[\],]', re.DOTALL)
_BETWEEN = re.compile(rb"\}\s*,\s*\{")
_GUESSES = 4
_LONGEST_STEP = 8 * CHUNK


def records(container: Container, entry: Entry, whole_up_to: int = WHOLE) -> Iterator[Any]:
    """Yield the elements of a file that is one JSON array; None for each that cannot be read.

    Raises InputError where the file is no such array or does not end.
    """
    if entry.size <= whole_up_to:
        whole = container.read(entry)
        values = loads(whole.removeprefix(_BOM))
        if isinstance(values, list):
            yield from values
            return
        window = Window(iter((whole,)), container.where(entry))
    else:
        window = Window(container.chunks(entry), container.where(entry))
    if not window.skip(b"["):
        raise InputError(f"{window.name}: expected a list in JSON.")
    yield from elements(window)
    if window.rest().strip(_SPACE):
        raise InputError(f"{window.name}: something follows the end of the list.")


def loads(data: bytes) -> object:
    """Return what JSON says, None where it cannot be read: wrong, too deep, or a number or text that cannot be."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


class Window:
    """The part of a file that is in memory; `name` is what messages call the file."""

    def __init__(self, chunks: Iterator[bytes], name: str) -> None:
        self._chunks = chunks
        self.name = name
        self.data = next(chunks, b"").removeprefix(_BOM)

    def more(self) -> bool:
        """Read on, the more the longer the window is already; return whether there was more."""
        before = len(self.data)
        parts, read = [self.data], 0
        for chunk in self._chunks:
            parts.append(chunk)
            read += len(chunk)
            if read >= min(before, _LONGEST_STEP):
                break
        self.data = b"".join(parts)
        return read > 0

    def drop(self, count: int) -> None:
        """Forget the first bytes."""
        self.data = self.data[count:]

    def skip(self, mark: bytes) -> bool:
        """Step over white space and a mark; return whether it was there."""
        self.data = self.data.lstrip(_SPACE)
        found = self.data.startswith(mark)
        self.drop(len(mark) if found else 0)
        return found

    def rest(self) -> bytes:
        """Return what follows to the end, as far as the longest that is of use."""
        while len(self.data) <= CHUNK and self.more():
            pass
        return self.data


def elements(window: Window) -> Iterator[Any]:
    """Yield the elements of the array inside which the window begins, and leave it behind the closing bracket."""
    return iter(_Elements(window))


class _Elements:
    """Reads many elements at once where it can guess where one ends, and one by one where not."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._between = b""
        self._done = False

    def __iter__(self) -> Iterator[Any]:
        while True:
            yield from self._many()
            yield from self._one_by_one()
            if self._done:
                return
            if len(self._window.data) > LARGEST_ELEMENT:
                raise InputError(f"{self._window.name}: an entry of more than {LARGEST_ELEMENT // CHUNK} MB.")
            if not self._window.more():
                raise InputError(f"{self._window.name}: cut off; the list of entries does not end.")

    def _many(self) -> list[Any]:
        """Parse up to the last place that looks like the end of an element.

        A guess can only be right or fail: had it cut inside an element, brackets or quotes would be left open.
        """
        data = self._window.data
        between = self._between = self._between or _first_between(data)
        at = len(data) if between else -1
        for _ in range(_GUESSES):
            at = data.rfind(between, 0, at) if at > 0 else -1
            values = loads(b"[%b]" % data[: at + 1]) if at > 0 else None
            if isinstance(values, list):
                self._window.drop(at + len(between) - 1)
                return values
        return []

    def _one_by_one(self) -> Iterator[Any]:
        data, begin = self._window.data, 0
        while (end := _end(data, begin)) is not None:
            piece = data[begin:end].strip(_SPACE)
            begin = end + 1
            if data[end : end + 1] == b",":
                yield loads(piece)
            else:
                self._done = True
                if piece:
                    yield loads(piece)
                if data[end : end + 1] != b"]":
                    raise InputError(f"{self._window.name}: damaged; the brackets do not match.")
                break
        self._window.drop(begin)


def _first_between(data: bytes) -> bytes:
    """Return what stands between two objects of this array, from brace to brace, white space included."""
    end = _end(data, 0)
    brace = data.rfind(b"}", 0, end) if end is not None else -1
    found = _BETWEEN.match(data, brace) if brace >= 0 else None
    return found[0] if found else b""


def _end(data: bytes, begin: int) -> int | None:
    """Return where the element that begins here ends (a comma, or the array's own end), None if not in the window."""
    depth = 0
    for token in _TOKEN.finditer(data, begin):
        mark = token[0]
        if mark == b"{" or mark == b"[":  # noqa: PLR1714 - the fast way
            depth += 1
        elif mark == b"}" or mark == b"]":  # noqa: PLR1714
            if depth == 0:
                return token.start()
            depth -= 1
        elif depth == 0 and mark == b",":
            return token.start()
        elif mark == b'"':
            return None
    return None
