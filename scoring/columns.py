"""Engagements as columns: the one shape in which scores and measures receive a community's history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.signals import Context

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NOBODY = 0
"""The member number that stands for "nobody known"; stored members begin at 1."""

PART = 1 << 15
"""Rows that are worked on at once: what is worked out of them stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Acts:
    """Engagements that hold (not retracted, not by bots), as arrays of one length in no promised order.

    `member` and `counterpart` are member numbers (counterpart `NOBODY` where there is none or it is not known: for a
    reply or reaction the author of the message it is about, for a mention or thanks the person named), `day` day
    numbers, `at` moments in ms, `kind` numbers of `Kind`, `context` indexes into `contexts`, `amount` minutes.
    """

    member: Ints
    day: Ints
    at: Ints
    kind: Ints
    context: Ints
    counterpart: Ints
    amount: Ints
    contexts: tuple[Context, ...]

    def __len__(self) -> int:
        return len(self.member)

    def parts(self) -> Iterator[Acts]:
        """Yield views of `PART` acts each."""
        return (self.where(slice(begin, begin + PART)) for begin in range(0, len(self), PART))

    def where(self, mask: Bools | slice) -> Acts:
        """Return the acts for which the mask is true, or a slice of them (as views)."""
        return Acts(
            self.member[mask],
            self.day[mask],
            self.at[mask],
            self.kind[mask],
            self.context[mask],
            self.counterpart[mask],
            self.amount[mask],
            self.contexts,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """A declared attribute (`country`) of members: parallel arrays of member numbers and indexes into `values`."""

    name: str
    member: Ints
    value: Ints
    values: tuple[str, ...]


def split(numbers: Ints, width: int) -> tuple[Ints, Ints]:
    """Return quotient and remainder of numbers that are not negative: four times as fast as NumPy's own `divmod`."""
    whole = numbers // width
    return whole, numbers - whole * width


def starts(ordered: Ints) -> Ints:
    """Return the positions at which a new run of equal values begins."""
    return np.flatnonzero(run_starts(ordered))


def run_starts(ordered: Ints) -> Bools:
    """Mark the first of each run of equal values."""
    marks = np.empty(len(ordered), np.bool_)
    marks[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=marks[1:])
    return marks
