"""Makes the sample that `cairn demo` shows, from the open data sets it is derived from: `make sample`.

What is kept is what Cairn itself would keep: who (a pseudonym), what kind, when, where. No sentence, no name, no
address. The same sources always give the same bytes, so that anybody can check where the sample comes from.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).resolve().parents[1] / "bot" / "sample"
SOURCES = Path(__file__).resolve().parents[2] / "shared" / "data"

COLUMNS = {
    "ols-cohorts.csv": ("ols-cohorts/participation.csv", ("cohort", "date", "role", "project_id", "person_id")),
    "ols-people.csv": ("ols-cohorts/people.csv", ("person_id", "continent")),
    "sprint-2018.csv": (
        "mozilla-global-sprint/mozsprint_github_events_2018.csv",
        ("ID", "datetime", "event", "actor"),
    ),
}
"""Each table with its source and the columns that are kept."""

CHAT = ("houston-slack.zip", "slack-houston-datavis/houston-datavis-export.zip")

_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_OF_USERS = ("id", "team_id", "deleted", "is_bot")
_OF_CHANNELS = ("id", "name", "is_archived")
_OF_MESSAGES = ("type", "subtype", "user", "ts", "thread_ts", "bot_id")
_OF_REACTIONS = ("name", "users", "count")


def make(sources: Path, into: Path) -> None:
    """Write the sample's tables and its chat into a folder."""
    for name, (source, columns) in COLUMNS.items():
        _table(sources / source, into / name, columns)
    _chat(sources / CHAT[1], into / CHAT[0])


def _table(source: Path, made: Path, columns: tuple[str, ...]) -> None:
    with source.open(encoding="utf-8", newline="") as read, made.open("w", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(csv.DictReader(read))


def _chat(source: Path, made: Path) -> None:
    """Write a Slack export anew without its texts. Stored, not compressed: compressed bytes differ between machines."""
    with zipfile.ZipFile(source) as read, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as written:
        for name in sorted(read.namelist()):
            keep = _keeper(name)
            if keep is not None:
                rows = [keep(one) for one in json.loads(read.read(name))]
                info = zipfile.ZipInfo(name)
                info.create_system, info.external_attr = 3, 0o100644 << 16
                written.writestr(info, json.dumps(rows, ensure_ascii=False, separators=(",", ":")))


def _keeper(name: str) -> Callable[[Mapping[str, Any]], dict[str, Any]] | None:
    """Return what to keep of each object of a file, None for a file that is left out."""
    if name == "users.json":
        return lambda user: _only(user, _OF_USERS)
    if name == "channels.json":
        return lambda channel: _only(channel, _OF_CHANNELS)
    return _message if "/" in name and name.endswith(".json") else None


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    """Keep who, when, what kind, whom it names, and who reacted how."""
    kept = _only(message, _OF_MESSAGES)
    kept["text"] = " ".join(f"<@{user}>" for user in _MENTION.findall(message.get("text") or ""))
    if "edited" in message:
        kept["edited"] = {"ts": message["edited"]["ts"]}
    if "reactions" in message:
        kept["reactions"] = [_only(reaction, _OF_REACTIONS) for reaction in message["reactions"]]
    return kept


def _only(whole: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: whole[name] for name in names if name in whole}


if __name__ == "__main__":
    if not SOURCES.is_dir():
        sys.exit("the folder ../shared/data is not there: the sample is made from it")
    make(SOURCES, SAMPLE)
    for file in sorted(SAMPLE.iterdir()):
        print(f"{file.stat().st_size:>9,} {file.name}")
