"""The audit log: who administered, when and where, and which roles were given and taken; nothing else of it."""

from __future__ import annotations

import pytest

from bot.ports import Context, Kind
from tests.integrations.discord.payloads import (
    ANN,
    BEN,
    EVERY_KIND,
    GENERAL,
    GUILD,
    HIDDEN,
    NOW,
    THANKFUL,
    Record,
    guild,
    member,
    role,
    snowflake,
    told,
    user,
)

NAME = "GUILD_AUDIT_LOG_ENTRY_CREATE"
WRITTEN = "rude to everybody"
NUMBER = snowflake(NOW - 5)


def entry(action: int, by: str | None = "12", target: str | None = "11", **more: object) -> Record:
    """Return an entry of the log, with a reason as people write them."""
    frame = {"id": NUMBER, "action_type": action, "user_id": by, "target_id": target, "guild_id": GUILD}
    return frame | {"reason": WRITTEN} | more


@pytest.mark.parametrize("action", [20, 22, 24, 26, 31, 72, 140])
def test_who_administered_is_known_and_neither_whom_it_concerned_nor_why(action: int) -> None:
    [found] = told(NAME, entry(action, changes=[{"key": "nick", "new_value": WRITTEN}]))
    assert (found.kind, found.account, found.at, found.version) == (Kind.MODERATION, BEN, NOW - 5, NOW - 5)
    assert (found.key, found.target, found.key_person) == (f"d:{NUMBER}/audit", None, None)
    assert ANN.id not in repr(found).replace(NUMBER, "")
    assert WRITTEN not in repr(found)


@pytest.mark.parametrize(
    ("of", "where"),
    [
        (entry(11, target=GENERAL), Context(place=GENERAL, name="name700")),
        (entry(72, options={"channel_id": GENERAL, "count": "3"}), Context(place=GENERAL, name="name700")),
        (entry(11, target=HIDDEN), Context()),
        (entry(12, target="715"), Context()),
        (entry(31, target="801"), Context()),
    ],
    ids=["channel", "message in a channel", "private channel", "channel that is gone", "role"],
)
def test_channel_that_counts_is_where_it_was_done(of: Record, where: Context) -> None:
    assert [one.context for one in told(NAME, of)] == [where]


@pytest.mark.parametrize(
    "of",
    [entry(24, by="12", target="12"), entry(25, by="12", target="12"), entry(20, by="98"), entry(20, by=None),
     entry(40), entry(102), entry(110), entry(143), entry(10_000)],
    ids=["own nickname", "own role", "Cairn", "nobody", "invite", "event", "thread", "machine's moderation", "new"],
)  # fmt: skip
def test_what_anybody_does_and_machines_do_is_no_moderation(of: Record) -> None:
    assert told(NAME, of) == []


def test_machine_is_known_by_its_own_role_before_it_does_anything() -> None:
    known = guild(roles=[role(GUILD, "@everyone"), role("805", "Warden", managed=True, tags={"bot_id": "12"})])
    assert told(NAME, entry(20), known) == []


def test_moderation_that_no_rule_asks_about_is_not_told() -> None:
    assert told(NAME, entry(20), guild(THANKFUL, EVERY_KIND - {Kind.MODERATION})) == []


def test_roles_in_the_log_are_those_that_the_member_tells_of() -> None:
    known = guild(THANKFUL, EVERY_KIND - {Kind.MODERATION})
    about = member(joined_at="2024-02-01T23:00:00+00:00") | {"guild_id": GUILD, "user": user("11")}
    told("GUILD_MEMBER_ADD", about, known)
    [live] = told("GUILD_MEMBER_UPDATE", about | {"roles": ["801"]}, known)
    added = entry(25, changes=[{"key": "$add", "new_value": [{"id": "801", "name": "mentor"}]}])
    assert told(NAME, added, known) == [live._replace(at=NOW - 5, version=NOW - 5)]
    removed = entry(25, changes=[{"key": "$remove", "new_value": [{"id": "801", "name": "mentor"}]}])
    assert [one.retracted for one in told(NAME, removed, known)] == [True]


def test_role_given_by_somebody_else_is_both_a_role_and_moderation() -> None:
    added = entry(25, changes=[{"key": "$add", "new_value": [{"id": "801", "name": "mentor"}]}])
    assert [(one.kind, one.account) for one in told(NAME, added)] == [(Kind.ROLE, ANN), (Kind.MODERATION, BEN)]
