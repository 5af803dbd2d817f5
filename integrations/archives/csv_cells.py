"""What the cells of a CSV file say: moments, parts of keys, and the error for a cell that says it wrongly."""

from __future__ import annotations

import datetime as dt

from bot.ports import milliseconds

_YEARS = range(1970, 2200)


class RowError(Exception):
    """One row is wrong. `reason` names the sort of fault (it is counted), the text says where and what was expected."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def wrong(reason: str, column: str, found: str, expected: str) -> RowError:
    """Return the error for a cell; what was found is shown shortened."""
    shown = found if len(found) <= 40 else found[:39] + "…"
    return RowError(reason, f"column {column!r}: found {shown!r}, expected {expected}")


def moment(text: str, formats: tuple[str, ...] = ()) -> int:
    """Return a written date or time as milliseconds since 1970 UTC: ISO 8601, or the first strptime format that fits.

    A date alone is its midnight; what names no time zone is UTC. Raises ValueError for anything else.
    """
    when = _first_fit(text, formats) if formats else dt.datetime.fromisoformat(text)
    if when.year not in _YEARS:
        raise ValueError("not a year of our time")
    return milliseconds(when if when.tzinfo else when.replace(tzinfo=dt.UTC))


def written(at: int) -> str:
    """Return a moment in ms as ISO 8601 in UTC; a midnight as its date."""
    when = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=at)
    return when.date().isoformat() if when.time() == dt.time.min else when.isoformat().replace("+00:00", "Z")


def escaped(*parts: str) -> str:
    """Join the parts of a key with colons so that different parts never make the same key."""
    return ":".join(part.replace("%", "%25").replace(":", "%3A") for part in parts)


def _first_fit(text: str, formats: tuple[str, ...]) -> dt.datetime:
    for one in formats:
        try:
            return dt.datetime.strptime(text, one)  # noqa: DTZ007 - the caller sets UTC where the format names no zone
        except ValueError:
            continue
    raise ValueError("no format fits")
