"""When something is due that comes round: cron lines, read as clocks on the wall show it.

A period is named by the time on the wall (`2026-03-29T02:30`), so that it is one period in the night in which that time
comes twice, and also in the one in which it never comes: then it is due as much later as the clock was moved. The name
does not change either when a community moves to another zone in the middle of the day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

_WIDEST_MOVE = dt.timedelta(hours=26)
"""Further than this no zone has ever moved its clocks at once."""
_LOOK_BACK = tuple(dt.timedelta(days=n) for n in (0.1, 2, 40, 400, 1600))
"""How far back the last period is looked for, one after the other; the last reaches over a leap year."""
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Period:
    """One period: its name, and when it is due (ms)."""

    key: str
    due: int


class Cron:
    """A cron line: minute, hour, day of the month, month, day of the week. Days of the week are written as names.

    Where both days are said, both must hold. Raises ValueError where the line cannot be read or never comes true.
    """

    def __init__(self, line: str) -> None:
        """Read the line."""
        self.line = " ".join(line.split())
        if re.search(r"\d", self.line.rpartition(" ")[2]):
            raise ValueError(f"{line!r}: write days of the week as names (mon, tue-fri); numbers mean two things")
        self._trigger = CronTrigger.from_crontab(self.line, timezone=dt.UTC)
        if next(self._walls(dt.datetime(2000, 1, 1)), None) is None:  # noqa: DTZ001 - a time on the wall
            raise ValueError(f"{line!r}: there is no such day")

    def last(self, zone: ZoneInfo, now: int) -> Period | None:
        """Return the last period that is due (ms), None where none has been for years."""
        for back in _LOOK_BACK:
            found = self._among(zone, _wall(zone, now) - back, now)
            if found:
                return found[-1]
        return None

    def after(self, zone: ZoneInfo, since: int, now: int, most: int) -> list[Period]:
        """Return the last `most` periods due after one moment and until another (ms), in order."""
        return [one for one in self._among(zone, _wall(zone, since) - _WIDEST_MOVE, now) if one.due > since][-most:]

    def next(self, zone: ZoneInfo, now: int) -> Period:
        """Return the next period that is not due yet (ms)."""
        periods = (_period(zone, wall) for wall in self._walls(_wall(zone, now) - _WIDEST_MOVE))
        return next(one for one in periods if one.due > now)

    def _among(self, zone: ZoneInfo, first: dt.datetime, now: int) -> list[Period]:
        """Return the periods from a time on the wall on that are due now."""
        # Where the clock was put back, times on the wall that are yet to come once more have been here already.
        put_back = max(_wall(zone, now - _ms(_WIDEST_MOVE)) + _WIDEST_MOVE - _wall(zone, now), dt.timedelta())
        latest, found = _wall(zone, now) + put_back, []
        for wall in self._walls(first):
            if wall > latest:
                break
            period = _period(zone, wall)
            if period.due <= now:
                found.append(period)
        return found

    def _walls(self, first: dt.datetime) -> Iterator[dt.datetime]:
        """Yield the times on the wall, from one on."""
        # What the line says is worked out as if walls knew no zone: only so does each time come once.
        at = first.replace(tzinfo=dt.UTC)
        while (found := self._trigger.get_next_fire_time(None, at)) is not None:
            yield found.replace(tzinfo=None)
            at = found + dt.timedelta(minutes=1)


def _wall(zone: ZoneInfo, at: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(at / 1000, zone).replace(tzinfo=None)


def _period(zone: ZoneInfo, wall: dt.datetime) -> Period:
    # The first of two times of one name; one that is left out counts on from before, and so comes later by as much.
    due = round(wall.replace(tzinfo=zone, fold=0).timestamp() * 1000)
    return Period(wall.strftime("%Y-%m-%dT%H:%M") + ("Z" if zone.key == _UTC.key else ""), due)


def _ms(span: dt.timedelta) -> int:
    return round(span.total_seconds() * 1000)
