"""The clock that listening goes by, and how long it waits: real ones, or made up for rehearsals of long times."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


def wall_clock() -> int:
    """Return the present moment in ms since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Timing:
    """How long to wait, in seconds.

    `pause` waits between logins. `note` is how often it is put down how far has been heard, `stays` how often stays in
    voice channels are told, `guests` how often lists of who comes are read. After `silence` a connection counts as
    dead; `closing` is how long the other side may take to agree that it is closed. What was missed and cannot be read
    is tried again after `retry`, and later each time; what Discord refuses to show, after `again`. `pace` lies before
    each request for a page of back-fill, and `look` between looking whether servers are to be listened to, or read
    back, that were not. Somebody who waits for an answer is told after `answer` that it will come, and only after
    `form` where it may be a form; after `first` no first answer is tried any more, since Discord waits three seconds.
    `sending` is how long it may take to hear whether a message was sent.
    """

    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    note: float = 5.0
    stays: float = 60.0
    guests: float = 3600.0
    silence: float = 60.0
    closing: float = 5.0
    pace: float = 0.2
    retry: float = 5.0
    again: float = 3600.0
    look: float = 1.0
    answer: float = 1.5
    form: float = 2.4
    first: float = 2.9
    sending: float = 8.0
