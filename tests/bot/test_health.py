"""Health answers from a thread of its own, says why, and names nobody."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.errors import ConfigError, MachineError
from bot.operating.health import BLOCKED_SECONDS, Beat, Health, Sources
from bot.operating.metrics import Metrics
from bot.operating.readiness import Readiness, Writable, connected, look_at, settled
from bot.ports import Level, Meter, Receipt


class Fake:
    """What health asks, with answers that a test sets."""

    def __init__(self) -> None:
        self.at = 0.0
        self.beat = Beat(lambda: self.at)
        self.reasons: dict[str, str] = {}
        self.stopping = False
        self.metrics = Metrics()
        self.hangs = False

    async def ready(self) -> Readiness:
        if self.hangs:
            raise ValueError("secret words")
        return Readiness(self.reasons)

    @property
    def sources(self) -> Sources:
        return Sources(self.beat, self.ready, lambda: self.stopping, self.metrics.text)


@asynccontextmanager
async def served(fake: Fake) -> AsyncIterator[Callable[[str], Awaitable[tuple[int, Any]]]]:
    """Serve health and yield what asks it."""
    async with Health(fake.sources, "127.0.0.1", 0) as health, aiohttp.ClientSession() as session:

        async def ask(path: str) -> tuple[int, Any]:
            async with session.get(f"http://127.0.0.1:{health.port}{path}") as answer:
                said = await answer.json() if answer.content_type == "application/json" else await answer.text()
                return answer.status, said

        yield ask


async def test_quiet_process_lives_and_is_ready() -> None:
    async with served(Fake()) as ask:
        assert await ask("/livez") == (200, {"live": True})
        assert await ask("/readyz") == (200, {"ready": True, "reasons": {}})
        assert (await ask("/else"))[0] == 404


async def test_event_loop_without_a_beat_is_told_and_recovers() -> None:
    fake = Fake()
    async with served(fake) as ask:
        fake.at = BLOCKED_SECONDS + 1
        assert await ask("/livez") == (503, {"live": False, "reason": "blocked for 11 s"})

        fake.beat.beat()
        assert (await ask("/livez"))[0] == 200


def test_blocked_event_loop_is_told_while_it_is_blocked() -> None:
    fake, heard, up = Fake(), [0], threading.Event()
    port = [0]

    def ask() -> None:
        async def asked() -> int:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{port[0]}/livez", timeout=aiohttp.ClientTimeout(20)) as answer,
            ):
                return answer.status

        heard[0] = asyncio.run(asked())
        up.set()

    async def story() -> None:
        async with Health(fake.sources, "127.0.0.1", 0) as health:
            port[0] = health.port
            fake.at = BLOCKED_SECONDS
            thread = threading.Thread(target=ask)
            thread.start()
            assert up.wait(30)  # noqa: ASYNC251 - the very thing: nothing else can run in this event loop
            thread.join()

    asyncio.run(story())

    assert heard == [503]


async def test_stopping_is_told_whatever_else_holds() -> None:
    fake = Fake()
    async with served(fake) as ask:
        fake.stopping = True

        assert await ask("/readyz") == (503, {"ready": False, "reasons": {"running": "Cairn is stopping"}})
        assert (await ask("/livez"))[0] == 200


async def test_reasons_are_told() -> None:
    fake = Fake()
    fake.reasons = {"storage": "the disk is full"}
    async with served(fake) as ask:
        assert await ask("/readyz") == (503, {"ready": False, "reasons": {"storage": "the disk is full"}})


async def test_failure_of_looking_is_not_ready_and_tells_an_id_only() -> None:
    fake = Fake()
    fake.hangs = True
    async with served(fake) as ask:
        status, said = await ask("/readyz")

    assert status == 503
    assert "secret" not in str(said)
    assert "error " in said["reasons"]["readiness"]


async def test_port_that_is_taken_is_one_sentence() -> None:
    async with Health(Fake().sources, "127.0.0.1", 0) as first:
        with pytest.raises(ConfigError, match=f"nothing can listen on 127.0.0.1:{first.port}"):
            await Health(Fake().sources, "127.0.0.1", first.port).__aenter__()


async def test_figures_are_told_in_prometheus_s_words_and_name_nobody() -> None:
    fake = Fake()
    receipt = Receipt(new=3, known=1, changed=1, retracted=1)
    receipt.dropped["left out"] += 2
    fake.metrics.received("chat", 8)
    fake.metrics.became("chat", receipt)
    fake.metrics.count("chat", Meter.RECONNECTS, 2)
    fake.metrics.level("chat", Level.IDENTIFIES_LEFT, 990)
    fake.metrics.restarted("chat")
    fake.metrics.succeeded("probe")
    fake.metrics.watch("settle_lag_seconds", "Lag.", lambda: 1.5)
    fake.metrics.watch_tasks(asyncio.get_running_loop())
    async with served(fake) as ask:
        status, text = await ask("/metrics")

    lines = text.splitlines()
    assert status == 200
    for line in (
        'cairn_signals_received_total{integration="chat"} 8.0',
        'cairn_signals_stored_total{integration="chat"} 5.0',
        'cairn_signals_duplicate_total{integration="chat"} 1.0',
        'cairn_signals_dropped_total{integration="chat",reason="left out"} 2.0',
        'cairn_reconnects_total{integration="chat"} 2.0',
        'cairn_identifies_left{integration="chat"} 990.0',
        'cairn_task_restarts_total{task="chat"} 1.0',
        "cairn_settle_lag_seconds 1.5",
    ):
        assert line in lines
    values = {
        one.split(" ")[0]: float(one.split(" ")[1]) for one in lines if not one.startswith("#") and "{" not in one
    }
    assert values["cairn_resident_memory_bytes"] > 1_000_000
    assert values["cairn_tasks"] >= 1


async def test_everything_wrong_is_found_at_once_and_a_hanging_look_does_not_hold_it_up() -> None:
    async def wrong() -> str:
        return "wrong"

    async def fails() -> str:
        raise MachineError("the disk is full")

    async def hangs() -> str:
        await asyncio.Event().wait()
        return ""

    async def fine() -> str:
        return ""

    found = await look_at({"a": wrong, "b": fails, "c": hangs, "d": fine})

    assert found.reasons == {"a": "wrong", "b": "the disk is full", "c": "no answer within 2 s"}


async def test_storage_is_tried_again_at_once_after_a_failure_and_seldom_while_it_works() -> None:
    at, tries, failure = [0.0], [0], [True]

    async def probe() -> None:
        tries[0] += 1
        if failure[0]:
            raise MachineError("the disk is full")

    look = Writable(probe, 5.0, lambda: at[0])

    assert (await look(), await look(), tries[0]) == ("the disk is full", "the disk is full", 2)
    failure[0] = False
    assert (await look(), await look(), tries[0]) == ("", "", 3)
    at[0], failure[0] = 5.0, True
    assert await look() == "the disk is full"


async def test_try_that_hangs_is_told_and_not_begun_again() -> None:
    tries, go_on = [0], asyncio.Event()

    async def probe() -> None:
        tries[0] += 1
        await go_on.wait()

    checks = {"storage": Writable(probe, 5.0)}
    found = [await look_at(checks) for _ in range(2)]
    go_on.set()

    assert [one.reasons for one in found] == [{"storage": "no answer within 2 s"}] * 2
    assert (await look_at(checks)).ready
    assert tries == [1]


class Line:
    """An integration that is only looked at."""

    def __init__(self, name: str, *, connected: bool) -> None:
        self.name = name
        self.connected = connected

    async def run(self, host: object) -> None:
        return None

    async def check(self) -> list[Any]:
        return []


async def test_integration_that_hears_nothing_is_named_with_the_reason() -> None:
    lines = [Line("a", connected=True), Line("b", connected=False), Line("c", connected=False)]

    assert await connected(lines, {"c": "the token is wrong"})() == "b: not connected; c: the token is wrong"
    assert await connected(lines[:1], {})() == ""


async def test_scores_that_lag_are_told() -> None:
    assert await settled(lambda: 400.0)() == "what was stored 400 s ago is not scored yet"
    assert await settled(lambda: 4.0)() == ""
