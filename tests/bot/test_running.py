"""Long tasks are started again, later each time, and everything stops in order."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.errors import ConfigError, MachineError
from bot.operating.running import (
    SECOND_SIGNAL,
    Backoff,
    Patience,
    Stop,
    Supervisor,
    Task,
    quickest_loop,
    run_until_stopped,
)

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = Patience(0.2, 0.2, 0.2)


class Clock:
    """Time that passes only where somebody pauses, or a task says how long it ran."""

    def __init__(self) -> None:
        self.at = 0.0
        self.pauses: list[float] = []

    def now(self) -> float:
        return self.at

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.at += seconds
        await asyncio.sleep(0)


class Restless:
    """A task that fails in a given way each time, and then runs on."""

    def __init__(self, clock: Clock, *ways: tuple[float, Exception | None]) -> None:
        self._clock = clock
        self._ways = list(ways)
        self.starts = 0
        self.steady = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        self.starts += 1
        if not self._ways:
            self.steady.set()
            await stop.wait()
            return
        seconds, error = self._ways.pop(0)
        self._clock.at += seconds
        if error is not None:
            raise error


async def forever(stop: asyncio.Event) -> None:
    await asyncio.Event().wait()


async def nothing() -> None:
    return None


def supervisor(clock: Clock, *tasks: Task) -> Supervisor:
    return Supervisor(tasks, pause=clock.pause, now=clock.now)


async def test_failing_task_starts_again_later_each_time_and_soon_after_a_calm_run() -> None:
    clock = Clock()
    failing = [(0.0, ConnectionError())] * 12 + [(600.0, ConnectionError()), (0.0, None)]
    task = Restless(clock, *failing)
    one = supervisor(clock, Task("chat", task.run))

    one.start()
    await asyncio.wait_for(task.steady.wait(), 5)
    await one.stop(1)

    plain = [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900, 5, 10]
    assert len(clock.pauses) == len(plain)
    assert all(wanted <= pause <= wanted * 1.1 for wanted, pause in zip(plain, clock.pauses, strict=True))


async def test_first_hour_of_a_task_that_always_fails_holds_few_starts() -> None:
    waits, starts = 0.0, 1
    while waits < 3600:
        waits += Backoff().after(starts)
        starts += 1
    assert starts <= 20


async def test_other_tasks_run_on_and_the_reason_is_one_line() -> None:
    clock = Clock()
    bad = Restless(clock, (0.0, MachineError("the line is cut")), (0.0, ValueError("secret words")))
    good = Restless(clock)
    restarts: list[str] = []
    one = Supervisor([Task("bad", bad.run), Task("good", good.run)], restarts.append, clock.pause, clock.now)

    one.start()
    await asyncio.wait_for(bad.steady.wait(), 5)

    assert (good.starts, bad.starts, restarts, one.waits) == (1, 3, ["bad", "bad"], {})
    await one.stop(1)


async def test_why_a_task_does_not_run_is_known_without_its_words() -> None:
    clock = Clock()
    waiting = asyncio.Event()

    async def pause(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    bad = Restless(clock, (0.0, ValueError("secret words")))
    one = Supervisor([Task("bad", bad.run)], pause=pause, now=clock.now)
    one.start()
    await asyncio.wait_for(waiting.wait(), 5)

    assert one.waits["bad"].startswith("something went wrong inside Cairn (error ")
    await one.stop(1)
    assert bad.starts == 1


async def test_what_only_a_person_can_put_right_is_not_tried_again_and_ends_it_where_nothing_is_left() -> None:
    clock = Clock()
    wrong = Restless(clock, (0.0, ConfigError("the token is wrong")))
    one = supervisor(clock, Task("chat", wrong.run))

    one.start()
    with pytest.raises(ConfigError, match="the token is wrong"):
        await asyncio.wait_for(one.ended(), 5)

    assert (wrong.starts, clock.pauses) == (1, [])


async def test_one_task_given_up_does_not_end_the_others() -> None:
    clock = Clock()
    wrong, good = Restless(clock, (0.0, ConfigError("the token is wrong"))), Restless(clock)
    one = supervisor(clock, Task("wrong", wrong.run), Task("good", good.run))
    one.start()
    await asyncio.wait_for(good.steady.wait(), 5)
    await asyncio.sleep(0)

    assert one.waits == {"wrong": "the token is wrong"}
    await one.stop(1)
    await one.ended()


async def test_task_that_does_not_listen_is_broken_off() -> None:
    one = supervisor(Clock(), Task("deaf", forever))
    one.start()
    await asyncio.sleep(0)

    await asyncio.wait_for(one.stop(0.05), 5)
    await asyncio.wait_for(one.ended(), 5)


async def test_stopping_while_a_task_waits_to_start_again_ends_in_order() -> None:
    failed = asyncio.Event()

    async def fails(stop: asyncio.Event) -> None:
        raise MachineError("the platform cannot be reached")

    one = Supervisor([Task("chat", fails, at_once=True)], lambda task: failed.set())
    one.start()
    await asyncio.wait_for(failed.wait(), 5)
    over = asyncio.create_task(one.ended())

    await asyncio.wait_for(one.stop(5), 5)
    await asyncio.wait_for(over, 5)


def story(order: list[str]) -> tuple[Supervisor, Supervisor, Callable[[], Awaitable[None]]]:
    async def listen(stop: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            order.append("listening stopped")

    async def work(stop: asyncio.Event) -> None:
        await stop.wait()
        order.append("work finished")

    async def drain() -> None:
        order.append("drained")

    return Supervisor([Task("chat", listen, at_once=True)]), Supervisor([Task("settle", work)]), drain


async def test_stopping_goes_in_order() -> None:
    order: list[str] = []
    stop = Stop()
    listening, working, drain = story(order)
    running = asyncio.create_task(run_until_stopped(listening, working, drain, stop, PATIENCE))
    await asyncio.sleep(0.01)

    stop.ask()
    assert stop.asked
    await asyncio.wait_for(running, 5)

    assert order == ["listening stopped", "drained", "work finished"]


async def test_drain_that_hangs_does_not_keep_the_rest_from_stopping() -> None:
    order: list[str] = []
    stop = Stop()
    listening, working, _ = story(order)
    running = asyncio.create_task(
        run_until_stopped(listening, working, asyncio.Event().wait, stop, PATIENCE)  # type: ignore[arg-type]
    )
    await asyncio.sleep(0.01)

    stop.ask()
    await asyncio.wait_for(running, 5)

    assert order == ["listening stopped", "work finished"]


async def test_wrong_configuration_of_all_that_listens_ends_the_run_with_its_sentence() -> None:
    wrong = Restless(Clock(), (0.0, ConfigError("the token is wrong")))
    working = Supervisor([Task("settle", Restless(Clock()).run)])

    with pytest.raises(ConfigError, match="the token is wrong"):
        await asyncio.wait_for(
            run_until_stopped(Supervisor([Task("chat", wrong.run)]), working, nothing, Stop(), PATIENCE), 5
        )


def test_asked_twice_leaves_at_once() -> None:
    left: list[int] = []
    stop = Stop(left.append)

    stop.ask()
    assert left == []
    stop.ask()

    assert left == [SECOND_SIGNAL]


PROGRAM = """
import asyncio, sys
from bot.operating.running import Patience, Stop, Supervisor, Task, quickest_loop, run_until_stopped

