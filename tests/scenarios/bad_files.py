"""Files that no import may trip over, each made where a test wants it."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.integrations.archives.archive_builder import (
    USERS,
    discord_file,
    pack,
    patch_entries,
    said,
    slack_files,
    snowflake,
    write_json,
    wrote,
    zip_of_entries,
)

FLAGS, METHOD, CRC = 8, 10, 16
"""Where fields stand in an entry of a zip's table of contents."""
TS = "1709290000.000100"
DAY = "general/2024-03-01"
MESSAGE = said(TS)

Maker = Callable[[Path], Path]


def _raw(content: bytes) -> Maker:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


def _slack(**files: object) -> Maker:
    return lambda path: pack(path, slack_files({DAY: [MESSAGE]}, **files))


def _with(name: str, content: bytes = b"[]") -> Maker:
    return lambda path: pack(path, slack_files({DAY: [MESSAGE]}) | {name: content})


def _day(content: bytes) -> Maker:
    return lambda path: pack(path, slack_files({DAY: content}))


def _link(path: Path) -> Path:
    info = zipfile.ZipInfo("general/2024-03-02.json")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    pack(path, slack_files({DAY: [MESSAGE]}))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, "/etc/passwd")
    return path


def _twice(path: Path) -> Path:
    pack(path, slack_files({DAY: [MESSAGE]}))
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("users.json", json.dumps(USERS))
    return path


def _cut(path: Path) -> Path:
    whole = pack(path, slack_files({DAY: [MESSAGE] * 50})).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def _bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in slack_files({DAY: [MESSAGE]}).items():
            archive.writestr(name, json.dumps(content))
        with archive.open("general/2024-03-02.json", "w") as entry:
            for _ in range(110):
                entry.write(b" " * 1024 * 1024)
    return path


def _patched(field: int, value: bytes) -> Maker:
    return lambda path: patch_entries(pack(path, slack_files({DAY: [MESSAGE]})), field, value)


SLACK_REFUSED: dict[str, Maker] = {
    "empty": _raw(b""),
    "no zip": _raw(b"Dear reader"),
    "only the mark of a zip": _raw(b"PK\3\4"),
    "name that leads out": _with("../evil.json"),
    "absolute name": _with("/etc/evil.json"),
    "symbolic link": _link,
    "same name twice": _twice,
    "a million entries": lambda path: zip_of_entries(path, 1_000_000),
    "bomb": _bomb,
    "encrypted": _patched(FLAGS, b"\1\0"),
    "unknown packing": _patched(METHOD, b"\x63\0"),
    "cut off": _cut,
    "wrong CRC": _patched(CRC, b"\1\2\3\4"),
    "JSON cut off": _day(b'[{"type": "message", "ts": "1709290000.000100"'),
    "JSON of another kind": _day(b'{"messages": []}'),
    "something behind the list": _day(b"[] []"),
    "brackets that do not match": _day(b'[{"ts": "1"]}'),
    "no channels.json": _slack(channels=None),
    "no users.json": _slack(users=None),
    "users that are no list": _slack(users={"ok": False}),
    "channels that are no list": _slack(channels="C1"),
}
"""What is no Slack export: nothing of it comes in."""

SLACK_READ: dict[str, tuple[Maker, dict[str, int]]] = {
    "empty export": (_slack(channels=[], users=[]), {"unknown channel": 1}),
    "BOM": (_day(b"\xef\xbb\xbf" + json.dumps([MESSAGE]).encode()), {}),
    "lone surrogate": (_day(b'[{"ts": "1709290000.000200", "text": "\\ud800"}, ' + json.dumps(MESSAGE).encode() + b"]"),
                       {"unreadable object": 1}),
    "NaN": (_day(b'[{"ts": NaN}, ' + json.dumps(MESSAGE).encode() + b"]"), {"unreadable object": 1}),
    "ten thousand brackets": (_day(b'[{"x": ' + b"[" * 10_000 + b"]" * 10_000 + b"}, " + json.dumps(MESSAGE).encode()
                                   + b"]"), {"unreadable object": 1}),
    "number of 6,000 digits": (_day(b'[{"ts": ' + b"9" * 6_000 + b"}, " + json.dumps(MESSAGE).encode() + b"]"),
                               {"unreadable object": 1}),
    "wrong types": (_day(json.dumps([MESSAGE, 7, "x", None, [], {"ts": 5}, said(TS, reactions={"a": 1})]).encode()),
                    {"unreadable object": 6}),
    "unknown users": (_day(json.dumps([MESSAGE, said("1709290001.000100", "U404")]).encode()), {"unknown user": 1}),
}  # fmt: skip
"""What can be read but for single objects, and how those are counted."""

