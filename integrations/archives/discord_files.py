"""The frame of a file that DiscordChatExporter wrote: what stands before its messages, and after them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeGuard

from bot.ports import Context, InputError, Space, milliseconds
from integrations.archives.container import CHUNK, Container, Entry
from integrations.archives.json_stream import Window, elements, loads

# Inside a text its quotes would be escaped, so this can only be a key.
_MESSAGES = re.compile(rb'"messages"\s*:\s*\[')
_LONGEST_HEAD = CHUNK


@dataclass(frozen=True, slots=True)
class ChannelFile:
    """One file: a channel, a thread, or a part of one. `captured` is when it was exported in ms, 0 if it is not said.

    Exporters before 2023 did not write the time of export.
    """

    entry: Entry
    space: Space
    channel: Context
    captured: int


def read_frame(container: Container, entry: Entry) -> ChannelFile:
    """Return what the file says about itself; raises InputError for what is not of this kind, and for private chats."""
    where = container.where(entry)
    with closing(container.chunks(entry)) as chunks:
        head = _head(Window(chunks, where))
    guild, channel = head.get("guild"), head.get("channel")
    if not (_has_id(guild) and _has_id(channel)):
        raise InputError(f"{where}: names no server and channel; expected JSON made by DiscordChatExporter.")
    kind = str(channel.get("type") or "")
    if guild["id"] == "0" or kind.startswith("Direct"):
        raise InputError(f"{where}: direct messages; only channels of a server are imported.")
    space = Space("discord", guild["id"], _text(guild.get("name")))
    return ChannelFile(entry, space, _context(channel, kind), _captured(head.get("exportedAt"), where))


def read_messages(container: Container, entry: Entry) -> Iterator[Any]:
    """Yield the messages, None for each that cannot be read.

    Raises InputError at the end where the count that the exporter writes last is missing or another.
    """
    window = Window(container.chunks(entry), container.where(entry))
    head = _head(window)
    found = 0
    for message in elements(window):
        found += 1
        yield message
    tail = loads(b'{"messages":[]' + window.rest())
    if not isinstance(tail, dict):
        raise InputError(f"{window.name}: cut off or damaged after its messages.")
    said = tail.get("messageCount", head.get("messageCount"))
    if said is None:
        raise InputError(f"{window.name}: no messageCount at its end; the export was cut off.")
    if said != found:
        raise InputError(f"{window.name}: says {said!r:.20} messages but holds {found:,}; export the channel again.")


def moment_of(text: str) -> int:
    """Return an ISO 8601 time in milliseconds; without a zone it is UTC. Raises ValueError or TypeError."""
    moment = dt.datetime.fromisoformat(text)
    return milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))


def _head(window: Window) -> dict[str, Any]:
    """Return what stands before the messages, and leave the window at the first of them."""
    begin = window.data.lstrip()[:1] == b"{"
    while begin and len(window.data) <= _LONGEST_HEAD and not _MESSAGES.search(window.data) and window.more():
        pass
    found = _MESSAGES.search(window.data) if begin else None
    head = loads(window.data[: found.end()] + b"]}") if found else None
    if found is None or not isinstance(head, dict):
        raise InputError(f"{window.name}: no list of messages; expected JSON made by DiscordChatExporter.")
    window.drop(found.end())
    return head


def _context(channel: Mapping[str, Any], kind: str) -> Context:
    """Return the channel; of a thread or a forum's post, `category` means the channel it hangs below.

    People write the names of threads and posts, often as the beginning of what they say: those are not kept.
    """
    if "thread" in kind.lower() or "forum" in kind.lower():
        return Context(place=channel["id"], parent=_text(channel.get("categoryId")))
    return Context(place=channel["id"], name=_text(channel.get("name")))


def _captured(exported: object, where: str) -> int:
    if exported is None:
        return 0
    try:
        return moment_of(exported)  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        raise InputError(f"{where}: exportedAt is no time; expected one such as 2025-01-31T12:00:00+00:00.") from None


def _has_id(value: object) -> TypeGuard[Mapping[str, Any]]:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("id"), str)
        and value["id"].isascii()
        and value["id"].isdigit()
    )


def _text(value: object) -> str:
    return value.replace("\0", "") if isinstance(value, str) else ""
