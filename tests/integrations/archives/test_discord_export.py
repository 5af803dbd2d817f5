"""A Discord export as a whole: files, folders and zips of one server, and what is wrong with them."""

from __future__ import annotations

import datetime as dt
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ports import Context, InputError, Kind, Signal, Space
from integrations.archives.discord_export import DiscordExport
from tests.integrations.archives.archive_builder import Record, discord_file, pack, person, snowflake, write_json, wrote
from tests.integrations.archives.chat_counts import signals_of

START = dt.datetime(2024, 2, 1, tzinfo=dt.UTC)
IDS = [snowflake(START + dt.timedelta(minutes=minute)) for minute in range(10)]
HEART = {"id": None, "name": "❤️"}


def read(path: Path) -> tuple[list[Signal], DiscordExport]:
    archive = DiscordExport(path)
    return signals_of(archive), archive


def one_file(folder: Path, content: object) -> tuple[list[Signal], DiscordExport]:
    return read(write_json(folder / "x.json", content))


def test_file_tells_its_server_channel_and_time_of_export(tmp_path: Path) -> None:
    messages = [wrote(IDS[0]), wrote(IDS[1], "12"), wrote(IDS[2], person("99", bot=True))]
    signals, archive = one_file(tmp_path, discord_file(messages))
    assert archive.space == Space("discord", "900", "A server")
    assert archive.captured == 1_709_294_400_000
    assert (archive.read.objects, archive.read.channels, archive.read.accounts, archive.read.bots) == (3, 1, 3, 1)
    assert (archive.read.first, archive.read.last) == (1_706_745_600_000, 1_706_745_720_000)
    assert archive.position == archive.size > 0
    assert [(one.key, one.context) for one in signals] == [
        (f"d:{id_}", Context(place="700", name="general")) for id_ in IDS[:2]
    ]


def parts() -> dict[str, Record]:
    """Return a channel in two parts, and a thread below it."""
    thread = {"id": "701", "type": "GuildPublicThread", "categoryId": "700", "category": "general", "name": "a thread"}
    return {
        "A - general [700] [part 1].json": discord_file([wrote(IDS[0])]),
        "A - general [700] [part 2].json": discord_file([wrote(IDS[1])], exportedAt="2024-03-02T00:00:00+02:00"),
        "A - general - a thread [701].json": discord_file([wrote(IDS[2])], channel=thread),
    }


@pytest.mark.parametrize("zipped", [True, False])
def test_folder_or_zip_of_parts_and_threads_is_one_server(tmp_path: Path, zipped: bool) -> None:
    path = tmp_path / "export"
    if zipped:
        pack(path, {**parts(), "A - general [700].html_Files/picture.png": b"\x89PNG"})
    else:
        path.mkdir()
        for name, content in parts().items():
            write_json(path / name, content)
    signals, archive = read(path)
    assert (archive.read.channels, archive.captured) == (2, 1_709_330_400_000)
    assert {(one.key, one.context.place, one.context.parent, one.captured) for one in signals} == {
        (f"d:{IDS[0]}", "700", "", 1_709_294_400_000),
        (f"d:{IDS[1]}", "700", "", 1_709_330_400_000),
        (f"d:{IDS[2]}", "701", "700", 1_709_294_400_000),
    }


@pytest.mark.parametrize("type_", ["GuildPublicThread", "GuildPrivateThread", "GuildNewsThread", "GuildForum"])
def test_thread_or_post_hangs_below_its_channel_and_its_title_is_not_kept(tmp_path: Path, type_: str) -> None:
    content = discord_file([wrote(IDS[0])], channel={"id": "701", "type": type_, "categoryId": "700", "name": "t"})
    assert one_file(tmp_path, content)[0][0].context == Context("701", "", "700")


def test_older_file_without_time_of_export_proves_nothing_about_reactions(tmp_path: Path) -> None:
    liked = [{"emoji": HEART, "count": 1, "users": [person("12")]}]
    (message, reaction), archive = one_file(tmp_path, discord_file([wrote(IDS[0], reactions=liked)], exportedAt=...))
    assert archive.captured == message.captured == 0
    assert reaction.version == reaction.at


@pytest.mark.parametrize("indent", [None, 0, 4])
def test_layout_of_the_file_does_not_matter(tmp_path: Path, indent: int | None) -> None:
    messages = [wrote(id_, mentions=[person("12")]) for id_ in IDS]
    path = write_json(tmp_path / "x.json", discord_file(messages), indent)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    signals, _ = read(path)
    assert [one.kind for one in signals] == [Kind.MESSAGE, Kind.MENTION] * len(IDS)


def test_count_before_the_messages_is_as_good(tmp_path: Path) -> None:
    content = dict(sorted(discord_file([wrote(IDS[0])]).items(), key=lambda item: item[0] == "messages"))
    assert list(content)[-1] == "messages"
    assert len(one_file(tmp_path, content)[0]) == 1


def test_text_that_looks_like_the_frame_is_only_text(tmp_path: Path) -> None:
    channel = {"id": "700", "type": "GuildTextChat", "name": 'x", "messages": [1', "topic": '"messages": [{'}
    messages = [wrote(IDS[0], content='], "messageCount": 7}'), wrote(IDS[1], content='"messages": [')]
    assert len(one_file(tmp_path, discord_file(messages, channel=channel))[0]) == 2


def test_empty_channel_is_fine(tmp_path: Path) -> None:
    signals, archive = one_file(tmp_path, discord_file([]))
    assert (signals, archive.read.objects, archive.position) == ([], 0, archive.size)


