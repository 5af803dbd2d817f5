"""Who is ready for a step: members whom it could be offered today, not just whoever reached it once."""

from __future__ import annotations

import numpy as np

from scoring.assess import Held
from scoring.columns import Bools, Ints
from scoring.measures.history import History
from scoring.mountain import TIMES_ONE, Step
from scoring.road import Road


def ready(history: History, number: int, as_of: int, held: Held | None = None) -> dict[int, int]:
    """Return the members who are at a step's threshold at the end of `as_of`, each with the day they last reached it.

    `number` is the step's index in the Mountain. Who has held the role that the step leads to is left out.
    """
    step = history.mountain.steps[number]
    lane = Road(history.tallies, history.mountain, as_of).lanes[step.band]
    there = lane.members()
    there = there[lane.total(there, as_of) >= step.points * TIMES_ONE]
    there = there[lane.active_days(there, as_of) >= step.days]
    there = there[~_has_held(held, step, there, as_of)]
    mine = history.crossings.step == number
    last = dict(zip(history.crossings.member[mine].tolist(), history.crossings.day[mine].tolist(), strict=True))
    return {one: last[one] for one in there.tolist() if one in last}


def _has_held(held: Held | None, step: Step, members: Ints, as_of: int) -> Bools:
    if held is None or not step.without_role:
        return np.zeros(len(members), np.bool_)
    roles = [n for n, name in enumerate(held.roles) if name.casefold() == step.without_role.casefold()]
    return np.isin(members, held.member[np.isin(held.role, roles) & (held.day <= as_of)])
