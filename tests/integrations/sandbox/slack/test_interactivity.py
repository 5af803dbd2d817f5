"""Commands, clicks, forms, shortcuts and the Home tab, with the real Bolt, over sockets and signed requests."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from integrations.sandbox.slack.limits import LIFTED, Limits
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.sandbox.slack.teams import TeamHandle
from tests.integrations.sandbox.slack.asking import error
from tests.integrations.sandbox.slack.clients import acknowledge, listening
from tests.integrations.sandbox.slack.showing import BUTTONS, form

Json = dict[str, Any]
WAYS = pytest.mark.parametrize("way", ["socket", "http"])


@WAYS
async def test_a_command_is_answered_for_its_person_only(server: Sandbox, team: TeamHandle, way: str) -> None:
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    async with listening(server, team, way) as app:

        @app.bolt.command("/cairn")
        async def cairn(ack: Any, body: Json, respond: Any) -> None:
            await ack(f"heard {body['text']}")
            await respond("and more", response_type="in_channel")

        used = await (await alice.uses("/cairn", "me", general)).said(2)
        # the response URL may overtake the acknowledgement
        second, first = sorted(used.messages, key=lambda one: one.text)
        assert (first.text, first.only_for) == ("heard me", alice.id)
        assert (second.text, second.only_for) == ("and more", "")
        assert alice.ephemerals == [first]
        assert [one.ts for one in general.messages.values()] == [second.ts]
        told = app.bodies[0]
        assert (told["command"], told["channel_name"], told["team_id"]) == ("/cairn", "general", team.id)


@WAYS
async def test_a_click_replaces_and_deletes_what_was_clicked(server: Sandbox, team: TeamHandle, way: str) -> None:
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    async with listening(server, team, way) as app:

        @app.bolt.action("go")
        async def go(ack: Any, respond: Any, body: Json) -> None:
            await ack()
            if body["container"]["is_ephemeral"]:
                await respond(delete_original=True)
            else:
                await respond(text="gone", replace_original=True)

        @app.bolt.action("pick")
        async def pick(ack: Any) -> None:
            await ack()

        await app.client.chat_postMessage(channel=general.id, text="choose", blocks=BUTTONS)
        (message,) = general.messages.values()
        picked = await alice.chooses(message, "pick", "tea")
        await picked.answered()
        assert app.bodies[-1]["actions"][0]["selected_option"]["value"] == "tea"
        await (await alice.clicks(message, "go")).said()
        assert (message.text, message.blocks) == ("gone", [])
        clicked = next(
            one for one in app.bodies if one["type"] == "block_actions" and one["actions"][0]["type"] == "button"
        )
        assert clicked["actions"][0]["value"] == "42"
        assert clicked["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "tea"
        assert clicked["message"]["ts"] == message.ts
        with pytest.raises(ValueError, match="nothing like that"):
            await alice.clicks(message, "go")
        await app.client.chat_postEphemeral(channel=general.id, user=alice.id, text="psst", blocks=BUTTONS)
        (secret,) = alice.ephemerals
        await alice.clicks(secret, "go")
        await server.until(lambda: not alice.ephemerals)
        assert "message" not in app.bodies[-1]
        with pytest.raises(ValueError, match="does not see"):
            await alice.clicks(secret, "go")


@WAYS
async def test_the_home_tab_is_filled_when_it_is_opened(server: Sandbox, team: TeamHandle, way: str) -> None:
    alice = team.person("Alice")
    async with listening(server, team, way) as app:
        home: Json = {"type": "home", "blocks": BUTTONS}

        @app.bolt.action("go")
        async def go(ack: Any, body: Json, client: Any) -> None:
            await ack()
            await client.views_publish(user_id=body["user"]["id"], view=home, hash=body["view"]["hash"])

        assert await alice.opens_home() is None
        heard = await app.hears("app_home_opened")
        assert (heard["tab"], "view" in heard) == ("home", False)
        await app.client.views_publish(user_id=alice.id, view=home)
        assert alice.home is not None
        first = alice.home.hash
        await (await alice.clicks(alice.home, "go")).answered()
        await server.until(lambda: alice.home is not None and alice.home.hash != first)
        with pytest.raises(SlackApiError, match="hash_conflict"):
            await app.client.views_publish(user_id=alice.id, view=home, hash=first)
        assert await alice.opens_home() is alice.home
        assert (await app.hears("app_home_opened", 2))["view"]["id"] == alice.home.id


@WAYS
async def test_shortcuts_tell_what_they_are_about(server: Sandbox, team: TeamHandle, way: str) -> None:
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    message = await alice.says(general, "look at this")
    async with listening(server, team, way) as app:

        @app.bolt.shortcut("thank")
        async def thank(ack: Any, body: Json, client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=form())

        await (await alice.shortcut("thank", message)).viewed()
        assert (app.bodies[-1]["type"], app.bodies[-1]["message_ts"]) == ("message_action", message.ts)
        assert app.bodies[-1]["message"]["user"] == alice.id
        await (await alice.shortcut("thank")).viewed()
        assert app.bodies[-1]["type"] == "shortcut"
        assert len(alice.views) == 1


async def test_a_home_tab_that_is_switched_off_takes_nothing(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    server.app.home_tab = False
    async with listening(server, team, "http") as app:
        home = {"type": "home", "blocks": BUTTONS}
        assert await error(app.client.views_publish(user_id=alice.id, view=home)) == "not_enabled"
        with pytest.raises(ValueError, match="no Home tab"):
            await alice.opens_home()


async def test_a_response_url_works_five_times_within_half_an_hour(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    async with listening(server, team, "http") as app:
        app.bolt.command("/cairn")(acknowledge)
        used = await (await alice.uses("/cairn")).answered()
        hook = AsyncWebhookClient(app.bodies[-1]["response_url"])
        answers = [await hook.send(text=f"number {number}") for number in range(6)]
        assert [one.status_code for one in answers] == [200] * 5 + [404]
        assert "used_url" in answers[-1].body
        assert [one.text for one in used.messages] == [f"number {number}" for number in range(5)]
        await (await alice.uses("/cairn")).answered()
        server.passes(1801)
        late = await AsyncWebhookClient(app.bodies[-1]["response_url"]).send(text="late")
        assert (late.status_code, "expired_url" in late.body) == (404, True)
        said = server.ledger.requests(route="response_url")
        assert [one.values["private"] for one in said] == [True] * 5


async def test_an_app_that_does_not_answer_leaves_the_person_alone() -> None:
    async with Sandbox(Settings(limits=LIFTED)) as server:
        team = server.team("Acme")
        alice = team.person("Alice")
        with pytest.raises(TimeoutError, match="no_websockets"):
            await (await alice.uses("/cairn")).answered()
    async with Sandbox(Settings(limits=Limits(lifted=True, answer=0.1))) as server:
        team = server.team("Acme")
        alice = team.person("Alice")
        async with listening(server, team, "http") as app:

            @app.bolt.command("/cairn")
            async def sleeps(ack: Any) -> None:
                await asyncio.sleep(0.5)
                await ack()

            with pytest.raises(TimeoutError, match="http_timeout"):
                await (await alice.uses("/cairn")).answered()
            assert len(app.bodies) == 1
