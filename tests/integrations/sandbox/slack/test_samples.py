"""What the sandbox sends has the keys and types of Slack's own payloads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from yarl import URL

from integrations.sandbox.exchanges import Exchange
from integrations.sandbox.slack.interactions.uses import Use
from integrations.sandbox.slack.limits import LIFTED
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.sandbox.slack.teams import TeamHandle
from tests.integrations.sandbox.slack.agreement import differences
from tests.integrations.sandbox.slack.answering import answering
from tests.integrations.sandbox.slack.clients import Hearing, by_http, web_client
from tests.integrations.sandbox.slack.showing import BUTTONS, form

Json = dict[str, Any]


@pytest.fixture
def samples(shared_data: Path) -> Path:
    folder = shared_data / "slack-samples"
    if not folder.is_dir():
        pytest.skip("the folder ../shared/data/slack-samples is not there")
    return folder


def test_agreement_finds_what_is_unknown_and_of_another_type() -> None:
    theirs = {"a": "", "b": [{"type": "x", "n": 1}, {"type": "y", "s": ""}], "c": {}}
    assert differences({"a": "x", "b": [{"type": "y", "s": "t"}], "c": {"any": 1}}, theirs) == []
    assert differences({"a": 1, "z": 1}, theirs) == ["/z: unknown", "/a: int for str"]
    assert differences({"b": [{"type": "x", "s": ""}]}, theirs) == ["/b[]/s: unknown"]
    assert differences({"a": None, "b": []}, theirs) == []


async def _everything(server: Sandbox, team: TeamHandle) -> None:
    """Let one thing of each kind happen that an app hears of."""
    alice, bob = team.people(["Alice", "Bob"])
    general = team.channel("general", members=[alice, bob])
    message = await alice.says(general, "hello", [bob, team.bot])
    answer = await bob.replies(message, "yes", broadcast=True)
    await bob.edits(answer, "no")
    await bob.deletes(answer)
    await bob.reacts(message, "tada")
    await bob.takes_back(message, "tada")
    await alice.shares(general, "a.png")
    await alice.acts(general, "waves")
    await alice.pins(message)
    await alice.unpins(message)
    await team.webhook("Deploys").says(general, "done")
    await alice.huddles(general)
    await alice.leaves_huddle()
    carol = team.person("Carol")
    await carol.joins_team()
    await carol.joins(general, alice)
    await carol.leaves(general)
    await carol.wants_quiet(1_700_000_000_000, 1_700_000_001_000)
    await carol.leaves_team()
    group = team.group("Mentors", [alice])
    team.changes_group(group, add=[bob])
    team.renames(general, "lobby")
    team.shares(general, server.team("Beta", installed=False))
    team.archives(general)
    team.archives(general, on=False)
    team.deletes(general)
    await alice.opens_home()
    team.uninstalls()


_NAMES = {
    "dnd_updated_user": "DndUpdatedUser",
    "message.bot_message": "MessageBot",
    "message.me_message": "MessageMe",
    "message.message_changed": "MessageChanged",
    "message.message_deleted": "MessageDeleted",
}
# what Slack's reference has and the samples, which are older, do not
_KNOWN = (
    "/event/event_ts",
    "/event/cache_ts",
    "/context_team_id",
    "/context_enterprise_id",
    "/event/message/room",
    "/event/message/no_notifications",
    "/event/message/permalink",
    "/event/previous_message/room",
    "/event/previous_message/no_notifications",
    "/event/previous_message/permalink",
    "/event/user/profile/huddle_state_call_id",
    "/event/user/profile/status_emoji_display_info",
)


def _sample(samples: Path, body: Json) -> Json | None:
    """Return Slack's payload of the same kind; for a few kinds there is none."""
    event = body["event"]
    kind = f"message.{event['subtype']}" if event.get("subtype") else event["type"]
    plain = kind.replace("message.", "message_") if kind not in _NAMES else kind
    name = _NAMES.get(kind, "".join(part.capitalize() for part in plain.split("_")))
    path = samples / "events" / f"{name}Payload.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


async def test_events_agree_with_slacks_own(samples: Path) -> None:
    async with Sandbox(Settings(limits=LIFTED)) as server, answering() as url:
        server.app.reached_at(url.url)
        await _everything(server, server.team("Acme"))
        await server.delivered()
        wrong: set[str] = set()
        unknown: set[str] = set()
        for body, _ in url.came:
            event = body["event"]
            name = f"{event['type']}.{event.get('subtype', '')}"
            sample = _sample(samples, body)
            if sample is None:
                unknown.add(name)
            else:
                wrong |= {f"{name} {one}" for one in differences(body, sample) if not one.startswith(_KNOWN)}
        assert sorted(wrong) == []
        assert unknown == {"message.huddle_thread"}


