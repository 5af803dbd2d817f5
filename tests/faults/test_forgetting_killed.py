"""Whoever asks to be forgotten is, however often the process is killed meanwhile: P4 of the list of promises."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.jobs import erasures
from bot.keys import open_keys
from bot.maintenance.backup import backup
from bot.maintenance.restore import restore
from tests.bot.clockwork import Rig
from tests.bot.rights.planting import plant, tables_with
from tests.bot.rights.test_forgetting import assert_gone, needles
from tests.bot.rights.town import ANN, BOB, CHAT, NOW, Here, message, settled_space
from tests.scenarios.words import SOURCES
from tests.scenarios.world import world

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(400)  # it starts a process that makes many
WITHIN = 60.0
KILLS = 14


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Here]:
    """A community with a space, whose key file lies in a folder of its own."""
    with world(database_url, open_keys(tmp_path / "keys" / "cairn.keys")) as place:
        yield settled_space(place.found("town", sources=SOURCES))


def killed(here: Here, keys: Path) -> int:
    """Have Ann forgotten by processes that are killed at one point after the other; returns how many were."""
    words = (here.database.url, str(keys), str(here.id), ANN.id, str(KILLS))
    command = (sys.executable, "-m", "tests.faults.forgetful", *words)
    return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300).stdout)


async def start_again(here: Here) -> None:
    """Let the clock look for the first time after a start."""
    rig = Rig(here.database, NOW / 1000, [erasures.JOB])
    rig.keys = here.town.world.keys
    rig.sit()
    await rig.tick()


def test_forgetting_that_is_killed_everywhere_is_done_a_minute_after_the_start(here: Here, tmp_path: Path) -> None:
    plant(here)
    numbers = [row[0] for row in here.rows("SELECT DISTINCT own_member FROM account WHERE community = :of")]
    bob, kept = here.member(BOB), tmp_path / "backups" / "before.backup"
    kept.parent.mkdir()
    here.run(backup(here.database, kept))

    assert killed(here, tmp_path / "keys" / "cairn.keys") >= 6
    begin = time.monotonic()
    here.run(start_again(here))

    assert time.monotonic() - begin < WITHIN
    assert here.rows("SELECT count(*) FROM erasure WHERE community = :of AND done_at IS NULL") == [(0,)]
    assert here.hear(message(ANN, 980, context=CHAT)).dropped == {"left out": 1}  # or read again from an archive
    gone = [one for one in numbers if one != bob]
    assert_gone(here, gone)
    here.run(restore(here.database, kept, replace=True, keys=here.town.world.keys))
    assert tables_with(here, *needles(here)) == {}
    assert here.hear(message(ANN, 981, context=CHAT)).dropped == {"left out": 1}
