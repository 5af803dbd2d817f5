"""How many answered, of whom: rates by the definitions of AAPOR, and what they are called there.

AAPOR, Standard Definitions, 10th edition (2023). Everybody who is asked is known to belong, because they were drawn
from the community's own members: so no share of unknown eligibility is guessed, RR1 equals RR5, and RR2 equals RR6.
Where a survey was only posted for whoever comes by, nobody was drawn, and AAPOR has no response rate for it: then the
same counts give a participation rate.
"""

from __future__ import annotations

from dataclasses import dataclass

from scoring.statistics import Ratio

_DRAWN = ("RR1", "RR2", "COOP1", "COOP2")
_POSTED = ("finished", "participation", "finished, of those reached", "participation, of those reached")


@dataclass(frozen=True, slots=True)
class Asking:
    """How a survey went: each number counts members, and each holds the next one.

    `reached`: it was delivered or shown; `started`: gave one answer or more ("prefer not to say" is none);
    `finished`: came to the end. `gone` left while it ran, without having started; they belong to nobody's rate.
    """

    asked: int
    reached: int
    started: int
    finished: int
    gone: int = 0

    def __post_init__(self) -> None:
        if not self.asked >= self.reached >= self.started >= self.finished >= 0 <= self.gone <= self.asked:
            raise ValueError("asked, reached, started and finished each hold the next one")
        if self.gone > self.asked - self.started:
            raise ValueError("who is gone has not started")


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate and its name: AAPOR's where it has one."""

    name: str
    ratio: Ratio


def rates(of: Asking, drawn: bool = True) -> tuple[Rate, ...]:
    """Return all rates of a survey. `drawn` is whether a list of members was asked, not whoever came by.

    RR1 counts whoever finished, RR2 whoever answered anything, over all who were asked; COOP1 and COOP2 the same over
    all who were reached, which is what people mostly mean by "response rate".
    """
    asked = of.asked - of.gone
    reached = min(of.reached, asked)
    names = _DRAWN if drawn else _POSTED
    return (
        Rate("reach", Ratio(reached, asked)),
        Rate(names[0], Ratio(of.finished, asked)),
        Rate(names[1], Ratio(of.started, asked)),
        Rate(names[2], Ratio(of.finished, reached)),
        Rate(names[3], Ratio(of.started, reached)),
        Rate("completion", Ratio(of.finished, of.started)),
    )


def contactable(reachable: int, members: int) -> Rate:
    """Return the share of members whom a survey can be brought to: they agreed, and there is a way."""
    return Rate("contactable", Ratio(reachable, members))
