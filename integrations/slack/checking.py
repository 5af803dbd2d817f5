"""Whether Cairn could listen to Slack: its tokens, and what it was granted in each workspace."""

from __future__ import annotations

from bot.ports import Finding, MachineError
from integrations.slack.access import Access
from integrations.slack.api import Api, RefusedError
from integrations.slack.loading import identity
from integrations.slack.scopes import missing
from integrations.slack.sentences import APP_REFUSED, BOT_REFUSED


async def look_over(access: Access) -> list[Finding]:
    """Return what there is to say before Cairn runs; never raises for what it finds."""
    api = Api(access.api_url)
    try:
        found = [finding for token in access.bot_tokens for finding in await _workspace(api, token)]
        return found + (await _sockets(api, access.app_token) if access.app_token else [])
    except MachineError as error:
        return [Finding("slack", str(error), ok=False)]
    finally:
        await api.close()


async def _workspace(api: Api, token: str) -> list[Finding]:
    try:
        one = await identity(api, token)
    except RefusedError:
        return [Finding("slack", BOT_REFUSED, ok=False)]
    about = f"slack {one.name or one.team}"
    lacking = missing(one.scopes)
    return [Finding(about, "the token is right"), *(Finding(about, said, ok=False) for said in lacking)]


async def _sockets(api: Api, token: str) -> list[Finding]:
    """Ask for an address to connect to, without connecting."""
    try:
        await api.ask(token, "apps.connections.open")
    except RefusedError:
        return [Finding("slack", APP_REFUSED, ok=False)]
    return []
