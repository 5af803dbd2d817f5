"""Applying a community file says what changes, can be repeated and taken back, and keeps people as pseudonyms only."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.community import Change, Terms, apply, as_tree, in_force
from bot.community.trees import stored
from bot.errors import InputError
from bot.storage import communities, migrate
from bot.storage.engine import Database
from tests.bot.community.files import PLATFORMS, WHOLE, parsed
from tests.scenarios.stories import KEYS
from tests.scenarios.world import RULES

TERMS = Terms(KEYS, PLATFORMS, lambda: (RULES, "v", "mountain.yaml"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    one = Database(database_url)
    await migrate.upgrade(one)
    yield one
    await one.close()


async def applied(database: Database, file: str) -> list[Change]:
    async with database.write() as connection:
        return await apply(connection, parsed(file), TERMS)


async def shown(database: Database, name: str = "Acme") -> str:
    async with database.read() as connection:
        community = await communities.named(connection, name)
        assert community is not None
        found = await in_force(connection, community)
    assert found is not None
    return str(as_tree(found))


async def test_applying_again_changes_nothing(database: Database) -> None:
    assert await applied(database, WHOLE)

    assert await applied(database, WHOLE) == []


async def test_what_is_in_force_can_be_applied_and_says_the_same(database: Database) -> None:
    await applied(database, WHOLE)
    async with database.write() as connection:
        community = await communities.named(connection, "Acme")
        assert community is not None
        found = await in_force(connection, community)
        assert found is not None
        assert await apply(connection, found, TERMS) == []

    settings = parsed().settings(parsed().spaces[0])
    assert stored(as_tree(found)).settings(found.spaces[0]) == settings


async def test_changes_are_told_in_words_and_taken_back_by_the_old_file(database: Database) -> None:
    await applied(database, WHOLE)
    before = await shown(database)
    other = WHOLE.replace("consent: strict", "consent: notice").replace("in: [staff]", "in: [board]")
    other = other.replace("Berlin: berlin-team", "Berlin: [berlin-team, lagos], Oslo: oslo").replace("OL, as", "OP, as")
    other = other.replace("901, 902", "901").replace("Europe/Berlin", "Africa/Lagos")
    other = other.replace("  - {platform: team, id: T1}\n", "")

    told = [(one.about, one.sentence) for one in await applied(database, other)]

    server = "chat 100 (Acme's server)"
    assert told == [
        ("Acme", "zone: Europe/Berlin becomes Africa/Lagos"),
        (server, "consent: strict becomes notice, for what is heard from now on"),
        (server, "channels.in: 'board' is added"),
        (server, "channels.in: 'staff' is taken away"),
        (server, "chapters.Berlin: 'lagos' is added"),
        (server, "chapters.Oslo: 'oslo' is added"),
        (server, "cohorts: {as: mentor, programme: OP, role: mentors} is added"),
        (server, "cohorts: {as: mentor, programme: OL, role: mentors} is taken away"),
        (server, "excluded_people: 1 person is let in again"),
        ("team T1", "is not in the file any more and not listened to from now on"),
    ]
    await applied(database, WHOLE)
    assert await shown(database) == before


async def test_ids_of_people_are_nowhere_in_the_database(database: Database) -> None:
    await applied(database, WHOLE.replace("901, 902", "900000000901"))

    async with database.read() as connection:
        kept = [str(row) for table in ("space", "community", "left_out", "account")
                for row in await connection.execute(text(f"SELECT * FROM {table}"))]  # fmt: skip
    assert any(KEYS.handle(PLATFORMS["chat"].account("100", "900000000901")) in one for one in kept)
    assert not any("900000000901" in one for one in kept)
    assert "900000000901" not in await shown(database)


async def test_space_of_another_community_is_refused_and_nothing_is_changed(database: Database) -> None:
    await applied(database, WHOLE)

    with pytest.raises(InputError, match="chat 100 .* belongs to the community Acme"):
        await applied(database, WHOLE.replace("name: Acme\n", "name: Other\n"))

    async with database.read() as connection:
        assert [one.name for one in await communities.everyone(connection)] == ["Acme"]
