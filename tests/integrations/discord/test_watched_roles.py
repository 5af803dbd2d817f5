"""Of the roles that the settings ask about it is told who holds them, as soon as any payload shows it."""

from __future__ import annotations

import pytest

from bot.ports import Kind, Listed, SpaceSettings
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.hearing import hear
from tests.integrations.discord.payloads import CATEGORY, GENERAL, NOW, guild, member, message, role, server, user

ASKING = SpaceSettings(excluded_roles=Listed.of(["staff"]), page_roles=Listed.of(["mentor"]))


def asking() -> Guild:
    return guild(ASKING, frozenset({Kind.MESSAGE}))


def told(where: Guild) -> dict[str, list[tuple[str, str]]]:
    """Return what is to be told, by id."""
    return {who.id: sorted(held) for who, held in where.watch.take().items()}


def changed(who: str, *roles: str) -> dict[str, object]:
    return {"guild_id": server()["id"], "user": user(who), "roles": list(roles), "joined_at": None}


def test_roles_are_told_when_they_change_and_not_again() -> None:
    where = asking()
    seen = []
    for roles in (["801"], ["801", "999"], ["801", "802"], [], []):
        hear(where, "GUILD_MEMBER_UPDATE", changed("12", *roles), NOW)
        seen.append(told(where))

    mentor, staff = ("801", "mentor"), ("802", "staff")
    assert seen == [{"12": [mentor]}, {}, {"12": [mentor, staff]}, {"12": []}, {}]


def test_message_tells_of_its_authors_roles_without_the_privileged_intent() -> None:
    where = asking()
    hear(where, "MESSAGE_CREATE", message("7001", "12", member={**member(), "roles": ["802"]}), NOW)

    assert told(where) == {"12": [("802", "staff")]}


def test_audit_log_tells_of_single_roles() -> None:
    where = asking()
    seen = []
    for key, number in (("$add", "801"), ("$add", "802"), ("$remove", "801"), ("$add", "999")):
        changes = [{"key": key, "new_value": [{"id": number, "name": "x"}]}]
        entry = {"id": "1000000000000000000", "action_type": 25, "target_id": "12", "changes": changes}
        hear(where, "GUILD_AUDIT_LOG_ENTRY_CREATE", entry, NOW)
        seen.append(told(where))

    mentor, staff = ("801", "mentor"), ("802", "staff")
    assert seen == [{"12": [mentor]}, {"12": [mentor, staff]}, {"12": [staff]}, {}]


def test_list_of_members_tells_of_all_once_other_roles_are_asked_about() -> None:
    where = guild(SpaceSettings(), frozenset())
    chunk = {"members": [{**changed("12", "802")}, {**changed("13")}]}
    hear(where, "GUILD_MEMBERS_CHUNK", chunk, NOW)
    before = told(where), where.watch.anew
    where.apply(ASKING, frozenset(), NOW)
    anew = where.watch.anew
    hear(where, "GUILD_MEMBERS_CHUNK", chunk, NOW)

    assert (before, anew) == (({}, False), True)
    assert told(where) == {"12": [("802", "staff")], "13": []}


def test_role_that_is_deleted_or_asked_about_no_longer_is_held_by_nobody() -> None:
    where = asking()
    hear(where, "GUILD_MEMBER_UPDATE", changed("12", "801", "802"), NOW)
    told(where)
    hear(where, "GUILD_ROLE_DELETE", {"guild_id": where.id, "role_id": "801"}, NOW)

    assert told(where) == {"12": [("802", "staff")]}


def test_role_that_is_renamed_is_asked_about_by_its_name_of_now() -> None:
    where = asking()
    hear(where, "GUILD_ROLE_UPDATE", {"guild_id": where.id, "role": role("805", "Staff")}, NOW)
    hear(where, "GUILD_MEMBER_UPDATE", changed("12", "805"), NOW)

    assert told(where) == {"12": [("805", "Staff")]}


@pytest.mark.parametrize(
    ("settings", "shut"),
    [
        (SpaceSettings(), False),
        (SpaceSettings(listed_out=Listed.of([CATEGORY])), True),
        (SpaceSettings(listed_out=Listed.of([f"name{CATEGORY}"])), True),
        (SpaceSettings(listed_out=Listed.of([CATEGORY]), listed_in=Listed.of([GENERAL])), False),
        (SpaceSettings(listed_out=Listed.of([GENERAL])), False),
    ],
)
def test_channels_of_a_category_that_is_out_are_told(settings: SpaceSettings, shut: bool) -> None:
    assert (GENERAL in guild(settings).channels.shut_by_category()) is shut
