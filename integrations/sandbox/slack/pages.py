"""Pages with a cursor, as Slack cuts long lists."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from integrations.sandbox.slack.arguments import Arguments
from integrations.sandbox.slack.model import Json
from integrations.sandbox.slack.refusals import Refused

Item = TypeVar("Item")


def page(args: Arguments, items: Sequence[Item], usual: int, most: int) -> tuple[Sequence[Item], Json]:
    """Return one page of a list and the metadata with the cursor for the next one, empty on the last.

    Without a limit and a cursor the whole list comes, up to `usual`.
    """
    start, limit = offset(args), args.number("limit", usual, most)
    after = start + limit
    following = cursor(f"offset:{after}") if after < len(items) else ""
    return items[start:after], {"response_metadata": {"next_cursor": following}}


def offset(args: Arguments) -> int:
    """Return where a cursor says to go on, 0 without one."""
    said = args.text("cursor")
    if not said:
        return 0
    return int(told(said, "offset"))


def cursor(text: str) -> str:
    """Return a cursor for a place in a list."""
    return base64.b64encode(text.encode()).decode()


def told(said: str, kind: str) -> str:
    """Return the place that a cursor of a kind holds."""
    try:
        name, _, value = base64.b64decode(said, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused("invalid_cursor") from None
    if name != kind or not value.replace(".", "", 1).isdigit():
        raise Refused("invalid_cursor")
    return value
