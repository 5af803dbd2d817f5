"""The ledger holds everything that was accepted, nothing else, and no text."""

from __future__ import annotations

from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.ledger import Act
from tests.integrations.sandbox.discord.clients import Client, connected
from tests.integrations.sandbox.discord.library import discord


async def test_every_act_of_people_is_written_down_in_order(server: Sandbox) -> None:
    guild = server.guild("Garden")
    general, lounge = guild.text("general"), guild.voice("lounge")
    alice, bob, carol = guild.person("alice"), guild.person("bob"), server.person("carol")
    await carol.joins(guild)
    first = await alice.says(general, "hello", mentions=[bob])
    answer = await bob.says(general, "yes", replies_to=first)
    await carol.reacts(first, "👍")
    await carol.takes_back(first, "👍")
    await alice.edits(first, "changed")
    await bob.deletes(answer)
    thread = await alice.opens_thread(first, "about")
    await bob.joins_voice(lounge)
    await bob.leaves_voice(guild)
    call = await alice.plans(guild, "call", server.world.clock() + 1000, "online")
    await bob.interested(call)
    await bob.gets_role(guild, guild.role("gardener"))
    await bob.completes_onboarding(guild)
    await carol.leaves(guild)
    kinds = [act.kind for act in server.ledger.acts()]
    assert kinds == [
        "join", "message", "mention", "reply", "reaction", "reaction_removed", "edit", "delete", "thread",
        "voice_join", "voice_leave", "event", "rsvp", "role", "onboarding", "leave",
    ]  # fmt: skip
    replied = server.ledger.acts("reply")[0]
    assert replied == Act(
        at=replied.at, kind="reply", who=str(bob.id), space=str(guild.id), place=str(general.id),
        what=str(answer.id), about=str(first.id),
    )  # fmt: skip
    assert server.ledger.acts("thread")[0].about == str(first.id) == str(thread.id)
    assert [act.kind for act in server.ledger.acts(who=str(carol.id))] == [
        "join",
        "reaction",
        "reaction_removed",
        "leave",
    ]


async def test_history_is_dated_at_its_own_moment() -> None:
    async with Sandbox(Settings(clock=lambda: 1_800_000_000_000)) as server:
        guild = server.guild("Garden")
        alice, general = guild.person("alice"), guild.text("general")
        await alice.at(1_700_000_000_000).says(general, "old")
        await alice.says(general, "new")
        assert [act.at for act in server.ledger.acts("message")] == [1_700_000_000_000, 1_800_000_000_000]


async def test_requests_are_kept_without_what_was_written(server: Sandbox) -> None:
    general = server.guild("Garden").text("general")
    async with connected(server, Client()) as client:
        channel = client.get_channel(general.id)
        assert isinstance(channel, discord.TextChannel)
        sent = await channel.send("a secret word", nonce="row-1")
    request = server.ledger.sent(general.id)[0]
    assert (request.method, request.route) == ("POST", "/channels/{channel_id}/messages")
    assert (request.made, request.path["channel_id"]) == (str(sent.id), str(general.id))
    assert request.values["nonce"] == "row-1"
    assert "content" in request.keys
    assert "secret" not in repr(server.ledger.entries)
    assert server.token not in repr(server.ledger.entries)


async def test_ids_are_unique_and_rise_while_the_clock_stands() -> None:
    async with Sandbox(Settings(clock=lambda: 1_800_000_000_000)) as server:
        guild = server.guild("Garden")
        alice, general = guild.person("alice"), guild.text("general")
        written = [(await alice.says(general, "x")).id for _ in range(50)]
        placed = [(await alice.at(1_800_000_000_000).says(general, "x")).id for _ in range(50)]
    assert written == sorted(set(written))
    assert placed == sorted(set(placed))
    assert not set(written) & set(placed)
