"""Asks Slack for tokens: for the code that a browser brings back, and before a token that ends does so.

Source: Slack's reference, "Installing with OAuth" (version 2) and "Token rotation".
"""

from __future__ import annotations

from collections.abc import Mapping

from yarl import URL

from bot.ports import BROKEN, Installation, MachineError, Payload
from integrations.slack.access import Client
from integrations.slack.api import Api, LimitedError, RefusedError
from integrations.slack.payloads.ids import team_id
from integrations.slack.scopes import PRIVATE, scopes

AUTHORIZE = "/oauth/v2/authorize"
WHOLE_ORGANISATION = "whole_organisation"
"""The reason why an installation in a whole organisation is refused: Cairn listens to workspaces."""
NOT_A_BOT = "not_a_bot"
"""The reason why tokens are refused that are not what Cairn works with."""


def asked_at(api_url: str, client: Client, state: str) -> URL:
    """Return the address of Slack's page where somebody says whether Cairn may come."""
    said = {"client_id": client.id, "scope": ",".join(wanted()), "redirect_uri": client.back, "state": state}
    return URL(api_url).origin().with_path(AUTHORIZE).with_query(said)


def wanted() -> list[str]:
    """Return the permissions that are asked for; those for private channels are a step of their own."""
    return sorted(scopes() - PRIVATE)


async def granted(api: Api, client: Client, code: str, now: int) -> Installation:
    """Return what Slack gives for a code. Raises RefusedError, and MachineError where Slack does not answer."""
    answer = await _asked(api, client, {"code": code, "redirect_uri": client.back})
    if answer.get("is_enterprise_install"):
        raise RefusedError(WHOLE_ORGANISATION)
    return _read(answer, now)


async def renewed(api: Api, client: Client, one: Installation, now: int) -> Installation:
    """Return an installation with a new token; the one before works until it ends. Raises as `granted`."""
    answer = await _asked(api, client, {"grant_type": "refresh_token", "refresh_token": one.renewal})
    found = _read(answer, now)
    if found.space != one.space:
        raise RefusedError(NOT_A_BOT)
    return found


async def _asked(api: Api, client: Client, said: Mapping[str, str]) -> Payload:
    try:
        return await api.grant({"client_id": client.id, "client_secret": client.secret, **said})
    except LimitedError as limited:
        raise MachineError(str(limited)) from None


def _read(answer: Payload, now: int) -> Installation:
    try:
        token, ends = answer["access_token"], int(answer.get("expires_in") or 0)
        renewal = answer.get("refresh_token") or ""
        space = team_id(answer["team"]["id"])
    except BROKEN:
        raise RefusedError(NOT_A_BOT) from None
    if answer.get("token_type") != "bot" or not (isinstance(token, str) and isinstance(renewal, str) and token):
        raise RefusedError(NOT_A_BOT)
    return Installation(space, token, renewal, now + ends * 1000 if ends else 0)
