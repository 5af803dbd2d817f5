"""The values of single fields: how each is read from the file's text, and what an editor is told about it.

Every reader takes what stands in the file and returns the value, or raises with the sentence "what was found; what is
allowed".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from bot.language import LANGUAGES
from bot.rules.problems import not_among, quoted
from scoring.mountain import Credit, Touch
from scoring.signals import KINDS, MEANINGS

MOST_POINTS = 1_000_000
_LONGEST_NUMBER = 30
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_DURATION = re.compile(r"([0-9]{1,6}) *(second|minute|hour|day)s?")
_YES = {"true": True, "yes": True, "false": False, "no": False}


def wrong(sentence: str) -> PydanticCustomError:
    """Return the error that carries a whole sentence."""
    return PydanticCustomError("rules", "{sentence}", {"sentence": sentence})


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers a field takes: from `low` to `high`, both included, with at most `places` decimals."""

    low: str
    high: str
    places: int

    @property
    def words(self) -> str:
        """What is allowed, in words."""
        between = f"from {_grouped(self.low)} to {_grouped(self.high)}"
        if not self.places:
            return f"a whole number {between}"
        return f"a number {between} with at most {self.places} decimals"

    def read(self, found: object) -> Decimal:
        """Return the number a text stands for, exactly."""
        number = _number(found)
        if number is None or not Decimal(self.low) <= number <= Decimal(self.high) or not self._fits(number):
            raise wrong(f"{quoted(found)} was found; allowed: {self.words}")
        return number

    def _fits(self, number: Decimal) -> bool:
        exponent = number.as_tuple().exponent
        short = isinstance(exponent, int) and exponent >= -_LONGEST_NUMBER
        return short and (Fraction(number) * 10**self.places).denominator == 1

    @property
    def annotations(self) -> tuple[Any, ...]:
        """What pydantic needs: the reader, the form in the canonical file and the JSON Schema."""
        kind = "number" if self.places else "integer"
        limits = {"type": kind, "minimum": _json(self.low), "maximum": _json(self.high)}
        return PlainValidator(self.read), PlainSerializer(_json), WithJsonSchema(limits)


def _number(found: object) -> Decimal | None:
    if not isinstance(found, str) or len(found) > _LONGEST_NUMBER:
        return None
    try:
        number = Decimal(found)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _json(number: Decimal | str) -> int | float:
    """Return a number as JSON writes it: 5, not 5.0."""
    value = Decimal(number)
    return int(value) if value == value.to_integral_value() else float(value)


def _grouped(number: str) -> str:
    return f"{Decimal(number):,}"


def _line_reader(longest: int) -> Callable[[object], str]:
    def read(found: object) -> str:
        allowed = f"allowed: a text of 1 to {longest} characters on one line"
        if not isinstance(found, str):
            raise wrong(f"{'nothing' if found is None else quoted(found)} was found; {allowed}")
        text = found.strip()
        if not text or len(text) > longest or not text.isprintable():
            raise wrong(f"{quoted(found)} was found; {allowed}")
        return text

    return read


def _line(longest: int) -> tuple[Any, ...]:
    schema = WithJsonSchema({"type": "string", "minLength": 1, "maxLength": longest})
    return PlainValidator(_line_reader(longest)), schema


def _prose(found: object) -> str:
    if not isinstance(found, str):
        raise wrong(f"{quoted(found)} was found; allowed: a text of at most 600 characters")
    text = " ".join(found.split())
    if len(text) > 600 or not text.isprintable():
        raise wrong(f"{quoted(found)} was found; allowed: a text of at most 600 characters")
    return text


def _told(read: Callable[[object], str]) -> Callable[[object], Told]:
    """Let a text be one for everybody, or one for each language."""

    def read_told(found: object) -> Told:
        if not isinstance(found, dict):
            return read(found)
        if not found:
            raise wrong(f"nothing was found; allowed: a text, or texts by language ({', '.join(LANGUAGES)})")
        for tag in found:
            if tag not in LANGUAGES:
                raise wrong(not_among(tag, LANGUAGES, "a language that Cairn speaks"))
        return {tag: _in_language(read, tag, text) for tag, text in found.items()}

    return read_told


def _in_language(read: Callable[[object], str], tag: str, found: object) -> str:
    try:
        return read(found)
    except PydanticCustomError as error:
        raise wrong(f"in `{tag}`: {error.message()}") from None


def _told_schema(longest: int, least: int) -> WithJsonSchema:
    text = {"type": "string", "minLength": least, "maxLength": longest}
    by_language = {"type": "object", "properties": dict.fromkeys(LANGUAGES, text), "minProperties": 1}
    return WithJsonSchema({"anyOf": [text, by_language | {"additionalProperties": False}]})


