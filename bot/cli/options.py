"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated

from cyclopts import Parameter

from bot.errors import InputError
from scoring.signals import day_number


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Which:
    """Which community, and how to print."""

    community: Annotated[str | None, Parameter(help="The community; may be left out where there is only one.")] = None
    json: Annotated[bool, Parameter(negative="", help="Print one JSON document.")] = False


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Span:
    """A span of whole UTC days, both ends included."""

    from_: Annotated[str | None, Parameter(name="--from", help="First day, YYYY-MM-DD.")] = None
    to: Annotated[str | None, Parameter(help="Last day, YYYY-MM-DD.")] = None
    as_of: Annotated[str | None, Parameter(help="Day of the scores, YYYY-MM-DD; the last signal's if left out.")] = None


def day(option: str, text: str | None) -> int | None:
    """Return an option's day as a day number, None where it was not given."""
    if text is None:
        return None
    try:
        if not _DAY.fullmatch(text):
            raise ValueError("not written as days are, or far beyond our time")
        return day_number(dt.date.fromisoformat(text))
    except ValueError:
        raise InputError(f"{option}: {text!r} is not a day; expected YYYY-MM-DD") from None


_DAY = re.compile(r"[0-2]\d{3}-\d\d-\d\d", re.ASCII)
_NAMES_SHOWN = 20


def named(option: str, given: str, there: Iterable[str]) -> str:
    """Return which of the names there are is meant, upper or lower case; InputError with the nearest for none."""
    names = sorted(set(there))
    found = next((name for name in names if name.casefold() == given.casefold()), None)
    if found is None:
        raise unknown(option, option.removeprefix("--"), given, names)
    return found


def unknown(option: str, what: str, given: str, there: Iterable[str]) -> InputError:
    """Return the error for a name that nothing has, with the nearest name there is, or all of them."""
    names = sorted(set(there))
    folded = {name.casefold(): name for name in names}
    close = get_close_matches(given.casefold(), folded, 1)
    listed = ", ".join(names[:_NAMES_SHOWN]) + (", ..." if len(names) > _NAMES_SHOWN else "")
    hint = f"did you mean {folded[close[0]]!r}?" if close else f"there are: {listed or 'none yet'}"
    return InputError(f"{option}: there is no {what} {given!r}; {hint}")
