"""Asks Slack for what is to be known of a workspace before its events can be read: who, where, and in which groups."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.ports import BROKEN, MachineError, Payload, Signal, clean
from integrations.slack.api import Api, RefusedError
from integrations.slack.payloads.huddles import seen
from integrations.slack.payloads.ids import UnknownError, person_id, team_id
from integrations.slack.payloads.workspace import Workspace

FRESH_SECONDS = 45.0
"""How old what is known of user groups may be when somebody uses a command."""
_MOST_PEOPLE = 100_000
_LIST = 1_000


@dataclass(frozen=True, slots=True)
class Identity:
    """What Slack says a token is: of which workspace and organisation, and who Cairn is there."""

    team: str
    name: str
    organisation: str
    own: str
    scopes: frozenset[str]


async def identity(api: Api, token: str) -> Identity:
    """Return what a token is. Raises RefusedError for one that does not hold, MachineError as `Api.ask`."""
    answer, headers = await api.whole(token, "auth.test")
    try:
        scopes = frozenset(filter(None, headers.get("x-oauth-scopes", "").split(",")))
        organisation = answer.get("enterprise_id")
        return Identity(
            team_id(answer["team_id"]),
            clean(answer.get("team")),
            team_id(organisation) if organisation else "",
            person_id(answer["user_id"]),
            scopes,
        )
    except BROKEN:
        raise MachineError("Slack gave an answer that cannot be read") from None


class Loader:
    """Fills the state of workspaces, and keeps what is asked about now and then up to date."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._grouped: dict[str, float] = {}

    async def load(self, workspace: Workspace, token: str, now: int) -> list[Signal]:
        """Ask for channels, user groups and people; returns what their huddles say. Raises MachineError: later."""
        await self._channels(workspace, token)
        await self.regroup(workspace, token)
        return await self._people(workspace, token, now)

    async def _channels(self, workspace: Workspace, token: str) -> None:
        found: list[Payload] = []
        for kinds in ("public_channel", "private_channel"):
            wanted = {"types": kinds, "limit": _LIST}
            try:
                async for page in self._api.pages(token, "conversations.list", "channels", **wanted):
                    found += page
            except RefusedError as error:  # private channels take a permission of their own
                _or_later(error)
        workspace.channels.replace(found)

    async def regroup(self, workspace: Workspace, token: str) -> None:
        """Ask who is in which user group; where that is not allowed there are none."""
        try:
            answer = await self._api.ask(token, "usergroups.list", include_users="true")
            workspace.groups.replace(answer.get("usergroups") or ())
        except RefusedError as error:
            _or_later(error)
            workspace.groups.replace(())
        except BROKEN:
            raise MachineError("Slack gave an answer that cannot be read") from None
        workspace.regroup()
        self._grouped[workspace.id] = asyncio.get_running_loop().time()

    async def freshen(self, workspace: Workspace, token: str) -> None:
        """Ask for the user groups anew where that was a while ago, so that a role that was lost is known as lost."""
        if self.age(workspace) > FRESH_SECONDS:
            await self.regroup(workspace, token)

    def age(self, workspace: Workspace) -> float:
        """Return for how many seconds it has not been asked who is in which group."""
        return asyncio.get_running_loop().time() - self._grouped.get(workspace.id, 0.0)

    async def _people(self, workspace: Workspace, token: str, now: int) -> list[Signal]:
        found: list[Signal] = []
        n = 0
        async for page in self._api.pages(token, "users.list", "members", limit=_LIST):
            for one in page:
                try:
                    workspace.people.see(one)
                    found += seen(one, workspace, now)
                except BROKEN:
                    continue
            n += len(page)
            if n >= _MOST_PEOPLE:
                break
        return found

    async def find(self, workspace: Workspace, token: str, unknown: UnknownError) -> None:
        """Ask for a channel or person that is not known; what Slack does not show counts as private, or elsewhere."""
        try:
            if unknown.what == "channel":
                answer = await self._api.ask(token, "conversations.info", channel=unknown.id)
                workspace.channels.put({**answer["channel"], "id": unknown.id})
            else:
                answer = await self._api.ask(token, "users.info", user=unknown.id)
                workspace.people.see({**answer["user"], "id": unknown.id})
        except (RefusedError, *BROKEN) as error:
            if isinstance(error, RefusedError):
                _or_later(error)
            if unknown.what == "channel":
                workspace.channels.shut(unknown.id)
            else:
                workspace.people.unknown(unknown.id)


def _or_later(error: RefusedError) -> None:
    """Raise MachineError where a refusal says nothing of what was asked: nobody loses a role by Slack's troubles."""
    if error.says_nothing:
        raise MachineError(str(error)) from None
