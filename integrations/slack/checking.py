"""Whether Cairn could listen to Slack: its tokens, and what it was granted in each workspace."""

from __future__ import annotations

from bot.ports import Finding, Installation, MachineError
from integrations.slack.access import Access
from integrations.slack.api import Api, RefusedError
from integrations.slack.loading import Identity, identity
from integrations.slack.scopes import missing
from integrations.slack.sentences import APP_REFUSED, BOT_REFUSED


async def look_over(access: Access) -> list[Finding]:
    """Return what there is to say before Cairn runs; never raises for what it finds."""
    api = Api(access.api_url)
    try:
        found = [finding for token in access.bot_tokens for finding in await _workspace(api, token)]
        found += [finding for one in access.installed for finding in await _installed(api, one, access.clock())]
        if access.client is not None and not found:
            found.append(Finding("slack", "installed nowhere yet; cairn invite prints the link for that"))
        return found + (await _sockets(api, access.app_token) if access.app_token else [])
    except MachineError as error:
        return [Finding("slack", str(error), ok=False)]
    finally:
        await api.close()


async def _workspace(api: Api, token: str) -> list[Finding]:
    try:
        return _told(await identity(api, token), "the token is right")
    except RefusedError:
        return [Finding("slack", BOT_REFUSED, ok=False)]


async def _installed(api: Api, one: Installation, now: int) -> list[Finding]:
    """Look at a workspace that installed Cairn by the link; a token that has ended is renewed when Cairn runs."""
    about = f"slack {one.space}"
    if not one.token:
        return [Finding(about, "the key file cannot open its token; put back its keys, or install it anew", ok=False)]
    if one.renewal and one.expires <= now:
        return [Finding(about, "installed by the link; its token has ended and is renewed when Cairn runs")]
    try:
        return _told(await identity(api, one.token), "installed by the link, and its token is right")
    except RefusedError as error:
        return [Finding(about, f"Slack does not take its token ({error.code}); install it anew", ok=False)]


def _told(one: Identity, said: str) -> list[Finding]:
    about = f"slack {one.name or one.team}"
    return [Finding(about, said), *(Finding(about, lacks, ok=False) for lacks in missing(one.scopes))]


async def _sockets(api: Api, token: str) -> list[Finding]:
    """Ask for an address to connect to, without connecting."""
    try:
        await api.ask(token, "apps.connections.open")
    except RefusedError:
        return [Finding("slack", APP_REFUSED, ok=False)]
    return []
