"""How fast new conversations are begun: platforms take many at once for a flood, and stop the whole bot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
PACE = ((1, 5_000), (10, HOUR_MS), (40, DAY_MS))
"""At most so many in so many ms, in a space."""


def free_at(opened: Sequence[int], now: int) -> int:
    """Return when one more may be begun (ms); `opened` are when others were, within the last day and in order."""
    slots = (opened[-most] + span for most, span in PACE if len(opened) >= most)
    return max((at for at in slots if at > now), default=now)


def slots(opened: Sequence[int], now: int) -> Iterator[int]:
    """Yield when one after the other may be begun, if each is."""
    begun = list(opened)
    while True:
        begun.append(free_at(begun, now))
        yield begun[-1]
