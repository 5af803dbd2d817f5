"""Cairn on a made-up Discord, with the real client: what people do is stored once, whatever befalls the connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.ports import ConfigError, Kind
from tests.scenarios.listeners import Cairn, cairn_on, true, until


@pytest.fixture
async def cairn(database_url: str) -> AsyncIterator[Cairn]:
    async with cairn_on(database_url) as made:
        yield made


async def test_what_people_do_is_stored(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, (alice, bob) = guild.text("general"), guild.people(["alice", "bob"])
    async with cairn.listening():
        first = await alice.says(general, "hello")
        await bob.says(general, "yes", replies_to=first)
        await bob.reacts(first, "👍")
        gone = await alice.says(general, "oops")
        await alice.deletes(gone)
        await guild.bot("helper").says(general, "beep")
        await cairn.hears({Kind.MESSAGE: 1, Kind.REPLY: 1, Kind.REACTION: 1, Kind.MENTION: 1})


async def test_what_happened_while_cairn_was_down_is_made_good(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, (alice, bob) = guild.text("general"), guild.people(["alice", "bob"])
    async with cairn.listening():
        await alice.says(general, "hello")
        await cairn.hears({Kind.MESSAGE: 1})
    missed = [await bob.says(general, f"{n}") for n in range(130)]
    await alice.reacts(missed[-1], "👍")
    await bob.deletes(missed[0])
    async with cairn.listening():
        await alice.says(general, "back again")
        await cairn.hears({Kind.MESSAGE: 131, Kind.REACTION: 1})
        await until(lambda: _all(cairn.gaps))
    assert await cairn.gaps() == [True]


async def _all(gaps: Callable[[], Awaitable[list[bool]]]) -> bool:
    found = await gaps()
    return bool(found) and all(found)


async def test_lost_sessions_lose_nothing(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    async with cairn.listening() as discord:
        for n in range(3):
            await alice.says(general, f"before {n}")
            cairn.server.gateway.drop()
            await alice.says(general, f"meanwhile {n}")
        await cairn.hears({Kind.MESSAGE: 6})
        await until(lambda: true(discord.connected))
        cairn.server.gateway.invalidate(resumable=False)
        await alice.says(general, "while there is no session")
        await cairn.hears({Kind.MESSAGE: 7})


async def test_wrong_token_is_one_sentence_and_not_tried_again(cairn: Cairn) -> None:
    with pytest.raises(ConfigError, match="CAIRN_DISCORD_TOKEN: Discord does not know this token"):
        await cairn.discord(token="wrong").run(cairn.host)  # noqa: S106 - it is wrong


async def test_intent_that_is_not_allowed_is_named_with_the_page_to_allow_it(cairn: Cairn) -> None:
    cairn.server.guild("Garden")
    cairn.server.world.application.privileged = 0
    with pytest.raises(ConfigError, match=r"CAIRN_DISCORD_MEMBERS: .*https://discord\.com/developers"):
        await cairn.discord(members=True).run(cairn.host)
