"""What each job does: found by scanning, done at its time, and once."""

from __future__ import annotations

import datetime as dt
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import jobs as folder
from bot.chat.speech import Block
from bot.clockwork.agenda import agenda
from bot.clockwork.duties import Jobs, everything
from bot.consent.choices import Choices, Said, Source
from bot.gate import Invite
from bot.jobs import backup, clearing, erasures, imports, removal, renewal, retention, roll, upkeep
from bot.keys import open_keys
from bot.language import Words
from bot.maintenance.archive import opened
from bot.rights.forgetting import Forgetting, Order
from bot.rights.removal import Removal
from bot.sending.contacting import Sender
from bot.sending.parcels import unpacked
from bot.storage import audit, contacts
from bot.storage.tasks import Lane
from scoring.signals import DAY_MS, Account
from tests.bot.clockwork import Rig
from tests.bot.rights.town import ANN, BOB, CAT, HELP, NOW, TODAY, Here, message, settled_space
from tests.scenarios.words import SOURCES
from tests.scenarios.world import world

SECONDS = NOW / 1000
DAY = 86_400.0


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Here]:
    """A community with a space, on SQLite and on PostgreSQL."""
    with world(database_url, open_keys(tmp_path / "keys" / "cairn.keys")) as place:
        yield settled_space(place.found("town", sources=SOURCES))


def clock(here: Here, *modules: Any, at: float = SECONDS, **settings: Any) -> Rig:
    """Return a clock for some jobs."""

    async def made() -> Rig:
        rig = Rig(here.database, at, [one.JOB for one in modules])
        rig.keys = here.town.world.keys
        rig.settings = rig.settings.model_copy(update=settings)
        rig.sit()
        return rig

    return here.run(made())


def test_every_file_is_a_job_that_bears_its_name() -> None:
    names = {one.name for one in pkgutil.iter_modules(folder.__path__)}
    assert set(everything().by_name) == names
    for job in everything().by_name.values():
        assert job.about
        assert job.about[0].islower()
        assert not job.about.endswith(".")


def test_the_roll_moves_the_window_at_the_start_and_each_midnight(here: Here) -> None:
    here.hear(message(ANN, 1, day=TODAY - 29), message(ANN, 2, day=TODAY - 20))
    here.settle()
    rig = clock(here, roll)
    assert here.town.as_of() == TODAY - 20

    here.run(rig.tick())
    here.settle()
    assert (here.town.as_of(), sum(here.town.scores().totals.values())) == (TODAY, 100_000)
    here.run(rig.tick(SECONDS + DAY / 2))
    here.settle()
    assert (here.town.as_of(), sum(here.town.scores().totals.values())) == (TODAY + 1, 50_000)
    here.run(rig.tick(SECONDS + 20 * DAY))
    here.settle()
    assert here.town.scores().totals == {}
    assert here.town.differences() == {}


def test_imports_are_taken_back_when_their_days_are_over(here: Here) -> None:
    one, other = here.town.numbers[SOURCES[0]], here.town.numbers[SOURCES[1]]
    here.do("UPDATE import_run SET state = 'done', result = '{}', started_at = :at, keep = 30 WHERE id = :id",
            at=NOW - 20 * DAY_MS, id=one)  # fmt: skip
    here.do("UPDATE import_run SET state = 'done', result = '{}', started_at = :at, keep = NULL WHERE id = :id",
            at=NOW - 900 * DAY_MS, id=other)  # fmt: skip
    for number, source in ((1, SOURCES[0]), (2, SOURCES[1])):
        here.town.record(source, [message(ANN, number, day=TODAY - 40)])
    here.settle()
    rig = clock(here, imports)

    here.run(rig.tick())
    assert here.rows("SELECT count(*) FROM engagement WHERE community = :of") == [(2,)]
    for days in (9.0, 11.0, 12.0):
        here.run(rig.tick(SECONDS + days * DAY))

    assert here.rows("SELECT id, state FROM import_run WHERE community = :of AND state <> 'running' ORDER BY id") == [
        (one, "undone"),
        (other, "done"),
    ]
    assert here.rows("SELECT source FROM engagement WHERE community = :of") == [(other,)]
    assert here.town.as_of() == TODAY + 11
    assert here.town.differences() == {}


