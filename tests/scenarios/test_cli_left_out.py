"""An import stores nothing of the people and channels that the community file leaves out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integrations.archives.archive_builder import discord_file, write_json, wrote
from tests.scenarios.commands import Cairn
from tests.scenarios.dumps import dump

SERVER, GENERAL, RANDOM, THREAD, ANN, BEN = (f"1000000000000000{n}" for n in (10, 20, 30, 40, 50, 60))
FILE = """\
name: Home
spaces: [{platform: discord, id: "%s", channels: {out: %s}, excluded_people: ["%s"]}]
"""
NOON = (1_706_832_000_000 - 1_420_070_400_000) << 22


def export(file: Path, first: int, **channel: str) -> Path:
    """Write a channel in which Ann writes twice and Ben once, and both react."""
    people = [{"id": ANN, "name": "ann", "isBot": False}, {"id": BEN, "name": "ben", "isBot": False}]
    likes = [{"emoji": {"id": "", "name": "x"}, "count": 2, "users": people}]
    said: list[Any] = [wrote(str(NOON + first + n), people[n % 2]) for n in range(3)]
    said[0]["reactions"] = likes
    frame = {"guild": {"id": SERVER, "name": "A server"}, "channel": {"type": "GuildTextChat"} | channel}
    return write_json(file, discord_file(said, **frame))


@pytest.mark.parametrize("out", ["[random]", f'["{RANDOM}"]'])
def test_import_keeps_out_what_the_community_file_leaves_out(cairn: Cairn, tmp_path: Path, out: str) -> None:
    (tmp_path / "community.yaml").write_text(FILE % (SERVER, out, BEN))
    assert cairn("config", "apply", tmp_path / "community.yaml").code == 0
    one = export(tmp_path / "one.json", 0, id=GENERAL, name="general", categoryId="500")
    other = export(tmp_path / "other.json", 10, id=RANDOM, name="random", categoryId="500")

    first = cairn("import", "discord-export", one, "--json").json
    second = cairn("import", "discord-export", other, "--json").json

    assert (first["skipped"]["left out"], first["engagements"]["new"]) == (2, 3)
    assert (second["skipped"]["channel left out"], second["engagements"]["new"]) == (5, 0)
    stored = dump(cairn.url)
    assert len(stored["account"]) == 1
    assert not any(RANDOM in str(row) for row in stored["context"])


def test_threads_of_a_channel_that_is_left_out_are_left_out_too(cairn: Cairn, tmp_path: Path) -> None:
    (tmp_path / "community.yaml").write_text(FILE % (SERVER, f'["{RANDOM}"]', BEN))
    assert cairn("config", "apply", tmp_path / "community.yaml").code == 0
    file = export(tmp_path / "one.json", 0, id=THREAD, name="sub", categoryId=RANDOM, type="GuildPublicThread")

    done = cairn("import", "discord-export", file, "--json").json

    assert (done["skipped"]["channel left out"], done["engagements"]["new"]) == (5, 0)
