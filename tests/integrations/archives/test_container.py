"""What an archive is packed in: whatever is wrong with it is one sentence, and never more than a little memory."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest

from bot.ports import InputError
from integrations.archives import container as containers
from integrations.archives.container import Container
from tests.integrations.archives.archive_builder import pack, patch_entries, zip_of_entries

FLAGS, METHOD, CRC, SIZE = 8, 10, 16, 24
CONTENT = {"a.json": b"[1]", "b/c.json": b"[2]"}


def test_zip_gives_its_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    box = Container(pack(tmp_path / "x.zip", {"b.json": b"22", "a/": b"", "a.json": b"1"}))
    assert [(entry.name, entry.size, box.read(entry)) for entry in box.entries] == [
        ("a.json", 1, b"1"),
        ("b.json", 2, b"22"),
    ]
    assert box.position == 3
    box.close()


def test_folder_and_zip_hold_the_same(tmp_path: Path) -> None:
    (tmp_path / "x" / "b").mkdir(parents=True)
    for name, content in CONTENT.items():
        (tmp_path / "x" / name).write_bytes(content)
    folder, zipped = Container(tmp_path / "x"), Container(pack(tmp_path / "x.zip", CONTENT))
    assert [(one.name, folder.read(one)) for one in folder.entries] == [
        (one.name, zipped.read(one)) for one in zipped.entries
    ]
    folder.close()
    zipped.close()


def test_single_file_is_its_own_only_entry(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b"[]")
    box = Container(tmp_path / "x.json")
    assert [(one.name, box.read(one), box.where(one)) for one in box.entries] == [("x.json", b"[]", "x.json")]
    box.close()


def test_name_in_utf8_is_read_where_the_packer_did_not_say_so(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", {"雑談/a.json": b"1"})
    box = Container(patch_entries(path, FLAGS, b"\0\0"))
    assert [one.name for one in box.entries] == ["雑談/a.json"]
    box.close()


def test_backslashes_of_a_windows_packer_are_folders(tmp_path: Path) -> None:
    box = Container(pack(tmp_path / "x.zip", {"general\\a.json": b"1"}))
    assert [one.name for one in box.entries] == ["general/a.json"]
    box.close()


def test_files_that_a_computer_left_behind_are_no_entries(tmp_path: Path) -> None:
    box = Container(pack(tmp_path / "x.zip", {"__MACOSX/._a.json": b"1", "b/.DS_Store": b"1", "b/a.json": b"1"}))
    assert [one.name for one in box.entries] == ["b/a.json"]
    box.close()


@pytest.mark.parametrize(
    "name",
    ["../a.json", "b/../../a.json", "/etc/a.json", "C:/a.json", "c:a.json", "\\a.json", "..\\a.json"],
)
def test_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="absolute name|leads out"):
        Container(pack(tmp_path / "x.zip", {name: b"1"}))


def test_symbolic_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("a.json")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(InputError, match="symbolic link"):
        Container(tmp_path / "x.zip")


def test_symbolic_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.json").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match="symbolic link"):
        Container(tmp_path / "x")


def test_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", "1")
        archive.writestr("b.json", "2")
    path.write_bytes(path.read_bytes().replace(b"b.json", b"a.json"))
    with pytest.raises(InputError, match="twice"):
        Container(path)


@pytest.mark.parametrize("count", [200_001, 1_000_000])
def test_too_many_files_are_refused_whatever_the_zip_says(tmp_path: Path, count: int) -> None:
    with pytest.raises(InputError, match="more than 200,000 files"):
        Container(zip_of_entries(tmp_path / "x.zip", count))


def test_endless_table_of_contents_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", CONTENT)
    data = bytearray(path.read_bytes())
    data[-10:-6] = b"\xff\xff\xff\x7f"
    path.write_bytes(data)
    with pytest.raises(InputError, match="table of contents"):
        Container(path)


def test_encrypted_zip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="encrypted"):
        Container(patch_entries(pack(tmp_path / "x.zip", CONTENT), FLAGS, b"\1\0"))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 99])
def test_unusual_packing_is_refused(tmp_path: Path, method: int) -> None:
    with pytest.raises(InputError, match="deflate"):
        Container(patch_entries(pack(tmp_path / "x.zip", CONTENT), METHOD, method.to_bytes(2, "little")))


@pytest.mark.parametrize("kept", [3, 30, 60, 100, 150])
def test_zip_that_was_cut_off_is_refused(tmp_path: Path, kept: int) -> None:
    path = pack(tmp_path / "x.zip", CONTENT)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match="not a complete zip"):
        Container(path, zipped=True)


@pytest.mark.parametrize("content", [b"", b"P", b"[]", b"\x1f\x8b\x08", b"\0" * 100])
def test_what_is_no_zip_is_refused_where_a_zip_is_needed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(InputError, match="not a zip file"):
        Container(tmp_path / "x.zip", zipped=True)


def test_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        Container(tmp_path / "x.zip")


def test_wrong_checksum_is_told_when_read(tmp_path: Path) -> None:
    box = Container(patch_entries(pack(tmp_path / "x.zip", CONTENT), CRC, b"\1\2\3\4"))
    with pytest.raises(InputError, match=r"x\.zip, 'a\.json': damaged"):
        box.read(box.entries[0])
    box.close()


def test_damaged_content_is_told_when_read(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", {"a.json": os.urandom(2000)})
    path.write_bytes(path.read_bytes().replace(b"a.json", b"b.json", 1))
    box = Container(path)
    with pytest.raises(InputError, match="damaged"):
        box.read(box.entries[0])
    box.close()


def test_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="100 times smaller"):
        Container(pack(tmp_path / "x.zip", {"a.json": bytes(101 << 20)}))


def test_bomb_that_lies_about_its_size_is_never_unpacked_beyond_it(tmp_path: Path) -> None:
    path = patch_entries(pack(tmp_path / "x.zip", {"a.json": bytes(101 << 20)}), SIZE, (1000).to_bytes(4, "little"))
    box = Container(path)
    with pytest.raises(InputError, match="damaged"):
        box.read(box.entries[0])
    assert box.position <= 1000
    box.close()


def test_file_of_more_than_four_gigabytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with (tmp_path / "x" / "a.json").open("wb") as file:
        file.truncate(containers.MOST_FILE_BYTES + 1)
    with pytest.raises(InputError, match="4 GB in one file"):
        Container(tmp_path / "x")


def test_more_than_twenty_gigabytes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    for number in range(6):
        with (tmp_path / "x" / f"{number}.json").open("wb") as file:
            file.truncate(containers.MOST_FILE_BYTES)
    with pytest.raises(InputError, match="at most 21,474,836,480"):
        Container(tmp_path / "x")
