"""The values of single fields of a survey file, read in the manner of `bot.rules.fields`."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema

from bot.rules.fields import Span, wrong
from bot.rules.problems import not_among, quoted


class Mode(StrEnum):
    """Who can see who answered what."""

    NAMED = "named"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


class Results(StrEnum):
    """Who is shown the figures once the survey is closed."""

    TEAM = "team"
    RESPONDENTS = "respondents"
    EVERYONE = "everyone"


class Mark(StrEnum):
    """What an answer feeds beyond its survey."""

    ALIGNMENT = "alignment"
    PULSE = "pulse"


class Look(StrEnum):
    """How choices are shown."""

    BUTTONS = "buttons"
    RADIO = "radio"
    TICKS = "ticks"
    LIST = "list"


class Every(StrEnum):
    """How often a survey is asked again."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Stratum(StrEnum):
    """By what those who are asked are drawn in proportion."""

    BAND = "band"
    REGION = "region"


DECLINED = "declined"
"""What a skip rule calls "prefer not to say"."""
END = "end"
"""Where a skip rule leads that ends the survey."""
RESERVED = frozenset({DECLINED, END})

_KEY = re.compile(r"[a-z][a-z0-9-]{0,29}")
_VALUE = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
_HOUR = re.compile(r"([01]?[0-9]|2[0-3])(:00)?")
_PERIOD = re.compile(r"([1-9][0-9]{0,3}) *(day|week|month)s?")
_DAYS = {"day": 1, "week": 7, "month": 30.4375}
_Choice = TypeVar("_Choice", bound=StrEnum)


def _key(found: object) -> str:
    if isinstance(found, str) and _KEY.fullmatch(found) and found not in RESERVED:
        return found
    taken = f"; `{found}` has a meaning of its own here" if isinstance(found, str) and found in RESERVED else ""
    allowed = "a short name of small letters, digits and dashes, such as `first-visit`, up to 30 characters"
    raise wrong(f"{'nothing' if found is None else quoted(found)} was found; allowed: {allowed}{taken}")


def _value(found: object) -> str:
    if isinstance(found, str) and _VALUE.fullmatch(found):
        return found
    raise wrong(f"{quoted(found)} was found; allowed: the name of a choice, a number of the scale, or `{DECLINED}`")


def _of(choices: type[_Choice], what: str) -> Callable[[object], _Choice]:
    def read(found: object) -> _Choice:
        if isinstance(found, str) and found.casefold() in tuple(choices):
            return choices(found.casefold())
        raise wrong(not_among(found, choices, what))

    return read


def _choice(choices: type[_Choice], what: str) -> tuple[Any, ...]:
    return (
        PlainValidator(_of(choices, what)),
        PlainSerializer(str),
        WithJsonSchema({"enum": [one.value for one in choices]}),
    )


def _hour(found: object) -> int:
    match = _HOUR.fullmatch(found.strip()) if isinstance(found, str) else None
    if not match:
        raise wrong(f"{quoted(found)} was found; allowed: a full hour from 0 to 23")
    return int(match[1])


def _period(most: int) -> tuple[Any, ...]:
    def read(found: object) -> int:
        match = _PERIOD.fullmatch(found.strip().casefold()) if isinstance(found, str) else None
        days = round(int(match[1]) * _DAYS[match[2]]) if match else 0
        if not 1 <= days <= most:
            raise wrong(
                f"{quoted(found)} was found; allowed: `10 days`, `2 weeks`, `3 months` and the like, up to {most} days"
            )
        return days

    return PlainValidator(read), WithJsonSchema({"type": "string", "pattern": r"^[1-9][0-9]{0,3} *(day|week|month)s?$"})


def listed(found: object) -> object:
    """Let a single value stand for a list of one."""
    return [found] if isinstance(found, str) else found


def _choice_name(found: object) -> str:
    if isinstance(found, str) and _VALUE.fullmatch(found) and found not in RESERVED:
        return found
    return _key(found)


ChoiceName = Annotated[
    str, PlainValidator(_choice_name), WithJsonSchema({"type": "string", "pattern": f"^{_VALUE.pattern}$"})
]
Key = Annotated[str, PlainValidator(_key), WithJsonSchema({"type": "string", "pattern": f"^{_KEY.pattern}$"})]
Value = Annotated[str, PlainValidator(_value), WithJsonSchema({"type": ["string", "integer"]})]
_VALUE_SCHEMA = {"type": ["string", "integer"]}
Values = Annotated[
    tuple[Value, ...],
    BeforeValidator(listed),
    Field(max_length=100),
    WithJsonSchema({"anyOf": [_VALUE_SCHEMA, {"type": "array", "items": _VALUE_SCHEMA}]}),
]
Target = Annotated[
    str, PlainValidator(lambda found: found if found == END else _key(found)), WithJsonSchema({"type": "string"})
]
ModeField = Annotated[Mode, *_choice(Mode, "a mode")]
ResultsField = Annotated[Results, *_choice(Results, "somebody to show results to")]
MarkField = Annotated[Mark, *_choice(Mark, "a mark")]
LookField = Annotated[Look, *_choice(Look, "a way to show choices")]
EveryField = Annotated[Every, *_choice(Every, "how often it is asked")]
StratumField = Annotated[Stratum, *_choice(Stratum, "something to draw people by")]
_STRATUM_SCHEMA = {"enum": [one.value for one in Stratum]}
Strata = Annotated[
    tuple[StratumField, ...],
    BeforeValidator(listed),
    WithJsonSchema({"anyOf": [_STRATUM_SCHEMA, {"type": "array", "items": _STRATUM_SCHEMA}]}),
]
Hour = Annotated[int, PlainValidator(_hour), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 23})]
KeepDays = Annotated[int, *_period(365)]
OpenDays = Annotated[int, *_period(60)]
LongSeconds = Annotated[Decimal, *Span("5", "1800", 0).annotations]
Cap = Annotated[Decimal, *Span("5", "1000000", 0).annotations]
Reminders = Annotated[Decimal, *Span("0", "2", 0).annotations]
LaterDays = Annotated[Decimal, *Span("0", "60", 0).annotations]
Number = Annotated[Decimal, *Span("-1000000000", "1000000000", 2).annotations]
Places = Annotated[Decimal, *Span("0", "2", 0).annotations]
Longest = Annotated[Decimal, *Span("1", "2000", 0).annotations]
People = Annotated[Decimal, *Span("1", "7", 0).annotations]
MostChosen = Annotated[Decimal, *Span("1", "100", 0).annotations]
