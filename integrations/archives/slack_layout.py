"""Where things are in a Slack export: its lists at the root, and one folder of day files per conversation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.ports import InputError
from integrations.archives.container import Container, Entry
from integrations.archives.json_stream import records
from integrations.archives.slack_people import Conversations, Members, add_channels, add_private, read_members

_DAY_FILE = re.compile(r"([^/]+)/(\d{4}-\d\d-\d\d)\.json")
# Day files are cut at some midnight on earth, so the newest message lies at most this far below the newest name.
_SPREAD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class DayFile:
    """The messages of one conversation and day; the name only orders the files, times come from the messages."""

    entry: Entry
    folder: str
    day: str


@dataclass(frozen=True, slots=True)
class Layout:
    """What an export holds; `days` from the oldest to the newest, as a live community would have sent them."""

    members: Members
    conversations: Conversations
    days: tuple[DayFile, ...]


def read_layout(container: Container) -> Layout:
    """Find and read the lists; raises InputError where those are missing without which nothing can be told."""
    files = {entry.name: entry for entry in container.entries}
    root = _root(files, container.name)

    def listed(*names: str) -> Iterator[Any]:
        for name in names:
            if entry := files.get(root + name):
                yield from records(container, entry)

    if not files.keys() & {f"{root}users.json", f"{root}org_users.json"}:
        raise InputError(f"{container.name}: no users.json; a Slack export holds one.")
    conversations = Conversations()
    add_channels(conversations, listed("channels.json", "groups.json"))
    add_private(conversations, listed("dms.json", "mpims.json"))
    return Layout(read_members(listed("users.json", "org_users.json")), conversations, _days(container.entries, root))


def newest_days(days: Sequence[DayFile]) -> list[DayFile]:
    """Return the files in which, if names tell the truth, the newest message is."""
    dates = {day: when for day in {one.day for one in days} if (when := _date(day)) is not None}
    if not dates:
        return list(days)
    since = max(dates.values()) - min(_SPREAD, max(dates.values()) - date.min)
    return [one for one in days if one.day not in dates or dates[one.day] >= since]


def _root(files: dict[str, Entry], archive: str) -> str:
    """Return the folder that holds the lists: empty, or the one that a person packed around the export."""
    names = [name for name in files if name.rpartition("/")[2] == "channels.json"]
    if not names:
        raise InputError(f"{archive}: no channels.json; a Slack export holds one.")
    return min(names, key=lambda name: (name.count("/"), name)).removesuffix("channels.json")


def _days(entries: Sequence[Entry], root: str) -> tuple[DayFile, ...]:
    found = []
    once: dict[str, str] = {}  # a name is kept once, however many files bear it
    for entry in entries:
        if entry.name.startswith(root) and (match := _DAY_FILE.fullmatch(entry.name, len(root))):
            folder, day = (once.setdefault(part, part) for part in match.groups())
            found.append(DayFile(entry, folder, day))
    return tuple(sorted(found, key=lambda one: (one.day, one.folder)))


def _date(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None
