"""A bot that loses its session again and again logs in ever less often, over restarts too."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.ports import Account, Desk, Installations, Level, Meter, Space
from integrations.discord.gateway.logins import DAY_MS, HOUR_MS, LEFT_ALONE, MOST_A_DAY, Logins

START = 1_700_000_000_000


@dataclass
class World:
    """A host that remembers, and a clock that pausing moves on."""

    now: int = START
    allowed: int = 1_000
    kept: dict[str, str] = field(default_factory=dict)
    levels: list[float] = field(default_factory=list)
    logins: list[int] = field(default_factory=list)

    @property
    def notes(self) -> World:
        return self

    async def read(self, name: str) -> str | None:
        return self.kept.get(name)

    async def write(self, name: str, value: str) -> None:
        self.kept[name] = value

    @property
    def installations(self) -> Installations:
        raise NotImplementedError

    async def desk(self, space: Space, *, invited: bool = False) -> Desk | None:
        raise NotImplementedError

    async def spaces_of(self, account: Account) -> list[Space]:
        raise NotImplementedError

    def count(self, what: Meter, n: int = 1) -> None:
        raise NotImplementedError

    def level(self, what: Level, value: float) -> None:
        self.levels.append(value)

    async def pause(self, seconds: float) -> None:
        self.now += int(seconds * 1000) + 1
        self.allowed = max(self.allowed, LEFT_ALONE)

    async def left(self) -> int:
        return self.allowed

    async def log_in(self, shard: int = 0) -> None:
        """Log in by a process that was just started."""
        await Logins(self, self.left, lambda: self.now, self.pause).wait(shard)
        self.logins.append(self.now)


async def test_crash_loop_logs_in_at_most_twenty_times_in_an_hour() -> None:
    world = World()
    for _ in range(200):
        await world.log_in()
        world.now += 500

    assert 3 <= sum(at < START + HOUR_MS for at in world.logins) <= 20
    waits = [later - at for at, later in zip(world.logins, world.logins[1:], strict=False)]
    assert max(waits) >= 900_000
    assert max(sum(at <= one < at + DAY_MS for one in world.logins) for at in world.logins) <= MOST_A_DAY


async def test_first_logins_do_not_wait() -> None:
    world = World()
    await world.log_in()
    await world.log_in()
    assert world.logins == [START, START]


async def test_shards_do_not_wait_for_one_another() -> None:
    world = World()
    for shard in range(40):
        await world.log_in(shard)
    assert world.now == START
    assert world.levels[-1] == MOST_A_DAY - 40


async def test_logins_wait_while_discord_allows_hardly_any() -> None:
    world = World(allowed=LEFT_ALONE - 1)
    await world.log_in()
    assert world.now >= START + 900_000


async def test_nine_hundred_logins_a_day_are_the_most() -> None:
    world = World()
    for shard in range(1_000):
        await world.log_in(shard)
    assert world.logins[MOST_A_DAY - 1] == START
    assert world.logins[MOST_A_DAY] >= START + DAY_MS
