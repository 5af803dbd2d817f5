"""Reading payloads of platforms: single values, and what is raised for payloads that are broken."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Payload = Mapping[str, Any]
"""A JSON object as a platform sends it."""

LONGEST_NAME = 100
"""Characters of a name that are kept; platforms allow no longer ones."""
BROKEN = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
"""What reading a payload raises that is not what its platform's reference says, or is nested without end."""
_DROPPED = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_P = ParamSpec("_P")
_R = TypeVar("_R")


class UnreadableError(Exception):
    """A payload is not what its platform's reference says. The message names no content of it."""


def readable(read: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a reader raise nothing but `UnreadableError`, whatever it is given.

    That holds for errors nobody has thought of, too: what was to be read is set aside and told of, the rest flows on.
    """

    @wraps(read)
    def reading(*args: _P.args, **more: _P.kwargs) -> _R:
        try:
            return read(*args, **more)
        except UnreadableError:
            raise
        except Exception as error:  # noqa: BLE001 - the door of the listening loop: no payload may end a session
            # not chained: the first error's text may quote the payload
            raise UnreadableError(f"{read.__name__}: {type(error).__name__}") from None

    return reading


def clean(name: object) -> str:
    """Return a name without control characters and of sane length; nothing for null. Raises TypeError."""
    if name is None:
        return ""
    if not isinstance(name, str):
        raise TypeError("not a name")
    text = name[: 4 * LONGEST_NAME]
    if not text.isprintable():
        text = "".join(one for one in text if unicodedata.category(one) not in _DROPPED and one not in _TURNING)
    return text[:LONGEST_NAME]


def truth(value: object) -> bool:
    """Return a truth value; null is no. Raises TypeError for anything else."""
    if value is None or isinstance(value, bool):
        return bool(value)
    raise TypeError("neither true nor false")
