"""No method breaks, whatever it is asked: each answers as Slack does."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.sandbox.slack.limits import LIFTED
from integrations.sandbox.slack.server import Sandbox, Settings

NAMES = (
    "blocks",
    "bot",
    "channel",
    "channel_id",
    "cursor",
    "event_context",
    "external_id",
    "file",
    "filename",
    "files",
    "latest",
    "length",
    "limit",
    "metadata",
    "attachments",
    "name",
    "oldest",
    "text",
    "thread_ts",
    "timestamp",
    "trigger_id",
    "ts",
    "types",
    "user",
    "user_id",
    "usergroup",
    "users",
    "view",
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text(max_size=5)
    | st.sampled_from(["$channel", "$user", "$ts"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "id", "text"]), inner),
    max_leaves=5,
)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
async def test_no_argument_breaks_a_method(data: st.DataObject) -> None:
    async with Sandbox(Settings(limits=LIFTED)) as server, aiohttp.ClientSession() as session:
        team = server.team("Acme")
        alice = team.person("Alice")
        general = team.channel("general", members=[alice])
        message = await alice.says(general, "hello")
        known = {"$channel": general.id, "$user": alice.id, "$ts": message.ts}
        for method in sorted(server.web_api.methods.values(), key=lambda one: one.name):
            if method.name in ("auth.revoke", "apps.uninstall"):
                continue
            args: dict[str, Any] = data.draw(st.dictionaries(st.sampled_from(NAMES), VALUES), label=method.name)
            args = {name: known.get(value, value) if isinstance(value, str) else value for name, value in args.items()}
            token = server.app.app_token if method.of == "app" else team.token
            headers = {"Authorization": f"Bearer {token}"}
            async with session.post(f"{server.url}{method.name}", json=args, headers=headers) as answer:
                assert answer.status == 200, (method.name, args)
                found = await answer.json()
            assert found["ok"] or found["error"], method.name


async def test_every_method_has_its_tier_and_asks_for_known_scopes() -> None:
    async with Sandbox(Settings(limits=LIFTED)) as server:
        asked = {scope for one in server.web_api.methods.values() for scope in one.scopes}
        assert asked <= {*server.app.scopes, *server.app.app_scopes}
        assert len(server.web_api.methods) >= 40
        assert {one.tier for one in server.web_api.methods.values()} <= set(range(6))
