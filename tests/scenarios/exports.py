"""Exports of one Slack workspace, made at different times: small ones made up, large ones cut in pieces."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.integrations.archives.archive_builder import Record, pack, said, slack_files

DAY = 86_400
START = int(dt.datetime(2024, 1, 8, 12, tzinfo=dt.UTC).timestamp())
"""A Monday noon."""


def ts(day: int, second: int = 0) -> str:
    """Return Slack's time of a message, days and seconds after the start."""
    return f"{START + day * DAY + second}.000100"


def reacted(name: str, *users: str) -> Record:
    """Return a reaction."""
    return {"name": name, "users": list(users), "count": len(users)}


def workspace(path: Path, names: Mapping[str, str], messages: Mapping[str, Sequence[Record]]) -> Path:
    """Write an export: channels' names by id, and the messages of each, in the day files where Slack puts them."""
    days: dict[str, list[Record]] = {}
    for channel, found in messages.items():
        for one in found:
            day = dt.datetime.fromtimestamp(float(one["ts"]), dt.UTC).date()
            days.setdefault(f"{names[channel]}/{day}", []).append(one)
    channels = [{"id": id_, "name": name, "created": 1, "creator": "U1", "members": []} for id_, name in names.items()]
    return pack(path, slack_files(days, channels=channels))


def earlier(path: Path) -> Path:
    """Write the export of a first capture: the thread's beginning, reactions that go later, old names."""
    return workspace(
        path,
        {"C1": "general", "C2": "develop"},
        {
            "C1": [
                said(ts(0), "U1", reactions=[reacted("wave", "U2", "U3")], text="<@U2>"),
                said(ts(1), "U2", thread_ts=ts(1)),
                said(ts(1, 9), "U1", thread_ts=ts(1)),
                said(ts(2), "U3"),
            ],
            "C2": [said(ts(0, 60), "U2"), said(ts(2, 60), "U1", reactions=[reacted("eyes", "U2")])],
        },
    )


def later(path: Path) -> Path:
    """Write the export of a second capture: a channel renamed, older days gone, edits, replies and people added."""
    return workspace(
        path,
        {"C1": "general", "C2": "building", "C3": "new"},
        {
            "C1": [
                said(ts(0), "U1", reactions=[reacted("wave", "U3"), reacted("tada", "U2")], text="<@U3>",
                     edited={"user": "U1", "ts": ts(3)}),
                said(ts(4), "U3", thread_ts=ts(1), reactions=[reacted("heart", "U2")]),
                said(ts(4, 5), "U2", thread_ts=ts(4, 5)),
            ],
            "C2": [said(ts(2, 60), "U1", reactions=[]), {**said(ts(0, 60), None), "subtype": "tombstone"}],
            "C3": [said(ts(5), "U2", reactions=[reacted("wave", "U1")])],
        },
    )  # fmt: skip


Cut = Callable[[Record], Record | None]


def cut(source: Path, target: Path, change: Cut, rename: Mapping[str, str] | None = None) -> Path:
    """Write an export anew with each message changed or left out, and channels renamed."""
    names = rename or {}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            folder, slash, file = name.rpartition("/")
            if name.endswith("/"):
                continue
            content: Any = json.loads(old.read(name))
            if slash:
                content = [one for one in map(change, content) if one is not None]
            elif name == "channels.json":
                content = [one | {"name": names.get(one["name"], one["name"])} for one in content]
            if content or not slash:
                new.writestr(f"{names.get(folder, folder)}{slash}{file}", json.dumps(content))
    return target


def large(path: Path, messages: int) -> Path:
    """Write an export of many messages with a reply, a mention and a reaction now and then, by forty people."""
    users = [{"id": f"U{n}", "team_id": "TBIG", "name": f"u{n}", "is_bot": False} for n in range(40)]
    days: dict[str, list[Record]] = {}
    for n in range(messages):
        moment = ts(n // 200, n % 200)
        more: Record = {}
        if n % 3 == 1:
            more["thread_ts"] = ts((n - 1) // 200, (n - 1) % 200)
        if n % 4 == 0:
            more["reactions"] = [reacted("wave", f"U{n % 37}", f"U{n % 31 + 3}")]
        if n % 5 == 0:
            more["text"] = f"<@U{n % 29}>"
        day = dt.datetime.fromtimestamp(float(moment), dt.UTC).date()
        days.setdefault(f"general/{day}", []).append(said(moment, f"U{n * 7 % 40}", **more))
    return pack(path, slack_files(days, users=users))


def said_and_joined(path: Path) -> Path:
    """Write an export in which two people join and one writes."""
    joined = {"subtype": "channel_join"}
    messages = [said(ts(0), "U1", **joined), said(ts(0, 1), "U2", **joined), said(ts(1), "U1")]
    return workspace(path, {"C1": "general"}, {"C1": messages})
