"""Forms: opened by a trigger, checked, replaced, laid over one another, closed."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.sandbox.slack.server import Sandbox
from integrations.sandbox.slack.teams import TeamHandle
from tests.integrations.sandbox.slack.asking import error
from tests.integrations.sandbox.slack.clients import Hearing, acknowledge, listening
from tests.integrations.sandbox.slack.showing import form, plain

Json = dict[str, Any]
WAYS = pytest.mark.parametrize("way", ["socket", "http"])


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


async def test_a_closed_form_is_told_of_where_that_was_asked_for(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    async with listening(server, team, "http") as app:
        app.bolt.view_closed("form")(acknowledge)

        @app.bolt.shortcut("new")
        async def new(ack: Any, body: Json, client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=form(notify_on_close=True))

        used = await (await alice.shortcut("new")).viewed()
        await (await alice.closes(used.view)).answered()
        assert (app.bodies[-1]["type"], app.bodies[-1]["is_cleared"]) == ("view_closed", False)
        assert alice.views == []


async def test_a_trigger_is_used_once_and_in_time(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    async with listening(server, team, "http") as app:
        app.bolt.shortcut("new")(acknowledge)
        await (await alice.shortcut("new")).answered()
        trigger = app.bodies[-1]["trigger_id"]
        assert await error(app.client.views_open(trigger_id=trigger, view={"type": "modal"})) == "invalid_arguments"
        await app.client.views_open(trigger_id=trigger, view=form())
        assert await error(app.client.views_open(trigger_id=trigger, view=form())) == "exchanged_trigger_id"
        await (await alice.shortcut("new")).answered()
        server.passes(3.1)
        trigger = app.bodies[-1]["trigger_id"]
        assert await error(app.client.views_open(trigger_id=trigger, view=form())) == "expired_trigger_id"
        assert await error(app.client.views_open(trigger_id="1.2.3", view=form())) == "invalid_trigger_id"


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
        assert await error(app.client.views_push(trigger_id=app.trigger(), view=form())) == "push_limit_reached"
        first = alice.views[0]
        await alice.fills(first, {"name": "kept"})
        before = first.hash
        await app.client.views_update(external_id="first", hash=before, view=form(external_id="first"))
        assert first.state["b1"]["name"]["value"] == "kept"
        late = app.client.views_update(view_id=first.id, hash=before, view=form())
        assert await error(late) == "hash_conflict"
        assert await error(app.client.views_update(view_id="V0NONE", view=form())) == "not_found"
        await alice.closes(first, everything=True)
        assert alice.views == []
        assert await error(app.client.views_update(view_id=first.id, view=form())) == "not_found"


async def test_what_an_app_says_wrongly_in_answer_is_told_to_the_person(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    async with listening(server, team, "http") as app:
        app.bolt.shortcut("new")(acknowledge)

        @app.bolt.view("form")
        async def submitted(ack: Any) -> None:
            await ack(response_action="errors", errors={"no such block": "wrong"})

        await (await alice.shortcut("new")).answered()
        await app.client.views_open(trigger_id=app.trigger(), view=form())
        sent = await (await alice.submits(alice.views[0], {"name": "Bob"})).answered()
        assert (sent.trouble, sent.errors, len(alice.views)) == ("invalid_errors", {}, 1)


async def test_suggestions_that_are_none_leave_the_menu_empty(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    replies: list[Json] = [
        {"options": [{"text": "no text object", "value": "1"}]},
        {"option_groups": [{"label": plain("A"), "options": [{"text": plain("One"), "value": "1"}]}]},
    ]
    async with listening(server, team, "http") as app:
        app.bolt.shortcut("new")(acknowledge)

        @app.bolt.options("who")
        async def options(ack: Any) -> None:
            await ack(**replies.pop(0))

        await (await alice.shortcut("new")).answered()
        await app.client.views_open(trigger_id=app.trigger(), view=form())
        first = await (await alice.types(alice.views[0], "who", "o")).answered()
        assert (first.trouble, first.options) == ("invalid_options", [])
        last = await (await alice.types(alice.views[0], "who", "o")).answered()
        assert [one["value"] for one in last.options] == ["1"]