def _kind(found: object) -> str:
    if isinstance(found, str) and found in KINDS:
        return found
    raise wrong(not_among(found, KINDS, "a kind of signal"))


def _touch(found: object) -> Touch:
    if isinstance(found, str) and found in tuple(Touch):
        return Touch(found)
    raise wrong(not_among(found, Touch, "a touch"))


def _credit(found: object) -> Credit:
    if isinstance(found, str) and found in tuple(Credit):
        return Credit(found)
    raise wrong(not_among(found, Credit, "somebody to credit"))


def _flag(found: object) -> bool:
    if isinstance(found, str) and found.casefold() in _YES:
        return _YES[found.casefold()]
    raise wrong(f"{quoted(found)} was found; allowed: true or false")


def _seconds(found: object) -> int:
    match = _DURATION.fullmatch(found.strip()) if isinstance(found, str) else None
    seconds = int(match[1]) * _UNITS[match[2]] if match else 0
    if not 1 <= seconds <= _UNITS["day"]:
        raise wrong(
            f"{quoted(found)} was found; allowed: `30 seconds`, `10 minutes`, `1 hour` and the like, up to 1 day"
        )
    return seconds


def _minutes(found: object) -> int:
    seconds = _seconds(found)
    if seconds % _UNITS["minute"]:
        raise wrong(f"{quoted(found)} was found; allowed: whole minutes, such as `30 minutes`")
    return seconds // _UNITS["minute"]


def _day(found: object) -> dt.date:
    try:
        if isinstance(found, str) and len(found) == len("2026-01-31"):
            return dt.date.fromisoformat(found)
    except ValueError:
        pass
    raise wrong(f"{quoted(found)} was found; allowed: a day written like 2026-01-31")


def _listed(found: object) -> object:
    """Let a single value stand for a list of one."""
    return [found] if isinstance(found, str) else found


_TIME = {"type": "string", "pattern": r"^[0-9]{1,6} *(second|minute|hour|day)s?$"}

Points = Annotated[Decimal, *Span("0", str(MOST_POINTS), 3).annotations]
Threshold = Annotated[Decimal, *Span("0.001", str(MOST_POINTS), 3).annotations]
Times = Annotated[Decimal, *Span("1", "100", 2).annotations]
Share = Annotated[Decimal, *Span("0", "1", 2).annotations]
Window = Annotated[Decimal, *Span("1", "3650", 0).annotations]
DayCount = Annotated[Decimal, *Span("1", "3650", 0).annotations]
Name = Annotated[str, *_line(60)]
Line = Annotated[str, *_line(120)]
Told = str | dict[str, str]
"""What people read: one text for everybody, or one for each language by its tag."""
ToldName = Annotated[Told, PlainValidator(_told(_line_reader(60))), _told_schema(60, 1)]
ToldLine = Annotated[Told, PlainValidator(_told(_line_reader(120))), _told_schema(120, 1)]
ToldProse = Annotated[Told, PlainValidator(_told(_prose)), _told_schema(600, 0)]
Flag = Annotated[bool, PlainValidator(_flag), WithJsonSchema({"type": "boolean"})]
TouchField = Annotated[
    Touch, PlainValidator(_touch), PlainSerializer(str), WithJsonSchema({"enum": [one.value for one in Touch]})
]
CreditField = Annotated[
    Credit, PlainValidator(_credit), PlainSerializer(str), WithJsonSchema({"enum": [one.value for one in Credit]})
]
Seconds = Annotated[int, PlainValidator(_seconds), WithJsonSchema(_TIME)]
Minutes = Annotated[int, PlainValidator(_minutes), WithJsonSchema(_TIME)]
Day = Annotated[
    dt.date,
    PlainValidator(_day),
    PlainSerializer(dt.date.isoformat),
    WithJsonSchema({"type": "string", "format": "date"}),
]
_KIND = {"oneOf": [{"const": kind.label, "description": MEANINGS[kind]} for kind in KINDS.values()]}
KindName = Annotated[str, PlainValidator(_kind), WithJsonSchema(_KIND)]
_PATTERN = {"type": "string", "minLength": 1, "maxLength": 200}


def _several(item: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]})


Kinds = Annotated[tuple[KindName, ...], BeforeValidator(_listed), _several(_KIND)]
_Pattern = Annotated[str, *_line(200)]
Patterns = Annotated[tuple[_Pattern, ...], BeforeValidator(_listed), _several(_PATTERN)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_listed), Field(max_length=500), _several(_PATTERN)]
