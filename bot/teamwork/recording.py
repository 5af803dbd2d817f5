"""What is told to the team of signals that it handed in."""

from __future__ import annotations

from bot.chat.speech import Reply
from bot.commands.room import Room
from bot.ports import Receipt

_SAID = {
    "left out": "team.left_out",
    "no consent yet": "team.no_consent",
    "bot": "team.machine",
    "kind not in use": "team.not_in_use",
}


def stored(receipt: Receipt) -> bool:
    """Whether something is in the store now of what was handed in, new or not."""
    return bool(receipt.new or receipt.known or receipt.changed or receipt.retracted or receipt.again)


def refused(room: Room, receipt: Receipt) -> Reply:
    """Say why nothing was stored."""
    reason = next(iter(receipt.dropped), "")
    return room.say(_SAID.get(reason, "team.not_stored"))