def test_two_servers_are_refused_by_name(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", discord_file([]))
    write_json(tmp_path / "b.json", discord_file([], guild={"id": "901", "name": "Another"}))
    with pytest.raises(InputError, match=r"'A server' \(900\).*'Another' \(901\)"):
        DiscordExport(tmp_path)


@pytest.mark.parametrize(
    "frame",
    [
        {"guild": {"id": "0", "name": "Direct Messages"}},
        {"channel": {"id": "1", "type": "DirectTextChat", "name": "x"}},
        {"channel": {"id": "1", "type": "DirectGroupTextChat", "name": "x"}},
    ],
)
def test_direct_messages_are_refused(tmp_path: Path, frame: Record) -> None:
    with pytest.raises(InputError, match="only channels of a server"):
        one_file(tmp_path, discord_file([], **frame))


@pytest.mark.parametrize("content", [[], {}, {"messages": 5}, "text", {"a": [1]}, [{"messages": []}]])
def test_file_of_another_kind_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(InputError, match=r"x\.json: no list of messages"):
        one_file(tmp_path, content)


@pytest.mark.parametrize("content", [b"", b"AuthorID,Author,Date\n", b"<html>", b"\0" * 1000, b"{" * 10_000])
def test_file_that_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(InputError, match=r"x\.json: no list of messages"):
        DiscordExport(tmp_path / "x.json")


@pytest.mark.parametrize("frame", [{"guild": ...}, {"channel": ...}, {"guild": []}, {"channel": {"id": 5}}])
def test_file_without_server_or_channel_is_refused(tmp_path: Path, frame: Record) -> None:
    with pytest.raises(InputError, match="names no server and channel"):
        one_file(tmp_path, discord_file([], **frame))


@pytest.mark.parametrize("exported", ["yesterday", 5, []])
def test_wrong_time_of_export_is_refused(tmp_path: Path, exported: object) -> None:
    with pytest.raises(InputError, match="exportedAt"):
        one_file(tmp_path, discord_file([], exportedAt=exported))


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "export.html").write_text("<html>")
    with pytest.raises(InputError, match="holds no JSON files"):
        DiscordExport(tmp_path)


@pytest.mark.parametrize("count", [1, 3, "2", None, True, 2.5, {}])
def test_another_count_than_the_file_says_is_an_error(tmp_path: Path, count: object) -> None:
    with pytest.raises(InputError, match="messages but holds 2|cut off"):
        one_file(tmp_path, discord_file([wrote(IDS[0]), wrote(IDS[1])], messageCount=count))


def test_missing_count_means_cut_off(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no messageCount"):
        one_file(tmp_path, discord_file([wrote(IDS[0])], messageCount=...))


def test_file_that_was_cut_off_anywhere_is_an_error(tmp_path: Path) -> None:
    whole = json.dumps(discord_file([wrote(id_) for id_ in IDS[:3]]), indent=2).encode()
    for kept in range(0, len(whole) - 1, 7):
        (tmp_path / "x.json").write_bytes(whole[:kept])
        with pytest.raises(InputError, match="cut off|no list of messages"):
            read(tmp_path / "x.json")


@pytest.mark.parametrize("broken", [b'"\\ud83d"', b"NaN", b"9" * 6000, b"[" * 10_000 + b"]" * 10_000])
def test_broken_message_costs_only_itself(tmp_path: Path, broken: bytes) -> None:
    path = write_json(tmp_path / "x.json", discord_file([wrote(id_, content="mark") for id_ in IDS[:3]]))
    first, mark, rest = path.read_bytes().partition(b'"mark"')
    path.write_bytes(first + mark + rest.replace(b'"mark"', broken, 1))
    signals, archive = read(path)
    assert [one.key for one in signals] == [f"d:{IDS[0]}", f"d:{IDS[2]}"]
    assert dict(archive.read.skipped) == {"unreadable object": 1}


def test_large_file_is_read_with_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    content = json.dumps(discord_file([wrote(IDS[0], content="x" * 2000)], messageCount=15_000), indent=2)
    begin, middle, end = content.partition('"messages": [')
    message, bracket, end = end.partition("\n  ]")
    with path.open("w") as file:
        file.write(begin + middle + ",".join([message] * 15_000) + bracket + end)
    archive = DiscordExport(path)
    tracemalloc.start()
    count = sum(1 for _ in archive.items())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    archive.close()
    assert (count, archive.position) == (15_000, path.stat().st_size)
    assert peak < 24 * 1024 * 1024 < path.stat().st_size


MINUTES = st.lists(st.integers(0, 60 * 24 * 5), max_size=15, unique=True)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MINUTES, st.data())
def test_overlapping_exports_give_the_same_keys(tmp_path: Path, minutes: list[int], data: st.DataObject) -> None:
    cut, overlap = data.draw(st.integers(0, len(minutes))), data.draw(st.integers(0, 5))
    liked = [{"emoji": HEART, "count": 2, "users": [person("12"), person("13")]}]

    def keys(part: list[int]) -> list[tuple[str, int, object]]:
        ids = [snowflake(START + dt.timedelta(minutes=minute), minute) for minute in part]
        messages = [wrote(id_, mentions=[person("12")], reactions=liked) for id_ in ids]
        return [(one.key, one.key_day, one.key_person) for one in one_file(tmp_path, discord_file(messages))[0]]

    whole = keys(minutes)
    assert keys(minutes) == whole
    assert {*keys(minutes[: cut + overlap]), *keys(minutes[cut:])} == set(whole)
