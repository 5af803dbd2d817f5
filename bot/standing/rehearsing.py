"""New rules before they count: who would stand elsewhere, and what would be offered when. And putting them in force."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.settle import Progress, Settler
from bot.standing import histories
from bot.storage import acts, communities, ledger, marks
from bot.storage.communities import Community
from bot.storage.engine import Database
from scoring.measures.gaps import missing
from scoring.measures.history import History
from scoring.mountain import Mountain
from scoring.signals import date_of

_SLICE = 30
"""Days marked in one transaction."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Where members stand under the rules in force and under new ones; `ids` names those with a page."""

    before: History
    after: History
    as_of: int
    ids: dict[int, str]

    def document(self, community: str) -> dict[str, Any]:
        """Return the document of `cairn rules rehearse --json`."""
        return {
            "community": community,
            "as_of": date_of(self.as_of).isoformat(),
            "rules": {"from": self.before.mountain.version, "to": self.after.mountain.version},
            "bands": self._bands(),
            "moves": self._moves(),
            "offers": self._offers(),
        }

    def _bands(self) -> list[dict[str, Any]]:
        """Return how many members stand in each band before and after, the new Mountain's bands first."""
        before, after = Counter(_standing(self.before).values()), Counter(_standing(self.after).values())
        names = [one.name for one in self.after.mountain.bands]
        names += [one.name for one in self.before.mountain.bands if one.name not in names]
        return [{"band": name, "before": before[name], "after": after[name]} for name in names]

    def _moves(self) -> list[dict[str, Any]]:
        """Return who would move from which band to which; `members` counts all, `ids` those with a page."""
        before, after = _standing(self.before), _standing(self.after)
        moves: dict[tuple[str | None, str | None], list[int]] = {}
        for who in sorted(before.keys() | after.keys()):
            if before.get(who) != after.get(who):
                moves.setdefault((before.get(who), after.get(who)), []).append(who)
        return [
            {"from": was, "to": now, "members": len(who), "ids": [self.ids[one] for one in who if one in self.ids]}
            for (was, now), who in sorted(moves.items(), key=lambda move: (-len(move[1]), str(move[0])))
        ]

    def _offers(self) -> dict[str, Any]:
        """Return how many steps would have been reached per week (Monday), and the week with the most.

        Of an incomplete week, `incomplete` are the kinds of which something is missing: there may have been more.
        """
        weeks = Counter(_monday(day) for day in self.after.crossings.day.tolist())
        first, last = min(weeks, default=0), max(weeks, default=-1)
        gaps = self.after.gaps
        listed = [
            {
                "week": date_of(day).isoformat(),
                "offers": weeks[day],
                "incomplete": [kind.label for kind in missing(gaps, day, day + 6)],
            }
            for day in range(first, last + 1, 7)
        ]
        before, after = _steps(self.before), _steps(self.after)
        names = sorted(before.keys() | after.keys())
        peak = max(weeks, key=lambda day: (weeks[day], -day), default=None)
        return {
            "before": sum(before.values()),
            "after": sum(after.values()),
            "steps": [{"step": name, "before": before[name], "after": after[name]} for name in names],
            "weeks": listed,
            "peak": None if peak is None else {"week": date_of(peak).isoformat(), "offers": weeks[peak]},
        }


def _standing(history: History) -> dict[int, str]:
    """Return each member's band, leaving out who is in none."""
    bands = history.mountain.bands
    last = dict(zip(history.changes.member.tolist(), history.changes.band.tolist(), strict=True))
    return {who: bands[band - 1].name for who, band in last.items() if band}


def _steps(history: History) -> Counter[str]:
    return Counter(history.mountain.steps[step].name for step in history.crossings.step.tolist())


def _monday(day: int) -> int:
    """Return the Monday on or before a day (day 0 was a Thursday)."""
    return day - (day + 3) % 7


async def rehearse(database: Database, community: Community, rules: tuple[Mountain, Mountain], as_of: int) -> Rehearsal:
    """Score the whole history under the rules in force and under new ones; nothing is written."""
    everything = await acts.everything(database, community.id, as_of)
    before, after = [await histories.scored(database, community, one, everything, as_of) for one in rules]
    async with database.read() as connection:
        shown = await ledger.pages(connection, community.id)
        people = await ledger.people(connection, community.id)
    present = np.union1d(everything.member, before.tallies.member).tolist()
    return Rehearsal(before, after, as_of, {who: people[who].public for who in shown.intersection(present)})


async def apply(
    database: Database, community: Community, file: tuple[str, str, str], progress: Progress = lambda left: None
) -> bool:
    """Settle new rules (text, version, file name) beside the old ones, then put them in force.

    Returns False where they are in force already. Interrupted, it goes on when called again.
    """
    changed = await _settle_beside(database, community, file, progress)
    more = True
    while more:  # also what an interrupted change of rules left behind
        async with database.write() as connection:
            more = await communities.sweep_retired(connection, community.id)
    return changed


async def _settle_beside(
    database: Database, community: Community, file: tuple[str, str, str], progress: Progress
) -> bool:
    """Settle rules beside those in force and let them take their place; returns whether they were not in force yet."""
    _, version, _ = file
    async with database.write() as connection:
        there = await communities.rules_of(connection, community.id)
        if any(one.state == "active" and one.version == version for one in there):
            await communities.retire_settling(connection, community.id, community.rules)
            return False
        settling = next((one.id for one in there if one.state == "settling" and one.version == version), None)
        number = settling or await communities.add_rules(connection, community.id, file, "settling")
        await communities.retire_settling(connection, community.id, number)
        first = await communities.first_day(connection, community.id)
        last = await communities.last_day(connection, community.id)
    for day in range(first or 0, (last if last is not None else -1) + 1, _SLICE):
        async with database.write() as connection:
            await marks.dirty_everything(connection, community.id, day, day + _SLICE - 1)
    await Settler(database, community.id).settle(progress)
    async with database.write() as connection:
        await communities.put_in_force(connection, community.id, number)
    return True
