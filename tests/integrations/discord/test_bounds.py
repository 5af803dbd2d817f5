"""What is kept in memory stays below its bounds, and forgetting costs nothing but work."""

from __future__ import annotations

import tracemalloc

from bot.ports import Account
from integrations.discord.payloads.people import People
from integrations.discord.payloads.roles import Holders
from tests.integrations.discord.payloads import GENERAL, GUILD, guild, told, user


def test_accounts_are_made_once_until_there_are_too_many() -> None:
    people = People(own="98", room=100)
    first = people.user(user("11"))
    assert people.by_id("11") is first
    robots = [people.user(user(str(number), bot=True)) for number in range(1_000, 1_150)]
    assert people.by_id("11") == first
    assert all(people.by_id(one.id) == one == Account("discord", "", one.id, bot=True) for one in robots)
    assert people.by_id("98").bot


def test_account_learnt_to_be_a_machine_is_one_from_there_on() -> None:
    people = People()
    assert not people.by_id("11").bot
    assert people.user(user("11", bot=True)).bot
    assert people.by_id("11").bot
    assert people.user(user("11")).bot


def test_roles_of_a_hundred_thousand_members_take_less_than_300_bytes_each() -> None:
    holders = Holders()
    tracemalloc.start()
    for number in range(100_000):
        holders.hold(str(10**18 + number), [str(800 + number % 50), "7"])
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(holders) == 100_000
    assert size / 100_000 < 300


def test_members_whose_roles_are_known_are_bounded() -> None:
    holders = Holders(most=10)
    for number in range(25):
        holders.hold(str(number), ["7"])
    assert len(holders) == 10
    assert holders.change("3", ["8"]) == (set(), set())
    assert holders.change("24", ["8"]) == ({8}, {7})


def test_ballots_are_bounded() -> None:
    known = guild()
    for number in range(10_050):
        vote = {
            "user_id": str(number + 1_000),
            "channel_id": GENERAL,
            "guild_id": GUILD,
            "message_id": "5",
            "answer_id": 1,
        }
        assert told("MESSAGE_POLL_VOTE_ADD", vote, known)
    assert len(known.ballots) == 10_000
