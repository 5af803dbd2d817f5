"""The ledger holds everything that was accepted, in the shape that the other sandboxes have it, and no words."""

from __future__ import annotations

from integrations.sandbox.ledger import Act
from integrations.sandbox.slack.limits import LIFTED
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.sandbox.slack.teams import TeamHandle
from tests.integrations.sandbox.slack.clients import by_http
from tests.integrations.sandbox.slack.showing import BUTTONS, form


async def test_every_act_of_people_is_written_down_in_order(server: Sandbox, team: TeamHandle) -> None:
    alice, bob, carol = team.people(["Alice", "Bob", "Carol"])
    general = team.channel("general", members=[alice, bob])
    await carol.joins_team()
    await carol.joins(general)
    first = await alice.says(general, "hello", [bob])
    answer = await bob.replies(first, "yes")
    await carol.reacts(first, "tada")
    await carol.takes_back(first, "tada")
    await alice.edits(first, "changed")
    await bob.deletes(answer)
    await alice.huddles(general)
    await alice.leaves_huddle()
    await carol.leaves(general)
    await carol.leaves_team()
    kinds = [act.kind for act in server.ledger.acts() if act.who != team.owner.id]
    assert kinds == [
        "join", "channel_join", "message", "mention", "reply", "reaction", "reaction_removed", "edit", "delete",
        "huddle", "huddle_left", "channel_leave", "leave",
    ]  # fmt: skip
    replied = server.ledger.acts("reply")[0]
    assert replied == Act(
        at=replied.at, kind="reply", who=bob.id, space=team.id, place=general.id, what=answer.ts, about=first.ts
    )  # fmt: skip
    reacted = server.ledger.acts("reaction")[0]
    assert (reacted.what, reacted.about, reacted.detail) == (first.ts, alice.id, "tada")


async def test_what_people_use_is_written_down(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    async with by_http(server, team) as app:
        app.takes_everything()
        message = await alice.says(general, "look")
        await (await alice.shortcut("thank", message)).answered()
        await app.client.views_open(trigger_id=app.trigger(), view=form())
        await (await alice.submits(alice.views[0], {"name": "Bob"})).answered()
        await (await alice.uses("/cairn", "canary", general)).answered()
        sent = await app.client.chat_postMessage(channel=general.id, text="x", blocks=BUTTONS)
        await (await alice.clicks(general.messages[sent["ts"]], "go")).answered()
    acts = [(act.kind, act.place, act.about) for act in server.ledger.acts(who=alice.id)]
    assert acts == [
        ("message", general.id, ""),
        ("shortcut", general.id, message.ts),
        ("form", "", ""),
        ("command", general.id, ""),
        ("click", general.id, sent["ts"]),
    ]


async def test_history_is_dated_at_its_own_moment() -> None:
    async with Sandbox(Settings(clock=lambda: 1_800_000_000_000, limits=LIFTED)) as server:
        team = server.team("Acme")
        alice = team.person("Alice")
        general = team.channel("general", members=[alice])
        old = await alice.at(1_700_000_000_000).says(general, "old")
        new = await alice.says(general, "new")
        assert [act.at for act in server.ledger.acts("message")] == [1_700_000_000_000, 1_800_000_000_000]
        assert (old.ts, new.ts > old.ts) == ("1700000000.000000", True)
        server.passes(60)
        assert (await alice.says(general, "later")).ts.startswith("1800000060.")


async def test_requests_are_kept_without_what_was_written(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    async with by_http(server, team) as app:
        metadata = {"event_type": "cairn", "event_payload": {"key": "canary"}}
        sent = await app.client.chat_postMessage(channel=general.id, text=f"canary <@{alice.id}>", metadata=metadata)
        await app.client.chat_postEphemeral(channel=general.id, user=alice.id, text="canary")
    (request,) = server.ledger.requests("POST", "chat.postMessage")
    assert request.keys == ("channel", "metadata", "text")
    assert (request.made, request.values["channel"], request.values["pings"]) == (sent["ts"], general.id, (alice.id,))
    assert [one.values.get("private", False) for one in server.ledger.sent(general.id)] == [False, True]
    assert "canary" not in repr(server.ledger.entries)
    assert team.token not in repr(server.ledger.entries) + repr(team)
    assert server.app.signing_secret not in repr(server.app)
