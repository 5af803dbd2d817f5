"""Moments where only plain text fits, as in a table."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo


def written(at: int, zone: ZoneInfo) -> str:
    """Return a moment (ms) as day and time in a zone."""
    return dt.datetime.fromtimestamp(at / 1000, zone).strftime("%Y-%m-%d %H:%M")
