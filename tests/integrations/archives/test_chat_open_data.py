"""The three open chat sets give exactly the counts that an independent count found in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.ports import Archive, Kind, Signal, date_of, day_of
from integrations.archives.discord_export import DiscordExport
from integrations.archives.slack_export import SlackExport
from tests.integrations.archives.chat_counts import (
    Ties,
    channels,
    graph,
    per_writer,
    signals_of,
    spread,
    ties,
    writers_by_month,
    written,
)


@pytest.fixture(scope="module")
def houston(shared_data: Path) -> tuple[Archive, list[Signal]]:
    export = SlackExport(shared_data / "slack-houston-datavis" / "houston-datavis-export.zip")
    return export, signals_of(export)


@pytest.fixture(scope="module")
def dd2030(shared_data: Path) -> tuple[Archive, list[Signal]]:
    export = SlackExport(shared_data / "slack-dd2030" / "dd2030-export-2025-04-30.zip")
    return export, signals_of(export)


@pytest.fixture(scope="module")
def pyscript(shared_data: Path) -> tuple[Archive, list[Signal]]:
    export = DiscordExport(shared_data / "discord-pyscript")
    return export, signals_of(export)


def kinds(signals: list[Signal]) -> dict[str, int]:
    return {kind.label: n for kind in Kind if (n := sum(one.kind is kind and not one.retracted for one in signals))}


def days(archive: Archive) -> tuple[str, str]:
    assert archive.read.first is not None
    assert archive.read.last is not None
    return str(date_of(day_of(archive.read.first))), str(date_of(day_of(archive.read.last)))


def test_houston_gives_its_counts(houston: tuple[Archive, list[Signal]]) -> None:
    archive, signals = houston
    read = archive.read
    assert (read.objects, read.channels, read.accounts, read.bots) == (1382, 16, 71, 0)
    assert days(archive) == ("2015-06-06", "2016-07-27")
    assert kinds(signals) == {"message": 1025, "mention": 216, "reaction": 199, "join": 320, "leave": 3}
    assert (len(per_writer(signals)), per_writer(signals).count(1)) == (32, 8)
    assert per_writer(signals)[:5] == [312, 298, 106, 87, 62]
    assert spread(signals) == (312, 3.5, 32.031)
    assert channels(signals)[:3] == [(401, 25), (142, 9), (135, 9)]
    assert writers_by_month(signals) == [11, 8, 7, 5, 9, 5, 3, 8, 4, 5, 6, 4, 10, 13]


def test_houston_gives_its_ties(houston: tuple[Archive, list[Signal]]) -> None:
    _, signals = houston
    assert ties(signals, Kind.REPLY) == Ties(0, 0, 0, 0.0)
    assert ties(signals, Kind.MENTION) == Ties(216, 61, 66, 0.5758)
    assert ties(signals, Kind.REACTION) == Ties(198, 9, 71, 0.3662)
    assert graph(signals, Kind.REPLY, Kind.MENTION, Kind.REACTION) == (33, 78, 4.727, 1)
    assert graph(signals, Kind.REPLY, Kind.MENTION)[:2] == (30, 47)


def test_dd2030_gives_its_counts(dd2030: tuple[Archive, list[Signal]]) -> None:
    archive, signals = dd2030
    read = archive.read
    assert (read.objects, read.channels, read.accounts, read.bots) == (6771, 29, 278, 4)
    assert days(archive) == ("2025-03-04", "2025-04-30")
    assert len(written(signals)) == 4718
    assert (len(per_writer(signals)), per_writer(signals).count(1)) == (171, 83)
    assert per_writer(signals)[:5] == [1023, 519, 441, 284, 219]
    assert spread(signals) == (1023, 2, 27.591)
    assert channels(signals)[:3] == [(1203, 37), (1013, 37), (518, 55)]
    assert writers_by_month(signals) == [89, 121]
    assert kinds(signals)["reaction"] + read.skipped["reaction by a bot"] == 9240
    assert sum(one.retracted for one in signals) == 1


def test_dd2030_gives_its_ties(dd2030: tuple[Archive, list[Signal]]) -> None:
    _, signals = dd2030
    assert ties(signals, Kind.REPLY) == Ties(2638, 997, 405, 0.3605)
    assert ties(signals, Kind.MENTION) == Ties(614, 3, 288, 0.3819)
    assert ties(signals, Kind.REACTION) == Ties(9133, 61, 2752, 0.3488)
    assert graph(signals, Kind.REPLY, Kind.MENTION, Kind.REACTION) == (249, 2296, 18.442, 1)
    assert graph(signals, Kind.REPLY, Kind.MENTION)[:2] == (113, 399)


def test_pyscript_gives_its_counts(pyscript: tuple[Archive, list[Signal]]) -> None:
    archive, signals = pyscript
    read = archive.read
    assert (read.objects, read.channels, read.accounts, read.bots) == (6072, 15, 201, 5)
    assert days(archive) == ("2022-05-16", "2025-11-13")
    assert kinds(signals) == {"message": 4287, "reply": 1337, "mention": 754, "thread": 77}
    assert dict(read.skipped) == {"bot message": 371, "reaction without its people": 1479}
    assert (len(per_writer(signals)), per_writer(signals).count(1)) == (194, 63)
    assert per_writer(signals)[:5] == [711, 604, 558, 482, 264]
    assert spread(signals) == (711, 3.0, 28.99)
    assert channels(signals)[:3] == [(2887, 17), (1066, 70), (349, 78)]
    months = "10 6 2 8 8 11 22 20 16 15 16 10 10 11 9 12 14 20 15 18 21 15 14 24 16 23 18 15 15 11 15 9 17 13 10 8 13"
    assert writers_by_month(signals) == [int(n) for n in f"{months} 2 9 2 6 9 1".split()]


def test_pyscript_gives_its_ties(pyscript: tuple[Archive, list[Signal]]) -> None:
    _, signals = pyscript
    assert sum(one.kind is Kind.REPLY and not one.parent for one in signals) == 14
    assert ties(signals, Kind.REPLY) == Ties(1322, 76, 417, 0.6331)
    assert ties(signals, Kind.MENTION) == Ties(754, 1, 272, 0.4485)
    assert graph(signals, Kind.REPLY, Kind.MENTION) == (149, 355, 4.765, 1)


def test_reading_again_gives_the_same_signals_in_the_same_order(
    shared_data: Path, dd2030: tuple[Archive, list[Signal]]
) -> None:
    again = SlackExport(shared_data / "slack-dd2030" / "dd2030-export-2025-04-30.zip")
    assert signals_of(again) == dd2030[1]
    assert again.read == dd2030[0].read
    assert again.position == again.size
