"""Reactions, thanks and votes: given, taken back, and cleared by moderators."""

from __future__ import annotations

import pytest

from bot.ports import Held, Kind
from integrations.discord.payloads.reactions import each_taken
from tests.integrations.discord.payloads import (
    ANN,
    BEN,
    GENERAL,
    GUILD,
    HIDDEN,
    NOW,
    Record,
    guild,
    member,
    reaction,
    snowflake,
    told,
    unreaction,
    user,
)

AT = NOW - 90_000_000
ID = snowflake(AT, 7)
CLAP = {"id": None, "name": "👏"}
VOTE = {"user_id": "12", "channel_id": GENERAL, "guild_id": GUILD, "message_id": ID, "answer_id": 1}


def test_thanks_are_a_reaction_and_more() -> None:
    reacted, thanked = told("MESSAGE_REACTION_ADD", reaction(ID))
    assert (reacted.kind, reacted.target, reacted.at) == (Kind.REACTION, None, NOW)
    assert (thanked.kind, thanked.account, thanked.target) == (Kind.THANKS, BEN, ANN)
    assert (thanked.key, thanked.key_person, thanked.parent) == (f"d:{ID}/thanks/🙏", BEN, f"d:{ID}")
    assert thanked.key_day == AT // 86_400_000


@pytest.mark.parametrize(
    "act",
    [
        reaction(ID, emoji=CLAP),
        reaction(ID, who="11"),
        reaction(ID, message_author_id=None),
        reaction(ID, message_author_id="98"),
    ],
    ids=["another emoji", "oneself", "unknown author", "our own message"],
)
def test_reaction_that_thanks_nobody_is_a_reaction(act: Record) -> None:
    assert [one.kind for one in told("MESSAGE_REACTION_ADD", act)] == [Kind.REACTION]


def test_thanks_by_a_servers_own_emoji_go_by_its_id() -> None:
    act = reaction(ID, emoji={"id": "5500", "name": "thanks", "animated": False}, burst=True, type=1)
    assert [one.key for one in told("MESSAGE_REACTION_ADD", act)] == [f"d:{ID}/r/5500", f"d:{ID}/thanks/5500"]


@pytest.mark.parametrize(
    "act",
    [
        reaction(ID, member=member() | {"user": user("12", bot=True)}),
        reaction(ID, who="98"),
        reaction(ID, member=member("802") | {"user": user("12")}),
        reaction(ID, channel_id=HIDDEN),
    ],
    ids=["bot", "ourselves", "left out by role", "private channel"],
)
def test_reaction_of_nobody_who_counts_says_nothing(act: Record) -> None:
    assert told("MESSAGE_REACTION_ADD", act) == []


def test_taking_back_takes_both_back() -> None:
    known = guild()
    given = told("MESSAGE_REACTION_ADD", reaction(ID), known)
    taken = told("MESSAGE_REACTION_REMOVE", unreaction(ID), known)
    assert [(one.kind, one.key, one.key_person, one.retracted) for one in taken] == [
        (one.kind, one.key, one.key_person, True) for one in given
    ]


def test_changes_of_mind_within_a_millisecond_end_as_they_should() -> None:
    known = guild()
    acts = [("ADD", reaction(ID)), ("REMOVE", unreaction(ID)), ("ADD", reaction(ID))]
    versions = [told(f"MESSAGE_REACTION_{name}", d, known)[0].version for name, d in acts]
    assert versions == sorted(set(versions))


def test_reactions_that_went_by_emoji_are_gone_for_each_of_whom_they_are_stored() -> None:
    known = guild()
    [given] = told("MESSAGE_REACTION_ADD", reaction(ID, emoji=CLAP), known)
    event = {"channel_id": GENERAL, "guild_id": GUILD, "message_id": ID, "emoji": CLAP}
    [gone] = told("MESSAGE_REACTION_REMOVE_EMOJI", event, known)
    [taken] = each_taken(gone, [Held(BEN, 0, True), Held(ANN, 0, False)])
    assert (taken.key, taken.key_day, taken.key_person, taken.account) == (given.key, given.key_day, BEN, BEN)
    assert (taken.retracted, taken.version > given.version) == (True, True)


def test_several_answers_in_a_poll_are_one_act_until_the_last_is_taken_back() -> None:
    known = guild()
    steps = [("ADD", 1), ("ADD", 2), ("REMOVE", 1), ("REMOVE", 2), ("ADD", 3)]
    found = [told(f"MESSAGE_POLL_VOTE_{name}", VOTE | {"answer_id": answer}, known) for name, answer in steps]
    assert [[one.retracted for one in part] for part in found] == [[False], [False], [], [True], [False]]
    assert {(one.kind, one.key, one.account) for part in found for one in part} == {
        (Kind.POLL_VOTE, f"d:{ID}/vote", BEN)
    }


def test_what_was_voted_for_is_kept_nowhere_in_the_signal() -> None:
    one, other = (told("MESSAGE_POLL_VOTE_ADD", VOTE | {"answer_id": answer}) for answer in (3, 4))
    assert one == other
