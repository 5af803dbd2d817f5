"""Who and what a Slack export lists at its root: the workspace, its members, its conversations."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.ports import Account, Context
from integrations.formats.slack import SLACKBOT


@dataclass(slots=True)
class Members:
    """The accounts of a workspace by id; `listed` counts the file's entries and `bots` those that are machines."""

    team: str = ""
    accounts: dict[str, Account] = field(default_factory=dict)
    listed: int = 0
    bots: int = 0


@dataclass(slots=True)
class Conversations:
    """The channels of an export by the name of their folder; None stands for a private conversation."""

    by_folder: dict[str, Context | None] = field(default_factory=dict)
    channels: int = 0

    def find(self, folder: str) -> Context | None:
        """Return the channel a folder belongs to, None where the conversation is private. Raises KeyError."""
        return self.by_folder[composed(folder)]


def read_members(records: Iterable[Any]) -> Members:
    """Read users.json. One workspace is one realm: `team_id` of most members (some may be guests from others)."""
    bots: dict[str, bool] = {}
    teams: Counter[str] = Counter()
    members = Members()
    for user in records:
        if isinstance(user, Mapping) and _is_id(user.get("id")):
            bots[user["id"]] = user.get("is_bot") is True or user["id"] == SLACKBOT
            teams[str(user.get("team_id") or "")] += 1
            members.listed += 1
            members.bots += bots[user["id"]]
    members.team = min(teams, key=lambda team: (not team, -teams[team], team), default="")
    members.accounts = {id_: Account("slack", members.team, id_, bot) for id_, bot in bots.items()}
    return members


def add_channels(conversations: Conversations, records: Iterable[Any]) -> None:
    """Add what channels.json or groups.json lists. Folders bear the channel's name, in some tools its id."""
    for channel in records:
        if isinstance(channel, Mapping) and _is_id(channel.get("id")) and isinstance(channel.get("name"), str):
            name = channel["name"].replace("\0", "")
            context = Context(place=channel["id"], name=name)
            conversations.channels += 1
            conversations.by_folder.setdefault(composed(name), context)
            conversations.by_folder.setdefault(channel["id"], context)


def add_private(conversations: Conversations, records: Iterable[Any]) -> None:
    """Add what dms.json or mpims.json lists: their folders are known, so that they can be left aside."""
    for conversation in records:
        if isinstance(conversation, Mapping):
            for folder in (conversation.get("id"), conversation.get("name")):
                if isinstance(folder, str):
                    conversations.by_folder.setdefault(composed(folder), None)


def composed(name: str) -> str:
    """Return a name in the one Unicode form: some systems take accents apart when they unpack a zip."""
    return unicodedata.normalize("NFC", name)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value != "" and value.isascii() and value.isprintable()
