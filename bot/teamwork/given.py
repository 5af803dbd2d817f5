"""What somebody gave with a command or form, read carefully: it may be forged, over-long, or make no sense."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from zoneinfo import ZoneInfo

from bot.chat.calling import Attachment, Call
from bot.commands.room import Room
from bot.errors import WrongError
from scoring.signals import DAY_MS, Account, day_number, milliseconds

FIRST_DAY = day_number(dt.date(2000, 1, 1))
"""Nothing that a team tells of was before."""
NAME, LINE, PROSE = 80, 200, 1_000
"""How long a name, a line and some sentences may be, in characters."""


class Given:
    """What was given with one call. What is missing or wrong is a WrongError in the caller's language."""

    def __init__(self, call: Call, room: Room) -> None:
        """Take the call and where it was made."""
        self._call = call
        self._room = room

    def text(self, name: str, longest: int = NAME) -> str:
        """Return words in one line, without characters that nobody sees; empty where none were given."""
        found = self._call.given.get(name)
        text = clean(found) if isinstance(found, str) else ""
        if len(text) > longest:
            raise self.wrong(name, "team.too_long", n=longest)
        return text

    def needed(self, name: str, longest: int = NAME) -> str:
        """Return words that must be there."""
        text = self.text(name, longest)
        if not text:
            raise self.wrong(name, "team.missing")
        return text

    def among(self, name: str, allowed: tuple[str, ...]) -> str:
        """Return one of some values."""
        found = self.chosen(name)
        if found not in allowed:
            raise self.wrong(name, "team.not_among")
        return found

    def chosen(self, name: str) -> str:
        """Return a value as it was given, or the one that was chosen from a list of the call's own."""
        found = self._call.given.get(name)
        return found if isinstance(found, str) else ""

    def person(self, name: str = "who") -> Account:
        """Return a person; machines are none."""
        found = self._call.given.get(name)
        if not isinstance(found, Account):
            raise self.wrong(name, "team.nobody")
        if found.bot:
            raise self.wrong(name, "team.machine")
        return found

    def place(self, name: str) -> str:
        """Return the id of a channel or role; empty where none was given."""
        found = self._call.given.get(name)
        text = found.strip() if isinstance(found, str) else ""
        if len(text) > NAME or not text.isascii() or not all(one.isalnum() or one in "-_." for one in text):
            raise self.wrong(name, "team.not_among")
        return text

    def file(self, name: str) -> Attachment:
        """Return a file."""
        found = self._call.given.get(name)
        if not isinstance(found, Attachment):
            raise self.wrong(name, "team.missing")
        return found

    def flag(self, name: str) -> bool:
        """Return yes or no."""
        return self._call.given.get(name) in (True, "true", "yes")

    def number(self, name: str, most: float) -> float | None:
        """Return a number above or equal to 0, None where none was given."""
        found = self._call.given.get(name)
        if isinstance(found, str):
            found = _number(found)
            if found is None and clean(str(self._call.given.get(name))):
                raise self.wrong(name, "team.no_number")
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
            raise self.wrong(name, "team.no_number")
        if not 0 <= found <= most:
            raise self.wrong(name, "team.number_between", most=f"{most:g}")
        return float(found)

    def day(self, name: str = "date") -> int:
        """Return a day that is over or today; today where none was given."""
        text = self.text(name)
        day = self._room.today if not text else self._day(name, text)
        if not FIRST_DAY <= day <= max(self._today(), self._room.today):
            raise self.wrong(name, "team.impossible_day")
        return min(day, self._room.today)

    def moment(self, day: str, time: str) -> int:
        """Return a day and time in the community's zone as a moment (ms)."""
        hour, _, minute = self.needed(time).partition(":")
        if not (hour.isdecimal() and minute.isdecimal() and len(hour) <= 2 and len(minute) == 2):
            raise self.wrong(time, "team.no_time")
        if int(hour) > 23 or int(minute) > 59:
            raise self.wrong(time, "team.no_time")
        date = dt.date.fromordinal(self._day(day, self.needed(day)) + _EPOCH)
        zone = ZoneInfo(self._room.settings.zone)
        local = dt.datetime(date.year, date.month, date.day, int(hour), int(minute), tzinfo=zone)
        there_and_back = local.astimezone(dt.UTC).astimezone(zone)
        if (there_and_back.hour, there_and_back.minute) != (local.hour, local.minute):
            raise self.wrong(time, "team.no_such_hour")
        return milliseconds(local)

    def wrong(self, name: str, key: str, **values: str | int) -> WrongError:
        """Return the error that tells the caller what is wrong with what they gave under a name."""
        return WrongError(self._room.words.plain(key, **values), name)

    def _day(self, name: str, text: str) -> int:
        try:
            return day_number(dt.date.fromisoformat(text))
        except ValueError:
            raise self.wrong(name, "team.no_day") from None

    def _today(self) -> int:
        moment = dt.datetime.fromtimestamp(self._room.now / 1000, ZoneInfo(self._room.settings.zone))
        return day_number(moment.date())


_EPOCH = dt.date(1970, 1, 1).toordinal()
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def clean(text: str) -> str:
    """Return a text in one line, without characters that nobody sees or that turn the reading direction."""
    seen = "".join(" " if one.isspace() else one for one in text if one.isspace() or _seen(one))
    return " ".join(seen.split())


def _seen(one: str) -> bool:
    return unicodedata.category(one) not in _UNSEEN


def _number(text: str) -> float | None:
    try:
        return float(clean(text).replace(",", "."))
    except ValueError:
        return None


def noon(day: int, now: int) -> int:
    """Return the middle of a day (ms), or now where that is earlier."""
    return min(day * DAY_MS + DAY_MS // 2, now)
