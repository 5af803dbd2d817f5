"""Slack's own export, public or full, old or new: a zip with one folder per channel and one file per day."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from bot.ports import Context, Read, Signal, Space
from integrations.archives.container import Container, Entry
from integrations.archives.json_stream import records
from integrations.archives.slack_layout import DayFile, newest_days, read_layout
from integrations.archives.slack_messages import SlackMessages
from integrations.formats.slack import moment_of

SCAN_ALL = 4 * 1024 * 1024
"""Up to so many bytes, every day file is looked at for the newest message before the first one is handed over."""

_BROKEN = (ValueError, TypeError, KeyError, AttributeError)


class SlackExport:
    """A Slack export as an `Archive`: the zip, or the folder it was unpacked to. Direct messages are left aside.

    An export does not say when it was made: `captured` is the time of its newest message. It has to be known before
    the first message, so of a large export only the files with the newest names are looked at beforehand. Where names
    lie and a newer message turns up, all files are looked at and `items` begins anew: signals that were handed over
    already come again, with the right and therefore higher version.
    """

    source = "slack-export"

    def __init__(self, path: Path) -> None:
        """Open and check; raises InputError for what is no Slack export."""
        with ExitStack() as opened:
            self._container = Container(path, zipped=True)
            opened.callback(self._container.close)
            layout = read_layout(self._container)
            self._members, self._conversations, self._days = layout.members, layout.conversations, layout.days
            self.space = Space("slack", self._members.team) if self._members.listed else None
            self.size = sum(one.entry.size for one in self._days)
            self._begin(self._days if self.size <= SCAN_ALL else newest_days(self._days))
            self._opened = opened.pop_all()

    def items(self) -> Iterator[Signal]:
        """Yield the signals of all channels, day by day."""
        while not (yield from self._pass()):
            self._begin(self._days)

    def close(self) -> None:
        """Let go of the file."""
        self._opened.close()

    def _begin(self, days: Iterable[DayFile]) -> None:
        """Take the time of capture from these files and set everything that was counted back."""
        self.captured = max((self._newest(one.entry) for one in days), default=0)
        self._container.position = self.position = 0
        self.read = Read(channels=self._conversations.channels, accounts=self._members.listed, bots=self._members.bots)

    def _newest(self, entry: Entry) -> int:
        newest = 0
        for message in records(self._container, entry):
            try:
                newest = max(newest, moment_of(message["ts"]))
            except _BROKEN:
                continue  # counted when its turn comes
        return newest

    def _pass(self) -> Generator[Signal, None, bool]:
        """Yield all signals; return False at once where a message is newer than the time of capture."""
        for one in self._days:
            try:
                channel = self._conversations.find(one.folder)
            except KeyError:
                self._leave_aside(one.entry, "unknown channel")
                continue
            if channel is None:
                self._leave_aside(one.entry, "direct message")
            elif not (yield from self._day(one.entry, channel)):
                return False
        return True

    def _day(self, entry: Entry, channel: Context) -> Generator[Signal, None, bool]:
        read = self.read
        messages = SlackMessages(self._members.accounts, self.captured, channel, read)
        for message in records(self._container, entry):
            try:
                moment = moment_of(message["ts"])
                if moment > self.captured:
                    return False
                found = messages.signals(message)
                read.saw(moment)
            except _BROKEN:
                read.skipped["unreadable object"] += 1
                found = []
            read.objects += 1
            self.position = self._container.position
            yield from found
        return True

    def _leave_aside(self, entry: Entry, reason: str) -> None:
        for _ in records(self._container, entry):
            self.read.objects += 1
            self.read.skipped[reason] += 1
        self.position = self._container.position
