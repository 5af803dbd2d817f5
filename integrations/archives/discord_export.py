"""Discord channels as DiscordChatExporter writes them to JSON: a file, a folder or a zip of files, of any size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bot.ports import InputError, Read, Signal, Space
from integrations.archives.container import Container, Entry, shown
from integrations.archives.discord_files import ChannelFile, read_frame, read_messages
from integrations.archives.discord_messages import DiscordMessages, People

_BROKEN = (ValueError, TypeError, KeyError, AttributeError, OverflowError)


class DiscordExport:
    """Files of one server as an `Archive`: channels, threads, forum posts, or parts of them, in the order of names.

    `captured` is the newest `exportedAt`; each file's own decides over its reactions.
    """

    source = "discord-export"

    def __init__(self, path: Path) -> None:
        """Open and check; raises InputError for what is not of this kind or of more than one server."""
        with ExitStack() as opened:
            self._container = Container(path)
            opened.callback(self._container.close)
            self._files = [read_frame(self._container, entry) for entry in _json_files(self._container)]
            self.space: Space | None = _one_server(self._files).space
            self.captured = max(file.captured for file in self._files)
            self.size = sum(file.entry.size for file in self._files)
            self.read = Read(channels=len({file.channel.place for file in self._files}))
            self._container.position = self.position = 0
            self._opened = opened.pop_all()

    def items(self) -> Iterator[Signal]:
        """Yield the signals of all files; raises InputError where one is damaged or cut off."""
        people = People(self.read)
        for file in self._files:
            messages = DiscordMessages(file, people, self.read)
            for message in read_messages(self._container, file.entry):
                self.read.objects += 1
                self.position = self._container.position
                try:
                    found = messages.signals(message)
                except _BROKEN:
                    self.read.skipped["unreadable object"] += 1
                    continue
                yield from found
            self.position = self._container.position

    def close(self) -> None:
        """Let go of the file."""
        self._opened.close()


def _json_files(container: Container) -> list[Entry]:
    if container.path.is_file() and len(container.entries) == 1:
        return list(container.entries)
    found = [entry for entry in container.entries if entry.name.lower().endswith(".json")]
    if not found:
        raise InputError(f"{container.name}: holds no JSON files; expected those of DiscordChatExporter.")
    return found


def _one_server(files: list[ChannelFile]) -> ChannelFile:
    first = files[0]
    for file in files:
        if file.space.id != first.space.id:
            raise InputError(
                f"files of two servers: {shown(first.entry.name)} is of {shown(first.space.name)} ({first.space.id}),"
                f" {shown(file.entry.name)} of {shown(file.space.name)} ({file.space.id}); import each by itself."
            )
    return first