def test_what_is_over_its_time_is_let_go_of_at_the_start_and_each_night(here: Here) -> None:
    here.hear(*(message(ANN, ago, day=TODAY - ago) for ago in (10, 89, 200)))
    here.settle()
    rig = clock(here, retention)

    here.run(rig.tick())
    assert here.rows("SELECT day FROM engagement WHERE community = :of ORDER BY day") == [(TODAY - 89,), (TODAY - 10,)]
    here.run(rig.tick(SECONDS + 3 * DAY))

    assert here.rows("SELECT day FROM engagement WHERE community = :of") == [(TODAY - 10,)]
    assert here.town.differences() == {}
    assert sum(rig.told.failed.values()) == 0


def test_a_space_that_removed_cairn_is_purged_after_its_grace(here: Here) -> None:
    here.hear(message(ANN, 1, context=HELP))
    here.settle()
    rig = clock(here, removal)
    here.run(rig.tick())
    here.run(Removal(here.database).left(here.space, NOW))
    for days in (1, 15, 29):
        here.run(rig.tick(SECONDS + days * DAY))
    assert here.rows("SELECT count(*) FROM engagement WHERE community = :of") == [(1,)]
    here.run(rig.tick(SECONDS + 31 * DAY))

    assert here.rows("SELECT count(*) FROM engagement WHERE community = :of") == [(0,)]
    assert sum(rig.told.failed.values()) == 0


def test_upkeep_sweeps_what_has_had_its_time_and_nothing_else(here: Here) -> None:
    row = (
        "INSERT INTO outbox (community, space, key, purpose, way, channel, pings, posted_at, due, expires, state, "
        "reason, opens, settled_at, message) VALUES (:of, :space, :key, 'notice', :way, 'C1', FALSE, 1, 1, 2, "
        ":state, '', FALSE, :at, '')"
    )
    for key, state, at in (
        ("old", "sent", NOW - 401 * DAY_MS),
        ("new", "sent", NOW - 399 * DAY_MS),
        ("waits", "pending", None),
        ("card before", "sent", NOW - 8 * DAY_MS),
        ("card now", "sent", NOW - 6 * DAY_MS),
    ):
        way = "beside" if key.startswith("card") else "channel"
        here.do(row, space=here.space, key=key, state=state, at=at, way=way)
    rig = clock(here, upkeep, roll, at=SECONDS - DAY)

    here.run(rig.tick())
    here.run(rig.tick(SECONDS))
    assert here.rows("SELECT key FROM outbox WHERE community = :of ORDER BY key") == [
        ("card now",), ("new",), ("waits",)
    ]  # fmt: skip
    for days in range(1, 60):
        here.run(rig.tick(SECONDS + days * DAY))
    kept = here.run(rig.states(Lane(here.id, "roll")))
    assert 39 <= len(kept) <= 42


def test_a_backup_is_written_each_night_and_the_newest_are_kept(here: Here, tmp_path: Path) -> None:
    keep = tmp_path / "kept"
    here.hear(message(ANN, 1))
    rig = clock(here, backup, backups_folder=keep, backups_keep=3)
    here.run(rig.tick())
    assert not keep.exists()
    for days in range(1, 6):
        here.run(rig.tick(SECONDS + days * DAY))
        (keep / "cairn-of-somebody.backup").touch()

    files = sorted(one.name for one in keep.iterdir())
    assert len(files) == 4
    assert "cairn-of-somebody.backup" in files
    for name in files[:3]:
        with opened(keep / name) as file:
            file.verify()
            rows = {table.name: table.rows for table in file.manifest.tables}
            assert rows["engagement"] == 1
    newest = dt.datetime.strptime(files[2], "cairn-%Y-%m-%dT%H%M%SZ.backup").replace(tzinfo=dt.UTC)
    assert newest.timestamp() == SECONDS + 5 * DAY


