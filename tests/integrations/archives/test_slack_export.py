"""A Slack export as a whole: its lists, its folders, its time of capture, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ports import InputError, Kind, Signal, Space
from integrations.archives import slack_export
from integrations.archives.slack_export import SlackExport
from tests.integrations.archives.archive_builder import CHANNELS, USERS, Record, pack, said, slack_files
from tests.integrations.archives.chat_counts import signals_of

FIRST = "1433646000.000012"  # 2015-06-07 03:00 UTC
LIKED = [{"name": "tada", "users": ["U2"], "count": 1}]


def export(folder: Path, days: Mapping[str, object], **roots: object) -> SlackExport:
    return SlackExport(pack(folder / "export.zip", slack_files(days, **roots)))


def read(folder: Path, days: Mapping[str, object], **roots: object) -> tuple[list[Signal], SlackExport]:
    archive = export(folder, days, **roots)
    return signals_of(archive), archive


def test_export_tells_its_workspace_members_and_channels(tmp_path: Path) -> None:
    signals, archive = read(tmp_path, {"general/2015-06-06": [said(FIRST), said("1433646001.000000", "U404")]})
    assert archive.space == Space("slack", "T1")
    assert (archive.read.objects, archive.read.channels, archive.read.accounts, archive.read.bots) == (2, 2, 4, 1)
    assert (archive.read.first, archive.read.last) == (1_433_646_000_000, 1_433_646_001_000)
    assert archive.position == archive.size > 0
    assert [one.kind for one in signals] == [Kind.MESSAGE]


def test_time_of_capture_is_the_newest_ts_whatever_wrote_it(tmp_path: Path) -> None:
    days = {
        "general/2015-06-06": [said(FIRST, reactions=LIKED)],
        "雑談/2015-06-07": [said("1433732400.000100", "USLACKBOT", subtype="channel_topic"), said("1433700000.000000")],
    }
    signals, archive = read(tmp_path, days)
    assert archive.captured == 1_433_732_400_000
    assert [(one.kind, one.version, one.captured) for one in signals] == [
        (Kind.MESSAGE, 1_433_646_000_000, archive.captured),
        (Kind.REACTION, archive.captured, 0),
        (Kind.MESSAGE, 1_433_700_000_000, archive.captured),
    ]


def large(days: dict[str, list[Record]]) -> dict[str, list[Record]]:
    """Add a day so large that only the newest files are looked at before."""
    filling = said("1420113600.000000", text="x" * (slack_export.SCAN_ALL + 1))
    return {"general/2015-01-01": [filling]} | days


@pytest.mark.parametrize("liar", ["general/2015-01-02", "general/0001-01-01", "雑談/2015-13-45"])
def test_names_that_lie_still_end_with_the_right_time_of_capture(tmp_path: Path, liar: str) -> None:
    days = large({liar: [said("1500000000.000000", reactions=LIKED)], "general/2015-06-06": [said(FIRST)]})
    signals, archive = read(tmp_path, days)
    last = {one.key: one for one in signals}
    assert archive.captured == 1_500_000_000_000
    assert archive.read.objects == 3
    assert [last[key].captured or last[key].version for key in last] == [archive.captured] * 4


def test_newest_names_suffice_where_they_tell_the_truth(tmp_path: Path) -> None:
    days = large({"general/2015-06-06": [said(FIRST, reactions=LIKED)], "雑談/2015-06-04": [said("1433500000.000000")]})
    signals, archive = read(tmp_path, days)
    assert archive.captured == 1_433_646_000_000
    assert len(signals) == len({one.key for one in signals}) == 4


def test_renamed_channel_keeps_its_keys(tmp_path: Path) -> None:
    (before, _), (after, _) = (
        read(tmp_path, {f"{name}/2015-06-06": [said(FIRST)]}, channels=[{"id": "C1", "name": name}])
        for name in ("old-name", "new-name")
    )
    assert [one.key for one in before] == [one.key for one in after]
    assert [one.context.name for one in before + after] == ["old-name", "new-name"]


def test_private_channels_are_read_and_private_conversations_are_not(tmp_path: Path) -> None:
    days = {
        "secret/2015-06-06": [said(FIRST)],
        "D1/2015-06-06": [said(FIRST), said("1433646001.000000")],
        "mpdm-one--two-1/2015-06-06": [said(FIRST)],
        "gone/2015-06-06": [said(FIRST)],
    }
    signals, archive = read(
        tmp_path,
        days,
        groups=[{"id": "G1", "name": "secret"}],
        dms=[{"id": "D1", "members": ["U1", "U2"]}],
        mpims=[{"id": "G2", "name": "mpdm-one--two-1"}],
    )
    assert [one.key for one in signals] == [f"s:G1:{FIRST}"]
    assert dict(archive.read.skipped) == {"direct message": 3, "unknown channel": 1}
    assert (archive.read.channels, archive.read.objects) == (3, 5)


def test_grid_lists_its_members_under_another_name(tmp_path: Path) -> None:
    signals, _ = read(tmp_path, {"general/2015-06-06": [said(FIRST)]}, users=None, org_users=USERS)
    assert len(signals) == 1


def test_guests_of_other_workspaces_belong_to_the_one_they_write_in(tmp_path: Path) -> None:
    users = [*USERS, {"id": "U9", "team_id": "T9", "is_bot": False}]
    signals, archive = read(tmp_path, {"general/2015-06-06": [said(FIRST, "U9")]}, users=users)
    assert archive.space == Space("slack", "T1")
    assert [one.account.realm for one in signals if one.account] == ["T1"]


def test_other_files_are_no_messages(tmp_path: Path) -> None:
    days: dict[str, object] = {
        "integration_logs": [{"user_id": "U1"}],
        "canvases": {"not": "a list"},
        "general/canvas_in_the_conversation": [{"id": "F1"}],
    }
    signals, archive = read(tmp_path, days)
    assert (signals, archive.read.objects) == ([], 0)


def test_folder_around_the_export_is_stepped_into(tmp_path: Path) -> None:
    files = {
        f"Our export/{name}": content for name, content in slack_files({"general/2015-06-06": [said(FIRST)]}).items()
    }
    assert len(signals_of(SlackExport(pack(tmp_path / "x.zip", files)))) == 1


def test_unpacked_export_is_read_as_well_also_where_names_were_taken_apart(tmp_path: Path) -> None:
    for name, content in slack_files(
        {"cafe\u0301/2015-06-06": [said(FIRST)]}, channels=[{"id": "C1", "name": "caf\u00e9"}]
    ).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(content))
    assert [one.context.name for one in signals_of(SlackExport(tmp_path))] == ["caf\u00e9"]


def test_empty_export_is_fine(tmp_path: Path) -> None:
    signals, archive = read(tmp_path, {}, channels=[], users=[])
    assert (signals, archive.space, archive.captured, archive.size) == ([], None, 0, 0)


@pytest.mark.parametrize("missing", ["channels", "users"])
def test_missing_list_is_said(tmp_path: Path, missing: str) -> None:
    with pytest.raises(InputError, match=rf"export\.zip: no {missing}\.json"):
        export(tmp_path, {"general/2015-06-06": [said(FIRST)]}, **{missing: None})


@pytest.mark.parametrize("name", ["channels", "users", "general/2015-06-06"])
@pytest.mark.parametrize("content", [{}, 5, None, b"[{", b"", b"<html>"])
def test_file_that_is_no_list_is_said_by_its_name(tmp_path: Path, name: str, content: object) -> None:
    files = slack_files({"general/2015-06-06": [said(FIRST)]}) | {f"{name}.json": content}
    with pytest.raises(InputError, match=rf"export\.zip, '{name}\.json'"):
        signals_of(SlackExport(pack(tmp_path / "export.zip", files)))


@pytest.mark.parametrize(
    "broken",
    [
        b'{"ts": "1433646002.000000", "user": "U1", "text": "\\ud83d"}',
        b'{"ts": "1433646002.000000", "user": "U1", "text": NaN}',
        b'{"ts": "1433646002.000000", "user": "U1", "more": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"ts": "1433646002.000000", "user": "U1", "more": ' + b"9" * 6000 + b"}",
        b'{"ts": "1433646002.000000", "user": ["U1"]}',
        b'{"ts": 1433646002}',
        b"[]",
        b"null",
        b'"text"',
    ],
)
def test_broken_object_costs_only_itself(tmp_path: Path, broken: bytes) -> None:
    good = json.dumps(said(FIRST)).encode(), json.dumps(said("1433646003.000000", "U2")).encode()
    signals, archive = read(tmp_path, {"general/2015-06-06": b"[" + good[0] + b", " + broken + b", " + good[1] + b"]"})
    assert [one.key for one in signals] == [f"s:C1:{FIRST}", "s:C1:1433646003.000000"]
    assert dict(archive.read.skipped) == {"unreadable object": 1}
    assert archive.read.objects == 3


def test_lists_with_broken_entries_keep_the_others(tmp_path: Path) -> None:
    users: list[Any] = [None, 5, {"id": 5}, {"name": "nobody"}, {"id": ""}, *USERS]
    channels: list[Any] = [None, {"id": "C9"}, {"name": "x"}, {"id": [], "name": {}}, *CHANNELS]
    signals, archive = read(tmp_path, {"general/2015-06-06": [said(FIRST)]}, users=users, channels=channels)
    assert len(signals) == 1
    assert (archive.read.accounts, archive.read.channels) == (4, 2)


def test_position_grows_to_size_while_reading(tmp_path: Path) -> None:
    days = {f"general/2015-06-{day:02}": [said(f"14336460{day:02}.000000")] for day in range(1, 9)}
    archive = export(tmp_path, days)
    positions = [archive.position] + [archive.position for _ in archive.items()]
    archive.close()
    assert positions == sorted(positions)
    assert len(set(positions)) == 9
    assert positions[-1] == archive.size


SECONDS = st.integers(1_433_000_000, 1_434_000_000)
MESSAGES = st.lists(
    st.tuples(st.sampled_from(["general", "雑談"]), SECONDS, st.sampled_from(["U1", "U2", "U3"]), st.booleans()),
    max_size=20,
    unique_by=lambda message: message[:2],
)


def dated(messages: list[tuple[str, int, str, bool]]) -> dict[str, list[Record]]:
    days: dict[str, list[Record]] = {}
    for channel, second, user, liked in messages:
        day = dt.datetime.fromtimestamp(second, tz=dt.timezone(dt.timedelta(hours=-7))).date()
        reactions = {"reactions": LIKED} if liked else {}
        days.setdefault(f"{channel}/{day}", []).append(said(f"{second}.000000", user, text="<@U2>", **reactions))
    return days


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MESSAGES, st.data())
def test_overlapping_exports_give_the_same_keys_in_a_stable_order(
    tmp_path: Path, messages: list[tuple[str, int, str, bool]], data: st.DataObject
) -> None:
    cut, overlap = data.draw(st.integers(0, len(messages))), data.draw(st.integers(0, 5))
    shuffled = data.draw(st.permutations(messages))

    def keys(part: list[tuple[str, int, str, bool]]) -> list[tuple[str, int, object]]:
        return [(one.key, one.key_day, one.key_person) for one in read(tmp_path, dated(part))[0]]

    whole = keys(messages)
    assert sorted(map(repr, keys(shuffled))) == sorted(map(repr, whole))
    assert keys(messages) == whole
    assert {*keys(messages[: cut + overlap]), *keys(messages[cut:])} == set(whole)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_anywhere_is_one_sentence_or_costs_nothing_else(tmp_path: Path, data: st.DataObject) -> None:
    path = pack(tmp_path / "export.zip", slack_files({"general/2015-06-06": [said(FIRST, reactions=LIKED)] * 3}))
    damaged = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(damaged)
    with suppress(InputError):
        signals_of(SlackExport(path))
