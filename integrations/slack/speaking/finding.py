"""Looks whether a message is there of which no answer came: history shows its nonce, which it bears in its metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.ports import BROKEN, Delivered, MachineError, Outcome, Payload, Sought
from integrations.slack.api import PAGE, Api, LimitedError, RefusedError
from integrations.slack.receiving.ear import Heard
from integrations.slack.speaking.delivering import EVENT, SOON, WITHOUT_TOKEN

_AROUND_MS = 300_000
"""How far from the moment when it was handed over a message is looked for: clocks differ, and a request may linger."""
_PAGES = 10


class Finding:
    """Looks for messages; it sends nothing."""

    def __init__(self, api: Api, heard: Mapping[str, Heard]) -> None:
        """Take the way to Slack, and the workspaces that are listened to."""
        self._api = api
        self._heard = heard

    async def find(self, sought: Sought) -> Outcome:
        """Look for one message; see `bot.ports.Finder`."""
        heard = self._heard.get(sought.space)
        if heard is None:
            return Outcome(Delivered.LATER, after=SOON, reason="the workspace is not connected")
        try:
            found = await self._found(heard, sought)
        except LimitedError as limited:
            return Outcome(Delivered.LATER, after=limited.after, reason="Slack wants it later")
        except RefusedError as refused:
            what = Delivered.LATER if refused.code in WITHOUT_TOKEN else Delivered.FAILED
            return Outcome(what, after=SOON, reason=f"Slack does not show it ({refused.code})")
        except (MachineError, *BROKEN):
            return Outcome(Delivered.LATER, after=SOON, reason="no answer")
        return Outcome(Delivered.SENT, found) if found else Outcome(Delivered.UNKNOWN)

    async def _found(self, heard: Heard, sought: Sought) -> str:
        """Return the id of a message, nothing where it is not there."""
        room = sought.channel
        if sought.person is not None:
            opened = await self._api.post(heard.token, "conversations.open", {"users": sought.person.id})
            room = str(opened["channel"]["id"])
        wanted: dict[str, Any] = {
            "channel": room, "oldest": _seconds(sought.at - _AROUND_MS), "latest": _seconds(sought.at + _AROUND_MS),
            "include_all_metadata": "true", "limit": PAGE,
        }  # fmt: skip
        for _ in range(_PAGES):
            answer = await self._api.at_once(heard.token, "conversations.history", **wanted)
            for one in answer["messages"]:
                if one.get("user") == heard.workspace.people.own and _nonce(one) == sought.nonce:
                    return f"{room}:{one['ts']}"
            following = (answer.get("response_metadata") or {}).get("next_cursor")
            if not following:
                return ""
            wanted["cursor"] = following
        raise RefusedError("too_much_was_written")


def _nonce(message: Payload) -> object:
    told = message.get("metadata") or {}
    return (told.get("event_payload") or {}).get("nonce") if told.get("event_type") == EVENT else None


def _seconds(moment: int) -> str:
    """Return a moment (ms) as Slack takes it."""
    return str(max(moment, 0) // 1000)
