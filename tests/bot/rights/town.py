"""What the tests of rights share: a space, people who do things in it, and a look at every table."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import text

from bot.commands.room import Room
from bot.commands.spec import Role
from bot.hearing.space_settings import Consent, SpaceSettings
from bot.language import Words
from bot.ports import Space
from bot.storage import spaces
from bot.storage.accounts import Newcomers
from bot.storage.engine import Database
from bot.storage.recording import Origin, record
from bot.storage.schema import metadata
from scoring.signals import DAY_MS, NOWHERE, Account, Context, Kind, Signal
from tests.scenarios.world import Town

TODAY = 20_500
NOW = TODAY * DAY_MS + DAY_MS // 2
ANN, BOB, CAT = (Account("discord", "", f"{n}00000000000000{n}") for n in (1, 2, 3))
HELP, CHAT = Context("C1", "help"), Context("C2", "chat")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Here:
    """A community (`town`) with one space that is listened to."""

    town: Town
    space: int

    @property
    def id(self) -> int:
        return self.town.id

    @property
    def database(self) -> Database:
        return self.town.world.database

    def run(self, what: Coroutine[Any, Any, _Result]) -> _Result:
        return self.town.world.run(what)

    def origin(self, *, consent: Consent = Consent.COUNTED) -> Origin:
        """Return where live signals of the space come from."""
        newcomers = Newcomers(0, page=consent is Consent.NOTICE, wait=consent is Consent.STRICT)
        kinds = frozenset(Kind)
        return Origin(self.id, self.space, kinds, newcomers, NOW, asks=True)

    def hear(self, *signals: Signal) -> Any:
        """Store live signals; returns the receipt."""
        return self.run(self._hear(signals))[0]

    async def _hear(self, signals: Iterable[Signal]) -> Any:
        async with self.database.write() as connection:
            return await record(connection, self.town.world.keys, self.origin(), [list(signals)])

    def settle(self) -> None:
        """Settle all marks."""
        self.town.settle()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query about this community (`:of`)."""
        return self.town.rows(sql)

    def do(self, sql: str, **values: Any) -> None:
        """Change something."""
        self.run(self._do(sql, values))

    async def _do(self, sql: str, values: dict[str, Any]) -> None:
        async with self.database.write() as connection:
            await connection.execute(text(sql), {"of": self.id} | values if ":of" in sql else values)

    def room(self, *, now: int = NOW, role: Role = Role.EVERYONE, language: str = "en", **settings: Any) -> Room:
        """Return the room in which a command works."""
        keys, words = self.town.world.keys, Words(language)
        there = replace(SpaceSettings(), **settings)
        return Room(self.database, keys, self.id, self.space, there, role, words, now)

    def member(self, who: Account) -> int | None:
        """Return somebody's number as a member."""
        return self.run(self._member(who))

    async def _member(self, who: Account) -> int | None:
        found = await self.room().known(who)
        return None if found is None else found.member

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all rows of all tables."""
        return self.run(self._everything())

    async def _everything(self) -> dict[str, list[tuple[Any, ...]]]:
        found = {}
        async with self.database.read() as connection:
            for name in metadata.tables:
                found[name] = [tuple(row) for row in await connection.execute(text(f'SELECT * FROM "{name}"'))]
        return found


def settled_space(town: Town, external: str = "700") -> Here:
    """Put a space down that is listened to."""

    async def put() -> int:
        async with town.world.database.write() as connection:
            return await spaces.settle(connection, town.id, Space("discord", external, "Garden"), "counted", "{}")

    return Here(town, town.world.run(put()))


def message(who: Account | None, number: int, *, day: int = TODAY, context: Context = NOWHERE, **more: Any) -> Signal:
    """Return a message somebody wrote on a day; `number` makes it one of its own."""
    at = day * DAY_MS + (number % 1_000) * 60_000
    values: dict[str, Any] = {
        "kind": Kind.MESSAGE,
        "key": f"d:{number}",
        "key_day": day,
        "at": at,
        "version": at,
        "context": context,
    }
    return Signal(**values | {"account": who} | more)


def reply(who: Account, number: int, to: Signal, **more: Any) -> Signal:
    """Return an answer to a message."""
    return message(who, number, kind=Kind.REPLY, parent=to.key, parent_day=to.key_day, **more)


def reaction(who: Account, to: Signal, *, day: int = TODAY) -> Signal:
    """Return a reaction to a message."""
    at = day * DAY_MS + 5
    return Signal(
        Kind.REACTION, f"{to.key}/r/x", to.key_day, at, who, at, to.context, who, to.key, to.key_day
    )  # fmt: skip


def thanks(who: Account, whom: Account, number: int, *, day: int = TODAY, context: Context = HELP) -> Signal:
    """Return a thank-you."""
    return message(who, number, day=day, context=context, kind=Kind.THANKS, target=whom)
