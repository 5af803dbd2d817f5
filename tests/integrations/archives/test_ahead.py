"""Reading in another process is reading: the same items and figures, the same sentences about what is wrong."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from bot.ports import Archive, InputError, MachineError
from integrations.archives.ahead import Ahead, opened
from integrations.archives.slack_export import SlackExport
from tests.integrations.archives.archive_builder import pack, said, slack_files


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export of some thousand messages."""
    days = {f"general/2015-06-{n:02}": [said(f"14336460{n}.{m:06}") for m in range(500)] for n in range(10, 17)}
    return pack(tmp_path / "export.zip", slack_files(days))


def told(archive: Archive) -> tuple[object, ...]:
    with closing(archive):
        items = list(archive.items())
        return items, archive.read, archive.position, archive.captured, archive.space, archive.source, archive.size


def test_another_process_reads_what_this_one_would(export: Path) -> None:
    assert told(Ahead(SlackExport, export)) == told(SlackExport(export))


def test_only_large_files_get_a_process_of_their_own(export: Path) -> None:
    with closing(opened(SlackExport, export)) as here, closing(opened(SlackExport, export, large=1)) as there:
        assert isinstance(here, SlackExport)
        assert isinstance(there, Ahead)


def test_what_is_wrong_with_a_file_is_said_as_ever(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.zip"
    wrong.write_bytes(b"PK and nothing else")
    with pytest.raises(InputError) as here:
        SlackExport(wrong)
    with pytest.raises(InputError) as there:
        Ahead(SlackExport, wrong)
    assert str(there.value) == str(here.value)


def test_damage_found_on_the_way_ends_the_reading_with_its_sentence(tmp_path: Path) -> None:
    days = {"general/2015-06-07": [said("1433646000.000012")], "general/2015-06-08": "not a list"}
    damaged = pack(tmp_path / "export.zip", slack_files(days))
    sentences = []
    for archive in (SlackExport, lambda path: Ahead(SlackExport, path)):
        with pytest.raises(InputError) as error, closing(archive(damaged)) as one:  # noqa: PT012 - opening may say it
            list(one.items())
        sentences.append(str(error.value))
    assert sentences[0] == sentences[1]


def test_reader_that_is_killed_is_one_sentence(export: Path) -> None:
    with closing(Ahead(SlackExport, export)) as archive:
        items = archive.items()
        list(islice(items, 10))
        archive.close()
        with pytest.raises(MachineError, match=r"export\.zip: the process that read it has ended early"):
            list(items)
