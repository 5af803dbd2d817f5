"""A whole Cairn on a made-up Discord heeds roles and exclusions as they change, for what is stored already, too."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.hearing import hosting
from bot.standing import settling
from bot.storage import spaces
from bot.storage.engine import Database
from integrations.sandbox.discord.people import Person
from scoring.signals import Account
from tests.scenarios.discord_rig import Rig, rig, until


async def settle(place: Rig, **settings: Any) -> None:
    """Let something else hold in the server, as `cairn config apply` beside a running Cairn does."""
    database = Database(place.url)
    try:
        async with database.write() as connection:
            (kept,) = await spaces.of_community(connection, 1)
            await spaces.settle(connection, 1, kept.space, kept.consent, json.dumps(settings))
    finally:
        await database.close()


def told(place: Rig, sql: str, who: Person, wanted: list[tuple[Any, ...]]) -> Callable[[], Awaitable[bool]]:
    """Return whether a query about somebody (`handle`) finds what is wanted."""
    handle = place.keys.handle(Account("discord", "", str(who.id)))

    async def same() -> bool:
        return await place.query(sql.replace(":handle", f"'{handle}'")) == wanted

    return same


PAGE = (
    "SELECT c.value, c.source FROM choice c JOIN account a ON a.member = c.member "
    "WHERE a.handle = :handle ORDER BY c.id"
)
SCORES = "SELECT count(*) FROM tally t JOIN account a ON a.member = t.member WHERE a.handle = :handle"


async def test_roles_and_channels_take_effect_when_they_change(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosting, "REFRESH_SECONDS", 0.5)
    monkeypatch.setattr(settling, "IDLE_SECONDS", 0.5)
    async with rig(sqlite_url) as place:
        guild = place.server.guild("Garden")
        general, climber, staff = guild.text("general"), guild.role("Climber"), guild.role("Staff")
        old, new, eve = guild.people(["old", "new", "eve"])
        guild.has_role(old, climber)
        await settle(place, roles={"pages": ["Climber"]})
        await place.start()
        await until(told(place, PAGE, old, [("fresh", "role")]))
        await new.gets_role(guild, climber)
        await until(told(place, PAGE, new, [("fresh", "role")]))
        await new.loses_role(guild, climber)
        await until(told(place, PAGE, new, [("fresh", "role"), ("no", "role")]))

        await eve.says(general, "hello")
        await until(told(place, SCORES, eve, [(1,)]))
        await eve.gets_role(guild, staff)
        await settle(place, excluded_roles=["Staff"])
        await until(told(place, SCORES, eve, [(0,)]))
        await eve.loses_role(guild, staff)
        await until(told(place, SCORES, eve, [(1,)]))
        await settle(place, channels={"out": ["general"]})
        await until(told(place, SCORES, eve, [(0,)]))
        await settle(place)
        await until(told(place, SCORES, eve, [(1,)]))
        await place.stop()
        await place.check()