async def test_a_huddles_room_agrees_with_slacks_own(samples: Path, server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    told = await alice.huddles(team.channel("general", members=[alice]))
    sample = json.loads((samples / "events" / "MessageThreadBroadcastPayload.json").read_text(encoding="utf-8"))
    # the samples leave out what holds ids only; exports of real workspaces have it
    ids = ("participant", "attached", "channels", "pending", "last_invite", "knocks")
    wrong = differences(told.room, sample["event"]["root"]["room"])
    assert [one for one in wrong if not one.removeprefix("/").startswith(ids)] == []


def _alike(samples: Path, body: Json) -> Json:
    """Return Slack's payload of an interaction of the same kind."""
    names = {
        "block_actions": "interactive-components/BlockActionPayload",
        "message_action": "interactive-components/MessageShortcutPayload",
        "view_closed": "views/ViewClosedPayload",
        "view_submission": "views/ViewSubmissionPayload",
        "": "slash-commands/SlashCommandPayload",
    }
    path = samples / "app-backend" / f"{names[body.get('type', '')]}.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


# Slack's reference has these, and the samples leave them out
_KNOWN_OF_INTERACTIONS = ("/message/blocks[]/elements[]/options", "/response_urls", "/view/blocks")


async def test_interactions_agree_with_slacks_own(samples: Path) -> None:
    async with Sandbox(Settings(limits=LIFTED)) as server:
        team = server.team("Acme")
        async with by_http(server, team) as app:
            await _every_interaction(server, team, app)
            kinds = set()
            for body in app.bodies:
                if body.get("type") in ("event_callback", "shortcut"):
                    continue
                kinds.add(body.get("type", ""))
                # of the form of a command, every value is text
                said = {**body, "is_enterprise_install": False} if "command" in body else body
                found = differences(said, _alike(samples, body))
                assert [one for one in found if not one.startswith(_KNOWN_OF_INTERACTIONS)] == [], body.get("type")
            assert kinds == {"", "block_actions", "message_action", "view_closed", "view_submission"}


async def _every_interaction(server: Sandbox, team: TeamHandle, app: Hearing) -> None:
    """Let a person use everything once."""
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    app.takes_everything()
    message = await alice.says(general, "look")
    await (await alice.shortcut("thank", message)).answered()
    await (await alice.shortcut("new")).answered()
    await (await alice.uses("/cairn", "me", general)).answered()
    view = (await app.client.views_open(trigger_id=app.trigger(), view=form(notify_on_close=True)))["view"]["id"]
    await (await alice.submits(server.hub.private.views[view], {"name": "Bob"})).answered()
    again = (await app.client.views_open(trigger_id=app.trigger(), view=form(notify_on_close=True)))["view"]["id"]
    await (await alice.closes(server.hub.private.views[again])).answered()
    await app.client.chat_postMessage(channel=general.id, text="choose", blocks=BUTTONS)
    await (await alice.clicks(list(general.messages.values())[-1], "go")).answered()
    await app.client.views_publish(user_id=alice.id, view={"type": "home", "blocks": BUTTONS})
    assert alice.home is not None
    await (await alice.clicks(alice.home, "go")).answered()


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_answers_agree_with_slacks_own(samples: Path) -> None:
    exchanges: list[Exchange] = []
    async with Sandbox(Settings(limits=LIFTED, watch=exchanges.append)) as server:
        team = server.team("Acme")
        alice = team.person("Alice")
        general = team.channel("general", members=[alice])
        team.group("Mentors", [alice])
        async with web_client(server, team.token) as client:
            await client.auth_test()
            await client.bots_info(bot=team.bot.bot_id)
            await client.chat_postEphemeral(channel=general.id, user=alice.id, text="psst")
            await client.conversations_info(channel=general.id, include_num_members=True)
            await client.conversations_list(types="public_channel,private_channel,im,mpim")
            await client.conversations_members(channel=general.id)
            await client.team_info()
            await client.usergroups_list(include_users=True, include_count=True)
            await client.users_info(user=alice.id, include_locale=True)
            await client.users_list()
            await client.views_publish(user_id=alice.id, view={"type": "home", "blocks": BUTTONS})
            await client.apps_connections_open(app_token=server.app.app_token)
            use = Use(server.hub, alice.id)
            trigger = server.hub.triggers.new(server.app.id, use)
            await client.views_open(trigger_id=trigger, view=form())
            await client.views_update(view_id=use.view.id, view=form())
            code = URL(alice.accepts(_asks(server))).query["code"]
            said = {"client_id": server.app.client_id, "client_secret": server.app.client_secret, "code": code}
            await client.oauth_v2_access(**said)
        wrong = {}
        for one in exchanges:
            sample = samples / f"api-{one.path.removeprefix('/')}.json"
            found = differences(one.answer, json.loads(sample.read_text(encoding="utf-8")))
            found = [said for said in found if not said.startswith("/view/blocks")]
            wrong[one.path] = found
        assert {path: found for path, found in wrong.items() if found} == {}
        assert len(wrong) == 15


def _asks(server: Sandbox) -> str:
    asked = {"client_id": server.app.client_id, "scope": "commands", "redirect_uri": "http://127.0.0.1:1/back"}
    return f"{server.root}/oauth/v2/authorize?{urlencode(asked)}"
