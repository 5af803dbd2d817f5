"""Everything else that people, bots and workspaces do, as an app hears it."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError

from integrations.sandbox.slack.server import Sandbox
from integrations.sandbox.slack.teams import TeamHandle
from tests.integrations.sandbox.slack.clients import by_http


async def test_a_huddle_is_heard_from_its_beginning_to_its_end(server: Sandbox, team: TeamHandle) -> None:
    alice, bob = team.people(["Alice", "Bob"])
    general = team.channel("general", members=[alice, bob])
    async with by_http(server, team) as app:
        told = await alice.huddles(general)
        assert await bob.huddles(general) is told
        await alice.leaves_huddle()
        await bob.leaves_huddle()
        await server.delivered()
        (begun,) = app.events("message", "huddle_thread")
        assert (begun["user"], begun["channel"], begun["room"]["channels"]) == ("USLACKBOT", general.id, [general.id])
        assert (begun["room"]["created_by"], begun["room"]["date_end"]) == (alice.id, 0)
        over = next(one for one in app.events("message", "message_changed") if one["message"]["room"]["has_ended"])
        assert (over["message"]["text"], over["message"]["edited"]["user"]) == ("", "USLACKBOT")
        assert over["message"]["room"]["participant_history"] == [alice.id, bob.id]
        assert over["message"]["room"]["date_end"] >= over["message"]["room"]["date_start"] > 0
        moves = [
            (one["user"]["id"], one["user"]["profile"]["huddle_state"]) for one in app.events("user_huddle_changed")
        ]
        assert sorted(moves) == sorted(
            (who.id, state) for who in (alice, bob) for state in ("in_a_huddle", "default_unset")
        )
        call = next(one["user"]["profile"] for one in app.events("user_huddle_changed") if "in_a" in str(one))
        assert call["huddle_state_call_id"] == begun["room"]["id"]
        assert all("channel" not in one for one in app.events("user_huddle_changed"))
        shown = (await app.client.conversations_history(channel=general.id))["messages"][0]
        assert (shown["subtype"], shown["room"]["has_ended"]) == ("huddle_thread", True)
        assert [act.kind for act in server.ledger.acts() if "huddle" in act.kind] == [
            "huddle",
            "huddle",
            "huddle_left",
            "huddle_left",
        ]


async def test_who_comes_to_another_huddle_leaves_the_first(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    general, random = team.channel("general", members=[alice]), team.channel("random", members=[alice])
    first = await alice.huddles(general)
    second = await alice.huddles(random)
    assert first.room is not None
    assert first.room["has_ended"]
    assert second.room is not None
    assert alice.user.huddle == second.room["id"]


async def test_user_groups_are_heard_and_listed(server: Sandbox, team: TeamHandle) -> None:
    alice, bob = team.people(["Alice", "Bob"])
    async with by_http(server, team) as app:
        group = team.group("Open Mentors", [alice])
        assert team.group("Open Mentors") is group
        team.changes_group(group, add=[bob], remove=[alice])
        await server.delivered()
        (changed,) = app.events("subteam_members_changed")
        assert (changed["added_users"], changed["removed_users"]) == ([bob.id], [alice.id])
        assert app.events("subteam_created")[0]["subteam"]["handle"] == "open-mentors"
        listed = (await app.client.usergroups_list(include_users=True))["usergroups"]
        assert [(one["id"], one["users"]) for one in listed] == [(group.id, [bob.id])]
        assert (await app.client.usergroups_users_list(usergroup=group.id))["users"] == [bob.id]
        team.switches_group(group, on=False)
        assert (await app.client.usergroups_list())["usergroups"] == []


async def test_people_of_another_workspace_are_strangers_in_a_shared_channel(server: Sandbox, team: TeamHandle) -> None:
    beta = server.team("Beta", installed=False)
    alice, bea = team.person("Alice"), beta.person("Bea")
    shared = team.shares(team.channel("shared", members=[alice]), beta)
    async with by_http(server, team) as app:
        await bea.joins(shared)
        message = await bea.says(shared, "hello from Beta")
        heard = await app.hears("message", subtype="")
        assert (heard["user"], heard["user_team"], heard["source_team"]) == (bea.id, beta.id, beta.id)
        envelope = next(one for one in app.bodies if one["event"] == heard)
        assert (envelope["is_ext_shared_channel"], envelope["team_id"]) == (True, beta.id)
        assert envelope["context_team_id"] == envelope["authorizations"][0]["team_id"] == team.id
        assert app.events("member_joined_channel")[0]["team"] == beta.id
        shown = (await app.client.users_info(user=bea.id))["user"]
        assert (shown["is_stranger"], shown["team_id"], "email" in shown["profile"]) == (True, beta.id, False)
        about = (await app.client.conversations_info(channel=shared.id))["channel"]
        assert (about["is_ext_shared"], about["connected_team_ids"]) == (True, [beta.id])
        await alice.reacts(message, "wave")
        assert (await app.hears("reaction_added"))["item_user"] == bea.id
        assert "is_stranger" not in (await app.client.users_info(user=alice.id))["user"]
        team.unshares(shared, beta)
        assert bea.id not in shared.members


async def test_an_app_in_both_workspaces_hears_once_and_may_ask_who_else_does(
    server: Sandbox, team: TeamHandle
) -> None:
    beta = server.team("Beta")
    alice = team.person("Alice")
    shared = team.shares(team.channel("shared", members=[alice]), beta)
    beta.bot_joins(shared)
    async with by_http(server, team) as app:
        await alice.says(shared, "hello")
        await app.hears("message")
        await server.delivered()
        (envelope,) = [one for one in app.bodies if one["event"]["type"] == "message"]
        answer = await app.client.apps_event_authorizations_list(
            token=server.app.app_token, event_context=envelope["event_context"]
        )
        assert [one["team_id"] for one in answer["authorizations"]] == [team.id, beta.id]
        assert len(envelope["authorizations"]) == 1


async def test_workspaces_are_apart(server: Sandbox, team: TeamHandle) -> None:
    beta = server.team("Beta")
    assert server.team("Beta").id == beta.id
    alice, other = team.person("Alice"), beta.person("Alice")
    assert alice.id != other.id
    general = beta.channel("general", members=[other])
    async with by_http(server, team) as app:
        await other.says(general, "in Beta")
        await app.hears("message")
        assert app.bodies[-1]["team_id"] == beta.id
        assert app.bodies[-1]["authorizations"][0]["user_id"] == beta.bot.id
        people = (await app.client.users_list())["members"]
        assert other.id not in {one["id"] for one in people}


async def test_two_apps_in_a_workspace_are_apart(server: Sandbox, team: TeamHandle) -> None:
    other = server.register("Other")
    token = team.install(other)
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    async with by_http(server, team) as app:
        await alice.says(general, "mine")
        with pytest.raises(SlackApiError, match="not_in_channel"):
            await app.client.conversations_history(token=token, channel=general.id)
        await app.hears("message")
        assert alice.bot_of(other).real_name == "Other"
        assert {one["api_app_id"] for one in app.bodies} == {server.app.id}


async def test_guests_and_machines_are_marked_as_such(server: Sandbox, team: TeamHandle) -> None:
    guest, single = team.guest("Guest"), team.guest("Single", single_channel=True)
    robot, hook, flow = team.machine("Robot"), team.webhook("Deploys"), team.workflow("Welcome")
    general = team.channel("general", members=[guest, robot])
    async with by_http(server, team) as app:
        people = {one["id"]: one for one in (await app.client.users_list())["members"]}
        assert (people[guest.id]["is_restricted"], people[guest.id]["is_ultra_restricted"]) == (True, False)
        assert people[single.id]["is_ultra_restricted"]
        assert (people[robot.id]["is_bot"], people[flow.id]["is_workflow_bot"]) == (True, True)
        await robot.says(general, "beep")
        await hook.says(general, "deployed")
        await flow.says(general, "welcome")
        await app.hears("message", 3)
        await server.delivered()
        texts = {one["text"]: one for one in app.events("message")}
        assert (texts["beep"]["user"], texts["beep"]["bot_id"]) == (robot.id, robot.user.bot_id)
        for text, who in (("deployed", hook), ("welcome", flow)):
            assert (texts[text]["subtype"], texts[text]["username"]) == ("bot_message", who.user.real_name)
            assert "user" not in texts[text]
        assert texts["welcome"]["bot_profile"]["is_workflow_bot"]
        assert all(act.bot for act in server.ledger.acts("message"))


async def test_channels_are_heard_of_as_they_change(server: Sandbox, team: TeamHandle) -> None:
    async with by_http(server, team) as app:
        general = team.channel("general")
        aside = team.private("aside")
        team.renames(general, "lobby")
        team.renames(aside, "nook")
        team.archives(general)
        team.archives(general, on=False)
        team.deletes(general)
        await server.delivered()
        assert [one["channel"]["id"] for one in app.events("channel_created")] == [general.id]
        assert app.events("channel_rename")[0]["channel"]["name"] == "lobby"
        assert app.events("group_rename")[0]["channel"]["id"] == aside.id
        (told,) = app.events("message", "channel_name")
        assert (told["old_name"], told["name"]) == ("general", "lobby")
        for kind in ("channel_archive", "channel_unarchive", "channel_deleted"):
            assert [one["channel"] for one in app.events(kind)] == [general.id]
        assert general.id not in server.world.channels


async def test_files_pins_and_words_in_the_third_person_are_heard(server: Sandbox, team: TeamHandle) -> None:
    alice, bob = team.people(["Alice", "Bob"])
    general = team.channel("general", members=[alice, bob])
    async with by_http(server, team) as app:
        shared = await alice.shares(general, "plan.pdf", b"%PDF", "the plan")
        await bob.pins(shared)
        await bob.unpins(shared)
        await alice.acts(general, "waves")
        await alice.causes(general, "channel_topic", "set the topic")
        await server.delivered()
        (told,) = app.events("message", "file_share")
        assert (told["user"], told["files"][0]["mimetype"]) == (alice.id, "application/pdf")
        assert app.events("file_shared")[0]["user_id"] == alice.id
        (pinned,) = app.events("pin_added")
        assert (pinned["user"], pinned["item"]["message"]["ts"]) == (bob.id, shared.ts)
        assert app.events("pin_removed")[0]["has_pins"] is False
        assert app.events("message", "me_message")[0]["text"] == "waves"
        kinds = [(act.kind, act.detail) for act in server.ledger.acts(who=alice.id)]
        assert kinds == [("message", "file_share"), ("message", "me_message")]


async def test_the_bot_is_brought_in_and_thrown_out(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    general = team.channel("general", members=[alice], bot=False)
    async with by_http(server, team) as app:
        await alice.says(general, "before")
        await alice.invites_bot(general)
        joined = await app.hears("member_joined_channel")
        assert (joined["user"], joined["inviter"]) == (team.bot.id, alice.id)
        await alice.throws_bot_out(general)
        await app.hears("member_left_channel")
        await alice.says(general, "after")
        await server.delivered()
        assert app.events("message", "") == []


async def test_events_of_any_kind_can_be_sent(server: Sandbox, team: TeamHandle) -> None:
    async with by_http(server, team) as app:
        assert server.tell(team, {"type": "moon_rose", "event_ts": "1.1"})
        await app.hears("moon_rose")
        again = app.bodies[-1]
        assert await server.emit_many(team, [again, again]) == 2
        assert [one["event_id"] for one in app.bodies] == [again["event_id"]] * 3


async def test_people_who_do_not_see_something_cannot_use_it(server: Sandbox, team: TeamHandle) -> None:
    alice, bob = team.people(["Alice", "Bob"])
    general = team.channel("general", members=[alice])
    with pytest.raises(ValueError, match="not in the channel"):
        await bob.uses("/cairn", "me", general)
    async with by_http(server, team) as app:
        buttons = [{"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": _plain("A")}]}]
        await app.client.chat_postMessage(channel=general.id, text="x", blocks=buttons)
        (message,) = general.messages.values()
        with pytest.raises(ValueError, match="does not see"):
            await bob.clicks(message, "a")


def _plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}
