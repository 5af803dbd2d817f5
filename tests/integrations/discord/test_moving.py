"""Leaving a server and coming back is told whatever the rules ask about; machines and broken events are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.ports import Account, Desk, Space
from integrations.discord.listening.ear import Ear
from integrations.discord.payloads.moving import who
from integrations.discord.payloads.people import People
from tests.integrations.discord.payloads import GUILD
from tests.integrations.discord.test_ear import WHOLE, FakeDesk, FakeHost, SlowAsks

ANN = {"id": "500", "username": "ann"}


@dataclass
class Remembering(FakeDesk):
    """A desk that remembers who left and came."""

    moves: list[tuple[str, str, int]] = field(default_factory=list)

    async def member_left(self, who: Account, at: int) -> None:
        self.moves.append(("left", who.id, at))

    async def member_came(self, who: Account) -> None:
        self.moves.append(("came", who.id, 0))


class OneDesk(FakeHost):
    def __init__(self) -> None:
        self.made = Remembering(Space("discord", GUILD, ""))

    async def desk(self, space: Space, *, invited: bool = False) -> Desk | None:
        return self.made  # type: ignore[return-value]


async def test_leaving_and_coming_back_are_told_in_their_order() -> None:
    host, asks = OneDesk(), SlowAsks()
    asks.gate.set()
    ear = Ear(host, People(), asks)
    ear.hear("GUILD_CREATE", WHOLE, 1_000)
    ear.hear("GUILD_MEMBER_REMOVE", {"guild_id": GUILD, "user": ANN}, 2_000)
    ear.hear("GUILD_MEMBER_REMOVE", {"guild_id": GUILD, "user": {"id": "501", "bot": True}}, 2_500)
    ear.hear(
        "GUILD_MEMBER_ADD", {"guild_id": GUILD, "user": ANN, "roles": [], "joined_at": "2026-01-01T00:00:00Z"}, 3_000
    )
    await ear.quiet()
    await ear.close()
    assert host.made.moves == [("left", "500", 2_000), ("came", "500", 0)]


@pytest.mark.parametrize("broken", [{}, {"user": None}, {"user": {}}, {"user": {"id": "x"}}, {"user": 7}])
def test_what_cannot_be_read_names_nobody(broken: dict[str, Any]) -> None:
    assert who(broken, People()) is None
