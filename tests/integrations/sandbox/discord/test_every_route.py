"""Every route of the sandbox serves the real discord.py, and the sandbox can be watched while it does."""

from __future__ import annotations

from integrations.sandbox.discord import routes
from integrations.sandbox.discord.routing import Table
from tests.integrations.sandbox.discord.every_route import lives_through_everything
from tests.integrations.sandbox.discord.watched import Watched


async def test_every_route_serves_discord_py(watched: Watched) -> None:
    await lives_through_everything(watched.server)
    assert [(one.method, one.path, one.answer) for one in watched.exchanges if one.status >= 400] == []
    asked = {f"{one.method} {one.route}" for one in watched.server.ledger.requests()}
    assert {route.name for route in Table(routes).routes} - asked == set()


async def test_a_watched_sandbox_shows_what_is_said_and_answered(watched: Watched) -> None:
    await lives_through_everything(watched.server)
    shown = next(one for one in watched.exchanges if (one.method, one.path) == ("POST", "/users/@me/channels"))
    alice = watched.server.person("alice")
    assert (shown.status, str(shown.said["recipient_id"])) == (200, str(alice.id))
    assert [one["id"] for one in shown.answer["recipients"]] == [str(alice.id)]
    gone = [one for one in watched.exchanges if one.status == 204]
    assert gone
    assert {one.answer for one in gone} == {None}
