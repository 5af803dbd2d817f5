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
from tests.integrations.sandbox.slack.clients import Hearing, listening

Json = dict[str, Any]
WAYS = pytest.mark.parametrize("way", ["socket", "http"])


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def form(**more: Any) -> Json:
    field = {"type": "plain_text_input", "action_id": "name", "max_length": 20}
    menu = {"type": "external_select", "action_id": "who", "min_query_length": 1}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("A form"),
        "submit": plain("Send"),
        "blocks": [
            {"type": "input", "block_id": "b1", "label": plain("Name"), "element": field},
            {"type": "input", "block_id": "b2", "optional": True, "label": plain("Who"), "element": menu},
        ],
        **more,
    }


BUTTONS = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "go", "text": plain("Go"), "value": "42"},
            {
                "type": "static_select",
                "action_id": "pick",
                "options": [{"text": plain(name), "value": name} for name in ("tea", "coffee")],
            },
        ],
    }
]


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
async def test_a_form_is_opened_checked_replaced_and_closed(server: Sandbox, team: TeamHandle, way: str) -> None:
    alice = team.person("Alice")
    async with listening(server, team, way) as app:
        _serves_forms(app)
        used = await (await alice.uses("/cairn", "form")).viewed()
        opened = used.view
        with pytest.raises(ValueError, match="wants something in name"):
            await alice.submits(opened, {})
        with pytest.raises(ValueError, match="of that length"):
            await alice.submits(opened, {"name": "x" * 21})
        wrong = await (await alice.submits(opened, {"name": "nobody"})).answered()
        assert wrong.errors == {"b1": "nobody is no name"}
        assert alice.views == [opened]
        before = opened.hash
        replaced = await (await alice.submits(opened, {"name": "again"})).answered()
        assert replaced.view is opened
        assert opened.shown["title"]["text"] == "Once more"
        assert opened.hash != before
        pushed = await (await alice.submits(opened, {"name": "deeper"})).answered()
        assert alice.views == [opened, pushed.view]
        assert (pushed.view.root, pushed.view.previous) == (opened.id, opened.id)
        options = await (await alice.types(pushed.view, "who", "bo")).answered()
        assert [one["value"] for one in options.options] == ["bo-1"]
        done = await (await alice.submits(pushed.view, {"name": "Bob", "who": options.options[0]})).answered()
        assert (done.errors, done.trouble, alice.views) == ({}, "", [opened])
        values = app.bodies[-1]["view"]["state"]["values"]
        assert values["b1"]["name"] == {"type": "plain_text_input", "value": "Bob"}
        assert values["b2"]["who"]["selected_option"]["value"] == "bo-1"
        await (await alice.submits(opened, {"name": "enough"})).answered()
        assert alice.views == []


def _serves_forms(app: Hearing) -> None:
    @app.bolt.command("/cairn")
    async def cairn(ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.bolt.view("form")
    async def submitted(ack: Any, view: Json) -> None:
        match view["state"]["values"]["b1"]["name"]["value"]:
            case "nobody":
                await ack(response_action="errors", errors={"b1": "nobody is no name"})
            case "again":
                await ack(response_action="update", view=form(title=plain("Once more")))
            case "deeper":
                await ack(response_action="push", view=form())
            case "enough":
                await ack(response_action="clear")
            case _:
                await ack()

    @app.bolt.options("who")
    async def options(ack: Any, body: Json) -> None:
        value = f"{body['value']}-1"
        await ack(options=[{"text": plain(value), "value": value}])


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


async def test_a_closed_form_is_told_of_where_that_was_asked_for(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    async with listening(server, team, "http") as app:
        app.bolt.view_closed("form")(_acknowledge)

        @app.bolt.shortcut("new")
        async def new(ack: Any, body: Json, client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=form(notify_on_close=True))

        used = await (await alice.shortcut("new")).viewed()
        await (await alice.closes(used.view)).answered()
        assert (app.bodies[-1]["type"], app.bodies[-1]["is_cleared"]) == ("view_closed", False)
        assert alice.views == []


async def _acknowledge(ack: Any) -> None:
    await ack()


async def _refused(doing: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await doing
    return str(refused.value.response["error"])


async def test_a_trigger_is_used_once_and_in_time(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    async with listening(server, team, "http") as app:
        app.bolt.shortcut("new")(_acknowledge)
        await (await alice.shortcut("new")).answered()
        trigger = app.bodies[-1]["trigger_id"]
        assert await _refused(app.client.views_open(trigger_id=trigger, view={"type": "modal"})) == "invalid_arguments"
        await app.client.views_open(trigger_id=trigger, view=form())
        assert await _refused(app.client.views_open(trigger_id=trigger, view=form())) == "exchanged_trigger_id"
        await (await alice.shortcut("new")).answered()
        server.passes(3.1)
        trigger = app.bodies[-1]["trigger_id"]
        assert await _refused(app.client.views_open(trigger_id=trigger, view=form())) == "expired_trigger_id"
        assert await _refused(app.client.views_open(trigger_id="1.2.3", view=form())) == "invalid_trigger_id"


async def test_views_are_pushed_three_deep_and_updated_by_name(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    async with listening(server, team, "http") as app:
        app.takes_everything()
        await (await alice.shortcut("new")).answered()
        await app.client.views_open(trigger_id=app.trigger(), view=form(external_id="first"))
        for _ in range(2):
            await (await alice.shortcut("more")).answered()
            await app.client.views_push(trigger_id=app.trigger(), view=form())
        assert [one.previous for one in alice.views] == ["", alice.views[0].id, alice.views[1].id]
        await (await alice.shortcut("more")).answered()
        assert await _refused(app.client.views_push(trigger_id=app.trigger(), view=form())) == "push_limit_reached"
        first = alice.views[0]
        await alice.fills(first, {"name": "kept"})
        before = first.hash
        await app.client.views_update(external_id="first", hash=before, view=form(external_id="first"))
        assert first.state["b1"]["name"]["value"] == "kept"
        late = app.client.views_update(view_id=first.id, hash=before, view=form())
        assert await _refused(late) == "hash_conflict"
        assert await _refused(app.client.views_update(view_id="V0NONE", view=form())) == "not_found"
        await alice.closes(first, everything=True)
        assert alice.views == []
        assert await _refused(app.client.views_update(view_id=first.id, view=form())) == "not_found"


async def test_a_home_tab_that_is_switched_off_takes_nothing(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    server.app.home_tab = False
    async with listening(server, team, "http") as app:
        home = {"type": "home", "blocks": BUTTONS}
        assert await _refused(app.client.views_publish(user_id=alice.id, view=home)) == "not_enabled"
        with pytest.raises(ValueError, match="no Home tab"):
            await alice.opens_home()


async def test_what_an_app_says_wrongly_in_answer_is_told_to_the_person(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    async with listening(server, team, "http") as app:
        app.bolt.shortcut("new")(_acknowledge)

        @app.bolt.view("form")
        async def submitted(ack: Any) -> None:
            await ack(response_action="errors", errors={"no such block": "wrong"})

        await (await alice.shortcut("new")).answered()
        await app.client.views_open(trigger_id=app.trigger(), view=form())
        sent = await (await alice.submits(alice.views[0], {"name": "Bob"})).answered()
        assert (sent.trouble, sent.errors, len(alice.views)) == ("invalid_errors", {}, 1)


async def test_a_response_url_works_five_times_within_half_an_hour(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    async with listening(server, team, "http") as app:
        app.bolt.command("/cairn")(_acknowledge)
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
