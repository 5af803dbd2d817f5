"""Blocks and texts as plain words: for files, notifications and readers of screens, where nothing is live."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from bot.chat.drawing import bars, table
from bot.chat.letters import clean
from bot.chat.speech import (
    Bars,
    Block,
    Bold,
    Channel,
    Fields,
    Heading,
    Jump,
    Link,
    Moment,
    Paragraph,
    RoleTag,
    Span,
    Table,
    Text,
    Who,
)

_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799
_WIDEST = 1_000


def words(text: Text) -> str:
    """Return a text without anything live."""
    return "".join(_said(one) for one in text)


def page(blocks: Iterable[Block]) -> str:
    """Return blocks below one another; controls and files have no words."""
    return "\n\n".join(filter(None, map(_block, blocks)))


def seconds(of: Moment) -> int:
    """Return a moment in seconds since 1970, kept within the years that there are."""
    return min(max(of.at // 1000, _FIRST_SECOND), _LAST_SECOND)


def _block(one: Block) -> str:
    match one:
        case Heading():
            return words(one.text).upper()
        case Paragraph():
            return words(one.text)
        case Fields():
            return "\n".join(f"{words(name)}: {words(value)}" for name, value in one.rows)
        case Bars():
            return "\n".join(bars(one))
        case Table():
            return "\n".join(table(one, widest=_WIDEST)[0])
    return ""


def _said(span: Span) -> str:
    match span:
        case str():
            return clean(span)
        case Bold() | Link() | Jump():
            return clean(span.text)
        case Who():
            return clean(span.account.id)
        case Channel() | RoleTag():
            return clean(span.id)
        case Moment():
            moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds(span))
            return f"{moment:%Y-%m-%d}" if span.day else f"{moment:%Y-%m-%d %H:%M} UTC"
