"""Keeps long tasks running, and stops everything in order.

A task that fails is started again, later each time; why is told in one line. What only a person can put right (a wrong
token) is not tried again, and where nothing is left to run it ends the whole.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from bot.errors import CairnError, ConfigError
from bot.operating.logs import unexpected

_logger = logging.getLogger(__name__)
SECOND_SIGNAL = 130
"""The exit code when a person would not wait."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before a failed task starts again, in seconds: twice as long each time, from first to longest.

    Up to a tenth is added at random. After a run of at least `calm` it begins anew.
    """

    first: float = 5.0
    longest: float = 900.0
    calm: float = 600.0

    def after(self, failures: int) -> float:
        """Return how long to wait after so many failures in a row."""
        plain = min(self.first * 2.0 ** min(failures - 1, 30), self.longest)
        return plain * (1 + random.random() / 10)  # noqa: S311 - so that many do not start at one moment


QUICK = Backoff(1.0, 10.0, 60.0)
"""For tasks that only need our own database."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that runs until told to stop.

    `run` hears of stopping by the event; one that does not listen to it is cancelled (`at_once`: without waiting).
    """

    name: str
    run: Callable[[asyncio.Event], Awaitable[None]]
    backoff: Backoff = Backoff()
    at_once: bool = False


class Supervisor:
    """Runs tasks side by side. `waits` tells of each task that is not running why, in one line."""

    def __init__(
        self,
        tasks: Sequence[Task],
        restarted: Callable[[str], None] = lambda task: None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the tasks, who hears of restarts, and the clock."""
        self.tasks = tasks
        self.waits: dict[str, str] = {}
        self._restarted = restarted
        self._pause = pause
        self._now = now
        self._stopping = asyncio.Event()
        self._running: dict[str, asyncio.Task[ConfigError | None]] = {}

    def start(self) -> None:
        """Start all tasks."""
        for task in self.tasks:
            self._running[task.name] = asyncio.create_task(self._keep(task), name=task.name)

    async def ended(self) -> None:
        """Wait until no task is left. Raises the first ConfigError where all have been given up."""
        errors = await asyncio.gather(*self._running.values())
        if not self._stopping.is_set():
            raise next((one for one in errors if one is not None), ConfigError("there is nothing to run"))

    async def stop(self, patience: float) -> None:
        """Tell all tasks to stop, and cancel those that have not after so many seconds."""
        self._stopping.set()
        for task in self.tasks:
            if task.at_once and task.name in self._running:
                self._running[task.name].cancel()
        for wait in (patience, patience):
            left = [one for one in self._running.values() if not one.done()]
            if not left:
                return
            await asyncio.wait(left, timeout=wait)
            for one in left:
                if not one.done():
                    _logger.warning("%s did not stop within %d s and is broken off", one.get_name(), round(patience))
                    one.cancel()

    async def _keep(self, task: Task) -> ConfigError | None:
        failures = 0
        while not self._stopping.is_set():
            began = self._now()
            self.waits.pop(task.name, None)
            try:
                await task.run(self._stopping)
                reason = "it ended by itself"
            except asyncio.CancelledError:
                if not self._stopping.is_set():
                    raise
                return None
            except ConfigError as error:
                self.waits[task.name] = str(error)
                _logger.error("%s cannot run: %s", task.name, error)  # noqa: TRY400 - its place says nothing more
                return error
            except CairnError as error:
                reason = str(error)
            except Exception as error:  # noqa: BLE001 - whatever happens to one task, the others run on
                reason = unexpected(_logger, task.name, error)
            if self._stopping.is_set():
                return None
            failures = 1 if self._now() - began >= task.backoff.calm else failures + 1
            await self._wait(task, failures, reason)
        return None

    async def _wait(self, task: Task, failures: int, reason: str) -> None:
        seconds = task.backoff.after(failures)
        self.waits[task.name] = reason
        _logger.warning("%s stopped and starts again in %d s: %s", task.name, round(seconds), reason)
        self._restarted(task.name)
        pause = asyncio.ensure_future(self._pause(seconds))
        stopped = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((pause, stopped), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if not self._stopping.is_set():
                raise
        finally:
            pause.cancel()
            stopped.cancel()


def quickest_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes the quickest event loop there is: uvloop's where it exists (not on Windows), else Python's."""
    try:
        import uvloop  # noqa: PLC0415 - there is none for some systems
    except ImportError:
        return None
    return uvloop.new_event_loop


class Stop:
    """Whether the process has been asked to stop. The first signal asks; the second one ends it at once."""

    def __init__(self, leave: Callable[[int], object] = os._exit) -> None:
        """Take what ends the process at once."""
        self._leave = leave
        self._asked = asyncio.Event()

    @property
    def asked(self) -> bool:
        """Whether it has been asked; may be read by another thread."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Ask to stop; asked twice, the process ends."""
        if self._asked.is_set():
            self._leave(SECOND_SIGNAL)
        self._asked.set()

    async def wait(self) -> None:
        """Wait until asked."""
        await self._asked.wait()

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Let SIGTERM and SIGINT ask, within."""
        loop = asyncio.get_running_loop()
        before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
        try:
            for one in before:
                loop.add_signal_handler(one, self.ask)
        except NotImplementedError:  # event loops of Windows have no signals of their own
            for one in before:
                signal.signal(one, lambda *_: loop.call_soon_threadsafe(self.ask))
        try:
            yield
        finally:
            for one, previous in before.items():
                with suppress(NotImplementedError):
                    loop.remove_signal_handler(one)
                signal.signal(one, previous)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each part may take to stop, in seconds."""

    listening: float = 5.0
    draining: float = 20.0
    working: float = 10.0


async def run_until_stopped(
    listening: Supervisor, working: Supervisor, drain: Callable[[], Awaitable[None]], stop: Stop, patience: Patience
) -> None:
    """Run everything until asked to stop, then stop in order: who listens, what waits to be stored, who works on it.

    Readiness is to look at `stop.asked`, so that it falls at once. Raises ConfigError where nothing can listen.
    """
    working.start()
    listening.start()
    asked = asyncio.create_task(stop.wait())
    over = asyncio.create_task(listening.ended())
    try:
        await asyncio.wait((asked, over), return_when=asyncio.FIRST_COMPLETED)
    finally:
        asked.cancel()
        _logger.info("stopping: nothing new is taken in")
        await listening.stop(patience.listening)
        try:
            await asyncio.wait_for(drain(), patience.draining)
        except TimeoutError:
            _logger.error("not everything could be stored within %d s", round(patience.draining))  # noqa: TRY400
        await working.stop(patience.working)
        _logger.info("stopped")
    await over
