"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
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
        return day_number(dt.date.fromisoformat(text))
    except ValueError:
        raise InputError(f"{option}: {text!r} is not a day; expected YYYY-MM-DD") from None