def test_backup_of_the_night_tells_of_an_audit_log_that_was_cut_off(here: Here, tmp_path: Path) -> None:
    async def put(n: int) -> None:
        async with here.database.write() as connection:
            for _ in range(n):
                await audit.put(connection, here.id, NOW, None, "looked at a member")

    rig = clock(here, backup, backups_folder=tmp_path / "backups", backups_keep=3)
    here.run(rig.tick())
    here.run(put(2))
    here.run(rig.tick(rig.at + DAY))
    here.do("DELETE FROM audit WHERE n = 2")
    here.run(rig.tick(rig.at + DAY))

    said = here.rows("SELECT said FROM task WHERE lane = 'backup/write' AND :of > 0 ORDER BY due")
    assert "gone" not in said[0][0]
    assert "had a row 2, which is gone" in said[1][0]


def test_no_backup_is_written_where_none_is_wanted_and_a_bad_folder_is_said(here: Here, tmp_path: Path) -> None:
    rig = clock(here, backup, backups_folder=tmp_path / "none", backups_keep=0)
    here.run(rig.tick())
    here.run(rig.tick(SECONDS + DAY))
    assert rig.told.done == {"backup": 1}
    assert not (tmp_path / "none").exists()

    (tmp_path / "file").touch()
    other = clock(here, backup, at=SECONDS + 2 * DAY, backups_folder=tmp_path / "file", backups_keep=3)
    here.run(other.tick())
    assert other.told.failed == {"backup/write": 1}
    ((state, said),) = here.rows("SELECT state, said FROM task WHERE lane = 'backup/write' AND :of = :of")
    assert state == "waiting"
    assert said.endswith("the folder for backups cannot be made: File exists")


@pytest.mark.parametrize("job", [erasures, clearing])
def test_erasures_that_were_broken_off_are_finished(here: Here, job: Any) -> None:
    here.hear(message(ANN, 1), message(BOB, 2))
    here.settle()
    rig = clock(here, job)
    here.run(rig.tick())
    here.run(Forgetting(here.database, here.town.world.keys, lambda: NOW).ask(Order(here.id, ANN, at=NOW)))
    assert here.rows("SELECT count(*) FROM engagement WHERE community = :of") == [(2,)]

    here.run(rig.tick(SECONDS + DAY))

    assert here.rows("SELECT count(*) FROM engagement WHERE community = :of") == [(1,)]
    assert here.rows("SELECT count(*) FROM erasure WHERE community = :of AND done_at IS NULL") == [(0,)]
    assert sum(rig.told.failed.values()) == 0


def wishes(here: Here, who: Account, wish: Invite, days: int) -> None:
    """Let somebody make a page and say how they wish to be invited; they came last so many days ago."""

    async def say() -> None:
        at = NOW - days * DAY_MS
        said = Said(here.id, here.space, who, at, Source.BUTTON, "v")
        choices = Choices(here.database, here.town.world.keys)
        await choices.make_page(said)
        await choices.invite(said, wish)

    here.hear(message(who, 100 + days, day=TODAY - days))
    here.run(say())


def test_members_are_asked_once_before_contact_lapses(here: Here) -> None:
    wishes(here, ANN, Invite.DM, 171)
    wishes(here, BOB, Invite.HERE, 172)
    wishes(here, CAT, Invite.DM, 100)
    rig = clock(here, renewal)
    here.run(rig.tick())
    for days in range(1, 5):
        here.run(rig.tick(SECONDS + days * DAY))

    letters = here.rows("SELECT member, key, purpose, way, state, due FROM outbox WHERE community = :of")

    ann = here.member(ANN)
    assert [row[:5] for row in letters] == [(ann, f"renewal:{ann}:{TODAY - 171}", "question", "dm", "pending")]


