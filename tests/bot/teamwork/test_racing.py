"""What a team does all at once on PostgreSQL: nobody waits for somebody who waits for them, and the log is whole."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.chat.calling import Call, Caller
from bot.chat.speech import Action
from bot.consent.choices import Choices, Said
from bot.courier import Courier
from bot.gate import Invite, Purpose
from bot.keys import open_keys
from bot.operating.metrics import Metrics
from bot.rights.exporting import may_export
from bot.rights.forgetting import Forgetting, Order
from bot.sending.outbox import Letter, post
from bot.storage import audit
from scoring.signals import Account, Context, Kind, Signal
from tests.bot.teamwork.stage import HEADS, MODS, TODAY, Stage, line, staged
from tests.scenarios.post import HELLO, FakePlatform

NEW_PEOPLE = 4


class Office:
    """Managers whom nobody knew a moment ago, who write and give commands in the same moment."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.dice = random.Random(seed)
        self.people: list[Account] = []
        self.replies: list[str] = []
        self.platform = FakePlatform(lambda: stage.now)
        self._posted = 0

    async def round(self) -> None:
        """Let newcomers, and some who were there before, do everything at once."""
        self.stage.now += 120_000  # nobody is too quick
        new = [Account("discord", "", f"5{len(self.people) + n:017}") for n in range(NEW_PEOPLE)]
        self.people += new
        for _ in range(3):
            self._posted += 1
            of = (self.stage.community, self.stage.space, f"letter:{self._posted}", Purpose.POST, HELLO)
            async with self.stage.database.write() as connection:
                letter = Letter(*of, channel=str(self._posted), due=self.stage.now)
                await post(connection, letter, self.stage.keys)
        courier = Courier(
            self.stage.database, self.stage.keys, {"discord": self.platform}, Metrics(), lambda: self.stage.now
        )
        work: list[Callable[[], Awaitable[object]]] = [courier.once]
        for who in [*new, *self.dice.sample(self.people, 2)]:
            work += [self._writes(who), *(self._does(who) for _ in range(2))]
        self.dice.shuffle(work)
        await asyncio.gather(*(one() for one in work))

    def _writes(self, who: Account) -> Callable[[], Awaitable[object]]:
        number, at = self.dice.randrange(10**9), self.stage.now
        signal = Signal(Kind.MESSAGE, f"d:{number}", TODAY, at, who, at, Context("77", "help"))
        return lambda: self.stage.desk.record([signal])

    def _does(self, who: Account) -> Callable[[], Awaitable[object]]:
        other, number = self.dice.choice(self.people), self.dice.randrange(10**9)
        calls: list[Callable[[], Awaitable[object]]] = [
            lambda: self._call(who, "cairn-team pause"),
            lambda: self._call(who, "cairn-team resume"),
            lambda: self._call(who, "", Action("setup-live", ("yes",))),
            lambda: self._call(who, "cairn-team note", text="All went well"),
            lambda: self._call(who, "cairn-team chapter create", name=f"Chapter {number}"),
            lambda: self._call(who, "cairn-team exclude channel", channel=str(number)),
            lambda: self._call(who, "cairn-team member", who=other),
            lambda: self._call(who, "cairn-team log", who=other, what="helped-out"),
            lambda: self._forget(other),
            lambda: self._copy(other),
            lambda: self._chooses(other),
        ]
        return self.dice.choice(calls)

    async def _call(self, by: Account, command: str, action: Action | None = None, /, **given: Any) -> None:
        caller = Caller(by, frozenset((MODS, HEADS)))
        reply = await self.stage.desk.call(Call(caller, self.stage.now, command, action=action, given=given))
        self.replies += [line(block.text) for block in reply.blocks if hasattr(block, "text")]

    async def _forget(self, who: Account) -> None:
        await Forgetting(self.stage.database, self.stage.keys).ask(Order(self.stage.community, who, at=self.stage.now))

    async def _chooses(self, who: Account) -> None:
        choices = Choices(self.stage.database, self.stage.keys)
        said = Said(self.stage.community, self.stage.space, who, self.stage.now)
        await choices.make_page(said, fresh=self.dice.random() < 0.5)
        await choices.invite(said, Invite.DM)
        if self.dice.random() < 0.5:
            await choices.leave_out(said)

    async def _copy(self, who: Account) -> None:
        handle = self.stage.keys.handle(who)
        rows = await self.stage.rows("SELECT member FROM account WHERE handle = :handle", handle=handle)
        for row in rows:
            await may_export(self.stage.database, self.stage.community, row[0], self.stage.now)


async def races(url: str, folder: Path, rounds: int, seed: int) -> Office:
    """Let so many rounds race; returns the office."""
    async with staged(url, open_keys(folder / "keys" / "cairn.keys")) as stage:
        office = Office(stage, seed)
        for _ in range(rounds):
            await office.round()
        async with stage.database.read() as connection:
            n, faults = await audit.verify(connection, stage.community)
        assert (n > rounds, faults) == (True, [])
        ((deadlocks,),) = await stage.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        assert deadlocks == 0
        assert [one for one in office.replies if "went wrong" in one] == []
        return office


async def test_team_that_does_everything_at_once_gets_nobody_stuck(postgresql_url: str, tmp_path: Path) -> None:
    office = await races(postgresql_url, tmp_path, 4, 3)

    assert len(office.replies) > 15
    assert office.platform.ledger


@pytest.mark.soak
@pytest.mark.timeout(3_600)
async def test_team_that_does_everything_at_once_for_long_gets_nobody_stuck(
    postgresql_url: str, tmp_path: Path
) -> None:
    await races(postgresql_url, tmp_path, 300, random.randrange(10**6))