async def listen(stop):
    print("ready", flush=True)
    await asyncio.Event().wait()

async def drain():
    print("draining", flush=True)
    await asyncio.sleep(float(sys.argv[1]))

async def main():
    stop = Stop()
    with stop.on_signals():
        listening, working = Supervisor([Task("chat", listen, at_once=True)]), Supervisor([])
        await run_until_stopped(listening, working, drain, stop, Patience())

with asyncio.Runner(loop_factory=quickest_loop() if sys.argv[2] == "quick" else None) as runner:
    assert (type(runner.get_loop()).__module__ == "uvloop") == (sys.argv[2] == "quick")
    runner.run(main())
"""


LOOPS = ["plain", pytest.param("quick", marks=pytest.mark.skipif(quickest_loop() is None, reason="there is none"))]


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(("seconds", "signals", "code"), [("0", 1, 0), ("15", 2, SECOND_SIGNAL)])
def test_process_stops_in_order_at_the_first_signal_and_at_once_at_the_second(
    which: signal.Signals, seconds: str, signals: int, code: int, loop: str
) -> None:
    command = [sys.executable, "-c", PROGRAM, seconds, loop]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        began = time.monotonic()
        process.send_signal(which)
        assert process.stdout.readline() == "draining\n"
        if signals == 2:
            process.send_signal(which)
        assert process.wait(60) == code
        assert time.monotonic() - began < 14
