"""An event loop whose time jumps to what is due next while there is nothing to do: hours take seconds.

For what runs wholly in one process and without threads: a database's driver would be overtaken.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

_T = TypeVar("_T")
SETTLED = 0.005
"""Real seconds in which what is on its way through the machine itself arrives."""


class _Impatient(selectors.BaseSelector):
    """Waits for no time to pass: it tells by how much it was to be waited, and does not."""

    def __init__(self, jump: Callable[[float], None]) -> None:
        self._real = selectors.DefaultSelector()
        self._jump = jump

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= SETTLED:
            return self._real.select(timeout)
        found = self._real.select(SETTLED)
        if not found:
            self._jump(timeout - SETTLED)
        return found


class JumpingLoop(asyncio.SelectorEventLoop):
    """Its `time()` jumps."""

    def __init__(self) -> None:
        self._jumped = 0.0
        super().__init__(_Impatient(self._jump))

    def time(self) -> float:
        return super().time() + self._jumped

    def _jump(self, seconds: float) -> None:
        self._jumped += seconds


def jumping(what: Coroutine[Any, Any, _T]) -> _T:
    """Run something by such a loop."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(what)
