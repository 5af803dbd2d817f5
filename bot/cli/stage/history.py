"""Replays the history of a Slack workspace in a Discord server: the same people, moments, channels and acts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bot.cli.stage.clock import Beat
from bot.ports import Kind, Signal
from integrations.archives.slack_export import SlackExport
from integrations.sandbox.discord.guilds import GuildHandle
from integrations.sandbox.discord.model import Message

_ODD = re.compile(r"[^0-9A-Za-z_]+")
"""What no emoji's name has on Discord."""


@dataclass(slots=True)
class Written:
    """A message with all that hangs on it; `about` is the key of what it answers, empty for a message of its own.

    `who` is empty where the export says nothing of the author that counts, such as a machine.
    """

    at: int
    who: str
    place: str
    about: str
    named: list[str] = field(default_factory=list)
    reactions: list[tuple[str, str]] = field(default_factory=list)


def read(path: Path) -> dict[str, Written]:
    """Return an export's messages by their keys, the earliest first. Raises InputError for what is no Slack export."""
    with closing(SlackExport(path)) as archive:
        return gathered(archive.items())


def gathered(signals: Iterable[Signal]) -> dict[str, Written]:
    """Return messages by their keys, each with its mentions and reactions, which come after it."""
    found: dict[str, Written] = {}
    for one in signals:
        if one.retracted or one.account is None:
            continue
        if one.kind in (Kind.MESSAGE, Kind.REPLY):
            found[one.key] = Written(one.at, one.account.id, _name(one), one.parent)
        elif one.kind is Kind.MENTION and one.target is not None:
            found[one.parent].named.append(one.target.id)
        elif one.kind is Kind.REACTION:
            message = found.setdefault(one.parent, Written(one.at, "", _name(one), ""))
            message.reactions.append((one.account.id, one.key.rpartition("/")[2]))
    return dict(sorted(found.items(), key=lambda item: item[1].at))


def _name(one: Signal) -> str:
    return one.context.name or one.context.place


class Replay:
    """Acts a history out in a server. Texts are empty but for whom they name: there are none in the history."""

    def __init__(self, guild: GuildHandle, history: dict[str, Written]) -> None:
        """Take the server and what is to happen in it."""
        self._guild = guild
        self._history = history
        self._messages: dict[str, Message] = {}

    def beats(self) -> Iterator[Beat]:
        """Yield the moments of the history."""
        for key, one in self._history.items():
            yield Beat(one.at, partial(self._write, key, one))

    async def _write(self, key: str, one: Written) -> None:
        """Write a message and let the others react: an export tells of reactions only which message they are to."""
        person = self._guild.person(one.who) if one.who else self._guild.bot("somebody else")
        channel = self._guild.text(one.place)
        named = [self._guild.person(name) for name in one.named]
        answered = self._messages.get(one.about)
        message = await person.says(channel, "", answered, mentions=named, pings=False)
        self._messages[key] = message
        for who, emoji in one.reactions:
            await self._guild.person(who).reacts(message, self._guild.emoji(_ODD.sub("_", emoji)))
