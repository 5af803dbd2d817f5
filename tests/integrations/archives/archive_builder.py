"""Builds small archives for tests: Slack exports, Discord files, and zips with every sort of damage."""

from __future__ import annotations

import datetime as dt
import json
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Record = dict[str, Any]

USERS: list[Record] = [
    {"id": "U1", "team_id": "T1", "name": "one", "is_bot": False},
    {"id": "U2", "team_id": "T1", "name": "two", "is_bot": False},
    {"id": "U3", "team_id": "T1", "name": "three", "deleted": True, "is_bot": False},
    {"id": "UBOT", "team_id": "T1", "name": "robot", "is_bot": True},
]
CHANNELS: list[Record] = [
    {"id": "C1", "name": "general", "created": "1433558207", "creator": "U1", "members": []},
    {"id": "C2", "name": "雑談", "created": 1433558207, "creator": "U1", "members": ["U1"]},
]
EXPORTED = "2024-03-01T12:00:00+00:00"


def pack(path: Path, files: Mapping[str, object]) -> Path:
    """Write a zip; bytes as they are, everything else as JSON."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return path


def slack_files(days: Mapping[str, object], **roots: object) -> dict[str, object]:
    """Return the files of an export: `days` by `folder/date`, the usual lists at the root unless given otherwise."""
    lists: dict[str, object] = {"channels": CHANNELS, "users": USERS} | roots
    files = {f"{name}.json": content for name, content in lists.items() if content is not None}
    return files | {f"{name}.json": content for name, content in days.items()}


def said(ts: str, user: str | None = "U1", **more: Any) -> Record:
    """Return a Slack message object."""
    message: Record = {"type": "message", "ts": ts, "text": "", **more}
    return message if user is None else message | {"user": user}


def snowflake(moment: dt.datetime, low: int = 0) -> str:
    """Return a Discord id made at a moment."""
    milliseconds = (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)
    return str(((milliseconds - 1_420_070_400_000) << 22) + low)


def person(id_: str, bot: bool = False) -> Record:
    """Return a Discord user object."""
    return {"id": id_, "name": f"name{id_}", "isBot": bot}


def wrote(id_: str, author: str | Record = "11", type_: str = "Default", **more: Any) -> Record:
    """Return a Discord message object."""
    who = person(author) if isinstance(author, str) else author
    frame: Record = {"id": id_, "type": type_, "timestampEdited": None, "content": "", "author": who}
    return frame | {"reactions": [], "mentions": []} | more


def discord_file(messages: Sequence[object], **more: Any) -> Record:
    """Return the content of one file of DiscordChatExporter; `more` replaces parts of its frame."""
    frame: Record = {
        "guild": {"id": "900", "name": "A server"},
        "channel": {"id": "700", "type": "GuildTextChat", "categoryId": "600", "name": "general"},
        "dateRange": {"after": None, "before": None},
        "exportedAt": EXPORTED,
        "messages": list(messages),
        "messageCount": len(messages),
    }
    return {key: value for key, value in (frame | more).items() if value is not ...}


def write_json(path: Path, content: object, indent: int | None = 2) -> Path:
    """Write a JSON file as the exporters do, indented."""
    path.write_text(json.dumps(content, indent=indent, ensure_ascii=False), encoding="utf-8")
    return path


def patch_entries(path: Path, offset: int, value: bytes) -> Path:
    """Overwrite a field of every entry in a zip's table of contents (offsets of PKWARE APPNOTE 4.3.12)."""
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\1\2")
    while at >= 0:
        data[at + offset : at + offset + len(value)] = value
        at = data.find(b"PK\1\2", at + 46)
    path.write_bytes(data)
    return path


def zip_of_entries(path: Path, count: int) -> Path:
    """Write a zip that is nothing but a table of contents with this many entries, and says that it has one."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry) * count, 0, 0)
    path.write_bytes(entry * count + end)
    return path
