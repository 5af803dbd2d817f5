"""What people of a workspace are called, asked for at the moment when it is wanted."""

from __future__ import annotations

from bot.ports import BROKEN, Account, Called, Payload, clean, truth
from integrations.slack.api import Api, RefusedError
from integrations.slack.payloads.workspace import Workspace

_LIST = 1_000


async def names(api: Api, workspace: Workspace, token: str, most: int) -> Called | None:
    """Return what everybody is called, as others see them first; None where there are more than `most`.

    Raises MachineError where Slack cannot be asked.
    """
    found: dict[Account, tuple[str, ...]] = {}
    try:
        async for page in api.pages(token, "users.list", "members", limit=_LIST):
            for user in page:
                try:
                    found |= _of(user, workspace)
                except BROKEN:
                    continue
            if len(found) > most:
                return None
    except RefusedError:
        return None
    return found


async def name_of(api: Api, workspace: Workspace, token: str, who: Account) -> str:
    """Return what somebody is called, nothing where they are not in the workspace; raises as `names`."""
    if who.realm != workspace.id:
        return ""
    try:
        found = _of((await api.ask(token, "users.info", user=who.id))["user"], workspace)
    except (RefusedError, *BROKEN):
        return ""
    return next((each for names in found.values() for each in names), "")


def _of(user: Payload, workspace: Workspace) -> dict[Account, tuple[str, ...]]:
    """Return a user's names, nothing of machines and people of other organisations."""
    who = workspace.people.account(user["id"])
    if who.bot or truth(user.get("is_bot")) or workspace.people.is_elsewhere(user.get("team_id")):
        return {}
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return {who: tuple(dict.fromkeys(name for one in names if (name := clean(one))))}
