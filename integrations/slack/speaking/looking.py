"""What Slack tells now of the channels, people and user groups that somebody gave with a command."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports import BROKEN, Account, Caller, ChannelNow, MachineError, RoleNow, truth
from integrations.slack.api import Api, RefusedError
from integrations.slack.payloads.channels import is_direct
from integrations.slack.payloads.ids import channel_id
from integrations.slack.receiving.ear import Heard
from integrations.slack.speaking.callers import Callers

_NOT_THERE = frozenset({"channel_not_found", "user_not_found", "user_not_visible"})


@dataclass(frozen=True, slots=True)
class Looking:
    """A `bot.ports.Look` for one workspace."""

    api: Api
    heard: Heard
    callers: Callers

    async def channel(self, place: str) -> ChannelNow | None:
        """Ask for a channel: all members can read a public one, and we can write where we are a member."""
        try:
            if is_direct(channel_id(place)):
                return None
            found = (await self.api.ask(self.heard.token, "conversations.info", channel=place))["channel"]
            open_to_all = not (truth(found.get("is_private")) or truth(found.get("is_mpim")))
            return ChannelNow(open_to_all, truth(found.get("is_member")) and not truth(found.get("is_archived")))
        except RefusedError as error:
            if error.code in _NOT_THERE:  # a private channel without Cairn in it is none to Slack
                return None
            raise MachineError(str(error)) from None
        except BROKEN:
            return None

    async def person(self, who: Account) -> Caller | None:
        """Return somebody as they would call; None where they are not in the workspace."""
        if who.platform != "slack" or who.realm != self.heard.workspace.id:
            return None
        return await self.callers.of(self.heard, who.id)

    async def role(self, role: str) -> RoleNow | None:
        """Return a user group; nobody runs a workspace by being in one."""
        found = self.heard.workspace.groups.all.get(role)
        return None if found is None else RoleNow(found.name)