def test_who_comes_back_is_asked_again_only_when_that_lapses(here: Here) -> None:
    wishes(here, ANN, Invite.DM, 171)
    rig = clock(here, renewal)
    here.run(rig.tick())
    here.run(rig.tick(SECONDS + DAY))
    ann = here.member(ANN)
    assert ann is not None

    async def comes() -> None:
        async with here.database.write() as connection:
            await contacts.met(connection, here.id, ann, NOW + DAY_MS)

    here.run(comes())
    for days in (30.0, 170.0, 173.0, 190.0):
        here.run(rig.tick(SECONDS + days * DAY))

    keys = here.rows("SELECT key FROM outbox WHERE community = :of ORDER BY key")
    assert keys == [(f"renewal:{ann}:{TODAY - 171}",), (f"renewal:{ann}:{TODAY + 1}",)]


def test_who_left_or_lapsed_or_has_no_page_is_left_in_peace(here: Here) -> None:
    wishes(here, ANN, Invite.DM, 175)
    wishes(here, BOB, Invite.DM, 190)
    wishes(here, CAT, Invite.DM, 176)
    here.do("UPDATE reach SET left_at = 5 WHERE community = :of AND member = :who", who=here.member(ANN))
    here.do("UPDATE member SET page = FALSE WHERE community = :of AND id = :who", who=here.member(CAT))
    rig = clock(here, renewal)
    here.run(rig.tick())
    here.run(rig.tick(SECONDS + DAY))
    assert rig.told.done == {"renewal": 1}
    assert here.rows("SELECT key FROM outbox WHERE community = :of") == []


def asked(here: Here) -> tuple[Block, ...]:
    """Let the question come, and return it."""
    rig = clock(here, renewal)
    here.run(rig.tick())
    here.run(rig.tick(SECONDS + DAY))
    ((content,),) = here.rows("SELECT content FROM outbox WHERE community = :of")
    return unpacked(here.town.world.keys.open_bytes(bytes(content)))


def test_the_question_is_in_the_language_of_the_space_and_names_who_sends_it(here: Here) -> None:
    wishes(here, ANN, Invite.DM, 171)
    here.do("UPDATE community SET settings = :file WHERE id = :of", file='{"language": "de"}')

    blocks = asked(here)

    names = here.rows("SELECT c.name, s.name FROM community c JOIN space s ON s.community = c.id WHERE c.id = :of")
    assert blocks == renewal.asked(Words("de"), Sender(*names[0]), NOW - 171 * DAY_MS, NOW + 12 * DAY_MS)
    assert "Direktnachrichten" in str(blocks[0])


def test_the_question_is_in_the_language_in_which_the_member_chose(here: Here) -> None:
    wishes(here, ANN, Invite.DM, 171)
    here.do("UPDATE choice SET version = 'de:0123456789ab:1' WHERE community = :of")

    assert "Direktnachrichten" in str(asked(here)[0])


def test_all_jobs_run_on_an_empty_community_and_on_an_empty_database(here: Here, tmp_path: Path) -> None:
    rig = Rig(here.database, SECONDS, list(everything().by_name.values()))
    rig.keys = here.town.world.keys
    rig.settings = rig.settings.model_copy(update={"backups_folder": tmp_path / "kept"})
    rig.sit()

    async def days() -> list[str]:
        await rig.tick()
        for n in range(1, 4):
            await rig.tick(SECONDS + n * DAY)
        async with here.database.read() as connection:
            found = await agenda(connection, Jobs.of(everything().by_name.values()), rig.ms)
        return [one.job.name for one in found if one.late or one.failing or one.done is None]

    assert here.run(days()) == []
    assert sum(rig.told.failed.values()) == 0
