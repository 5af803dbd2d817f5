"""The values of single fields of a `community.yaml`, read in the manner of `bot.rules.fields`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from zoneinfo import available_timezones

from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator, ValidationInfo

from bot.language import LANGUAGES, spoken
from bot.ports import Consent, Platform, Stays
from bot.rules.fields import Line, Name, wrong
from bot.rules.problems import nearest, not_among, quoted

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PSEUDONYM = "handle:"
"""How a person is written whose id is not kept any more: this and the pseudonym."""

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")
_HOUR = re.compile(r"([01]?[0-9]|2[0-3])(:00)?")
_BACK = re.compile(r"([1-9][0-9]{0,3}) *(day|month)s?")
_DAYS_OF = {"day": 1, "month": 30.4375}
_LONGEST_BACK = 3650
_PSEUDONYM = re.compile(PSEUDONYM + r"[A-Za-z0-9_-]{16}")

_Choice = TypeVar("_Choice", bound=StrEnum)


def platforms(info: ValidationInfo) -> Mapping[str, Platform] | None:
    """Return the platforms there are, which the reader hands over; None for what was checked before it was stored."""
    found: Mapping[str, Platform] | None = (info.context or {}).get("platforms")
    return found


def _choice(choices: type[_Choice], what: str) -> Callable[[object], _Choice]:
    def read(found: object) -> _Choice:
        if isinstance(found, choices):
            return found
        if isinstance(found, str) and found.casefold() in tuple(choices):
            return choices(found.casefold())
        raise wrong(not_among(found, choices, what))

    return read


def _language(found: object) -> str:
    if isinstance(found, str) and _TAG.fullmatch(found) and spoken(found):
        return found
    raise wrong(not_among(found, LANGUAGES, "a language that Cairn speaks (a BCP 47 tag)"))


def _zone(found: object) -> str:
    zones = available_timezones()
    if isinstance(found, str) and found in zones:
        return found
    known = sorted(one for one in zones if "/" in one)
    raise wrong(
        f"{quoted(found)} is not a time zone; allowed: an IANA name such as Europe/Berlin{nearest(found, known)}"
    )


def _weekday(found: object) -> str:
    if isinstance(found, str) and found.casefold() in WEEKDAYS:
        return found.casefold()
    raise wrong(not_among(found, WEEKDAYS, "a day of the week"))


def _hour(found: object) -> int:
    match = _HOUR.fullmatch(found.strip()) if isinstance(found, str) else None
    if not match:
        raise wrong(f"{quoted(found)} was found; allowed: a full hour from 0 to 23")
    return int(match[1])


def _number(most: int, what: str) -> Callable[[object], int]:
    def read(found: object) -> int:
        if isinstance(found, str) and found.strip().isdecimal() and int(found.strip()[:6]) <= most:
            return int(found.strip())
        raise wrong(f"{quoted(found)} was found; allowed: {what} from 0 to {most}")

    return read


def _backfill(found: object) -> str:
    text = " ".join(found.split()).casefold() if isinstance(found, str) else ""
    if text in ("all", "off"):
        return text
    days = days_of(text)
    if not days or days > _LONGEST_BACK:
        raise wrong(f"{quoted(found)} was found; allowed: `90 days`, `12 months` (up to ten years), `all` or `off`")
    return text


def days_of(text: str) -> int | None:
    """Return how many days a back-fill goes back: 0 for `off`, None for `all` (and for what is none)."""
    if text == "off":
        return 0
    match = _BACK.fullmatch(text)
    return round(int(match[1]) * _DAYS_OF[match[2]]) if match else None


def _platform(found: object, info: ValidationInfo) -> str:
    there = platforms(info)
    if isinstance(found, str) and (there is None or found.casefold() in there):
        return found.casefold()
    raise wrong(not_among(found, there or (), "a platform"))


def _of(info: ValidationInfo) -> Platform | None:
    """Return the platform that the same space names."""
    return (platforms(info) or {}).get(str(info.data.get("platform", "")))


def _id(found: object, info: ValidationInfo) -> str:
    platform = _of(info)
    if not isinstance(found, str) or not found.strip():
        raise wrong(f"{'nothing' if found is None else quoted(found)} was found; allowed: the space's id")
    text = found.strip()
    if platform is not None and not re.fullmatch(platform.ids, text):
        raise wrong(f"{quoted(found)} is not an id of {platform.name}; allowed: one such as {platform.like}")
    return text


def _person(found: object, info: ValidationInfo) -> str:
    if isinstance(found, str) and _PSEUDONYM.fullmatch(found.strip()):
        return found.strip()
    try:
        return _id(found, info)
    except ValueError:
        platform = _of(info)
        like = platform.like.replace("T", "U", 1) if platform else "the platform's"
        # Whoever it is, the error may be read by others: the value is not repeated.
        raise wrong(f"this is not the id of a person; allowed: ids such as {like} (names change, ids stay)") from None


def _people(found: object, info: ValidationInfo) -> tuple[str, ...]:
    listed = [found] if isinstance(found, str) else found
    if not isinstance(listed, list):
        raise wrong("a list of ids of people was expected; begin each item with a dash (-)")
    return tuple(dict.fromkeys(_person(one, info) for one in listed))


def _chapters(found: object) -> object:
    """Return chapters by name, each with a list of roles."""
    if not isinstance(found, dict):
        raise wrong("chapters with their roles were expected; write one a line, such as `Berlin: berlin-team`")
    seen: set[str] = set()
    for name in found:
        if str(name).strip().casefold() in seen:
            raise wrong(f"the chapter {quoted(name)} stands here twice; letter case makes no difference")
        seen.add(str(name).strip().casefold())
    return found


def _listed(found: object) -> object:
    return [found] if isinstance(found, str) else found


def _plain(reader: Callable[..., Any]) -> tuple[Any, ...]:
    return PlainValidator(reader), PlainSerializer(lambda value: value)


ConsentField = Annotated[Consent, PlainValidator(_choice(Consent, "a policy of consent")), PlainSerializer(str)]
StaysField = Annotated[Stays, PlainValidator(_choice(Stays, "a place where stays count")), PlainSerializer(str)]
Language = Annotated[str, *_plain(_language)]
Zone = Annotated[str, *_plain(_zone)]
Weekday = Annotated[str, *_plain(_weekday)]
Hour = Annotated[int, *_plain(_hour)]
Age = Annotated[int, *_plain(_number(25, "an age in whole years"))]
Grace = Annotated[int, *_plain(_number(30, "a number of days"))]
Backfill = Annotated[str, *_plain(_backfill)]
PlatformName = Annotated[str, *_plain(_platform)]
SpaceId = Annotated[str, *_plain(_id)]
People = Annotated[tuple[str, ...], *_plain(_people)]
Texts = Annotated[tuple[Line, ...], BeforeValidator(_listed), Field(max_length=500)]
Chapters = Annotated[dict[Name, Annotated[Texts, Field(min_length=1)]], BeforeValidator(_chapters)]
