"""Things to do later, by the sandbox's own time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.sandbox.slack.clock import Time


@dataclass(eq=False, slots=True)
class Alarm:
    """One thing to do at `due`."""

    due: float
    number: int
    call: Callable[[], None]
    handle: asyncio.TimerHandle | None = None


@dataclass(slots=True)
class Alarms:
    """Rings by itself as time runs; `ring` does it where time was moved on."""

    time: Time
    _set: dict[int, Alarm] = field(default_factory=dict)
    _made: int = 0

    def after(self, seconds: float, call: Callable[[], None]) -> Alarm:
        """Do something in so many seconds."""
        self._made += 1
        made = Alarm(self.time.seconds() + seconds, self._made, call)
        self._set[made.number] = made
        self._wait(made)
        return made

    def cancel(self, alarm: Alarm | None) -> None:
        """Do it not."""
        if alarm is not None and self._set.pop(alarm.number, None) is not None and alarm.handle is not None:
            alarm.handle.cancel()

    def ring(self) -> None:
        """Do all that is due, in order."""
        now = self.time.seconds()
        for alarm in sorted((one for one in self._set.values() if one.due <= now), key=lambda one: one.due):
            if alarm.number in self._set:
                self.cancel(alarm)
                alarm.call()

    def clear(self) -> None:
        """Do none of it."""
        for alarm in list(self._set.values()):
            self.cancel(alarm)

    def _wait(self, alarm: Alarm) -> None:
        wait = max(0.0, alarm.due - self.time.seconds())
        alarm.handle = asyncio.get_running_loop().call_later(wait, self._rings, alarm)

    def _rings(self, alarm: Alarm) -> None:
        if alarm.due > self.time.seconds() + 0.001:
            self._wait(alarm)
        elif self._set.pop(alarm.number, None) is not None:
            alarm.call()
