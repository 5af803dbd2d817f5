"""Quiet hours: from 20 to 8 in somebody's own zone, and weekends where that is wished."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

FROM_HOUR, TO_HOUR = 20, 8
LONGEST_DAYS = 7
"""Within so many days there is a morning that is not quiet, whatever a calendar does."""
_SATURDAY = 5


@lru_cache(1024)
def zone_named(name: str) -> ZoneInfo | None:
    """Return a time zone by its IANA name, None where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a name at all, or the name of a folder
        return None


def ends_at(now: int, names: Sequence[str | None], *, weekends: bool) -> int | None:
    """Return the moment (ms) when it is no longer quiet, `now` itself where it is not.

    The first of the names that is a zone counts; None where none of them is.
    """
    zone = next((found for name in names if name and (found := zone_named(name)) is not None), None)
    if zone is None:
        return None
    local = dt.datetime.fromtimestamp(now / 1000, zone)
    if not _is_quiet(local, weekends=weekends):
        return now
    days = (local.date() + dt.timedelta(days=n) for n in range(LONGEST_DAYS))
    mornings = (dt.datetime.combine(day, dt.time(TO_HOUR), zone) for day in days)
    # A zone may skip hours or whole days; so what comes out is looked at once more.
    moments = (dt.datetime.fromtimestamp(one.timestamp(), zone) for one in mornings)
    return next(
        at for one in moments if (at := round(one.timestamp() * 1000)) > now and not _is_quiet(one, weekends=weekends)
    )


def _is_quiet(local: dt.datetime, *, weekends: bool) -> bool:
    return local.hour >= FROM_HOUR or local.hour < TO_HOUR or (weekends and local.weekday() >= _SATURDAY)
