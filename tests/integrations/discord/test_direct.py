"""Messages to Cairn alone: who wrote them is told, and nothing of what they say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from bot.ports import Account, Desk, Meter, Space
from integrations.discord.payloads.direct import PAUSE_MS, Direct
from integrations.discord.payloads.people import People
from tests.integrations.discord.payloads import ANN, NOW, Record, message, user

SPACES = [Space("discord", number) for number in ("900", "901", "902")]


@dataclass
class Spaces:
    """A host and its desks: `knows` says in which spaces people are known. `told` is what the desks heard."""

    knows: tuple[str, ...] = ("900", "901")
    told: list[tuple[str, Account, int, bool]] = field(default_factory=list)
    malformed: int = 0

    async def spaces_of(self, account: Account) -> list[Space]:
        return SPACES

    async def desk(self, space: Space) -> Desk | None:
        return None if space.id == "902" else _Desk(self, space.id)  # type: ignore[return-value]

    def count(self, what: Meter, n: int = 1) -> None:
        assert what is Meter.MALFORMED
        self.malformed += n


@dataclass(frozen=True)
class _Desk:
    of: Spaces
    id: str

    async def written_to(self, who: Account, at: int, *, answers: bool = True) -> bool:
        self.of.told.append((self.id, who, at, answers))
        return self.id in self.of.knows


async def heard(host: Spaces, *messages: tuple[object, int]) -> None:
    asked: list[Callable[[], Awaitable[None]]] = []
    direct = Direct(host, People(own="98"), asked.append)  # type: ignore[arg-type]
    for d, now in messages:
        direct.hear(d, now)  # type: ignore[arg-type]
    await asyncio.gather(*(one() for one in asked))


def written(**more: object) -> Record:
    return {name: value for name, value in message("1").items() if name not in ("guild_id", "member")} | more


@pytest.mark.parametrize(
    ("knows", "answers"), [(("900", "901"), [True, False]), (("901",), [True, True]), ((), [True, True])]
)
async def test_each_space_that_knows_somebody_hears_of_it_and_one_answers(
    knows: tuple[str, ...], answers: list[bool]
) -> None:
    host = Spaces(knows)
    await heard(host, (written(content="something private"), NOW))
    assert host.told == [("900", ANN, NOW, answers[0]), ("901", ANN, NOW, answers[1])]
    assert "private" not in repr(host.told)


async def test_many_messages_in_a_row_are_one_contact() -> None:
    host = Spaces(("900",))
    times = (NOW, NOW + 1, NOW + PAUSE_MS - 1, NOW + PAUSE_MS)
    await heard(host, *((written(), one) for one in times))
    assert [at for space, _, at, _ in host.told if space == "900"] == [NOW, NOW + PAUSE_MS]


@pytest.mark.parametrize("author", [user("99", bot=True), user("98"), user("643945264868098049", system=True)])
async def test_machines_and_discord_itself_write_for_nobody(author: Record) -> None:
    host = Spaces()
    await heard(host, (written(author=author), NOW))
    assert (host.told, host.malformed) == ([], 0)


@pytest.mark.parametrize("d", [{}, {"author": None}, {"author": {"id": "x"}}, {"author": {"id": ["1"]}}, None])
async def test_message_that_does_not_say_who_wrote_it_is_counted(d: object) -> None:
    host = Spaces()
    await heard(host, (d, NOW))
    assert (host.told, host.malformed) == ([], 1)