MOMENT = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)


def _discord(**more: object) -> Maker:
    return lambda path: write_json(path, discord_file([wrote(snowflake(MOMENT))], **more))


def _many(path: Path, last: bytes) -> Path:
    """Write a file of many channels of which the last is damaged."""
    channel = {"id": "701", "type": "GuildTextChat", "categoryId": "600", "name": "other"}
    whole = discord_file([wrote(snowflake(MOMENT, n), str(n % 30 + 1)) for n in range(4_500)])
    files = {"a.json": whole, "b.json": json.dumps(discord_file([], channel=channel)).encode()[:-9] + last}
    return pack(path, files)


DISCORD_REFUSED: dict[str, Maker] = {
    "no JSON": _raw(b"Dear reader"),
    "another JSON": _raw(b'{"a": 1}'),
    "no server": _discord(guild=...),
    "direct messages": _discord(guild={"id": "0", "name": ""}),
    "no count at the end": _discord(messageCount=...),
    "another count": _discord(messageCount=7),
    "wrong time of export": _discord(exportedAt="yesterday"),
    "damaged behind 4,500 messages": lambda path: _many(path, b"###"),
    "cut off behind 4,500 messages": lambda path: _many(path, b""),
}
"""What is no export of DiscordChatExporter."""

MAPPING = """\
source: test
columns: {cohort: cohort, date: date, role: role}
person: [who]
constants: {programme: open}
"""
HEADER = b"who,cohort,date,role\n"
ROW = b"ada,one,2024-03-01,mentor\n"
ROWS = HEADER + b"".join(b"p%d,one,2024-03-01,mentor\n" % n for n in range(2_500))
CSV_REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "no such columns": (b"a,b\n1,2\n", "no column 'cohort'"),
    "ragged row": (HEADER + ROW + b"ada,one\n", "row 3"),
    "wrong date": (HEADER + b"ada,one,01/03/2024,mentor\n", "row 2"),
    "nobody": (HEADER + b",one,2024-03-01,mentor\n", "row 2"),
    "open quotation mark": (HEADER + b'"ada,one,2024-03-01,mentor\nx\n', "row 2"),
    "other encoding": (HEADER + "adé,one,2024-03-01,mentor\n".encode("latin-1"), "row 2"),
    "NUL bytes": (HEADER + b"a\0da,one,2024-03-01,mentor\n", "row 2"),
    "a spreadsheet": (b"PK\3\4" + b"\0" * 40, "save it as CSV"),
    "wrong behind 2,500 rows": (ROWS + b"ada,one,someday,mentor\n", "row 2502"),
}
"""Programme files with something wrong, and what must be said."""

CSV_READ: dict[str, bytes] = {
    "BOM": b"\xef\xbb\xbf" + HEADER + ROW,
    "UTF-16": (HEADER + ROW).decode().encode("utf-16"),
    "semicolons": (HEADER + ROW).replace(b",", b";"),
    "formula": HEADER + b"=cmd|'/c calc'!A1,one,2024-03-01,mentor\n",
    "empty cells behind": HEADER + ROW.strip() + b",,\n",
}
"""Programme files that can be read; each holds one row."""

MAPPING_REFUSED = {
    "nothing": "",
    "no mapping": "- a\n",
    "unknown field": MAPPING + "colour: red\n",
    "no person": "source: x\ncolumns: {cohort: c, date: d}\nperson: []\n",
    "anchor": "source: &x test\nperson: [*x]\n",
    "not YAML": "source: [\n",
}
"""Mappings with one thing wrong."""


def not_utf8_name(folder: Path, file: Path) -> Path:
    """Return a file under a name that is no text."""
    named = os.fsencode(folder) + b"/caf\xe9.zip"
    with open(named, "wb") as target:  # noqa: PTH123 - the name is bytes
        target.write(file.read_bytes())
    return Path(os.fsdecode(named))
