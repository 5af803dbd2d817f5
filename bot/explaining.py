"""Where a member stands and why: every total down to the engagements behind it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from difflib import get_close_matches
from typing import Any

import numpy as np

from bot.errors import InputError
from bot.keys import Keys
from bot.settle import Settler
from bot.storage import belonging, communities, contexts, ledger, marks, tallies
from bot.storage.communities import Community
from bot.storage.engine import Database
from bot.storage.ledger import Entry, Person
from scoring import assess, points
from scoring.columns import Acts
from scoring.mountain import POINT, TIMES_ONE, Mountain
from scoring.points import TALLY_POINT, Tallies
from scoring.road import Road
from scoring.signals import Context, date_of

_LOOKED_THROUGH = 20_000
"""In communities of more accounts, nobody is looked for but by exact id and scheme."""


class Explainer:
    """Explains members of one community."""

    def __init__(self, database: Database, community: Community, mountain: Mountain, keys: Keys) -> None:
        """Take the community and the rules in force in it."""
        self._database = database
        self._community = community
        self._mountain = mountain
        self._keys = keys

    async def find(self, wanted: str) -> int:
        """Return the member meant by an id or by an account of theirs; InputError where nobody is."""
        async with self._database.read() as connection:
            number = await ledger.find(connection, self._community.id, wanted)
        if number is None:
            number = await self._by_account(wanted)
        return number

    async def _by_account(self, wanted: str) -> int:
        """Look an account up by what it is called on its platform (`U024BE7LH`, `imported:p-1f0`, ...)."""
        async with self._database.read() as connection:
            found = await ledger.by_external(connection, self._community.id, self._keys, wanted)
            shown = await ledger.pages(connection, self._community.id)
            people = {} if found else await ledger.people(connection, self._community.id, _LOOKED_THROUGH)
        called = {who: {self._keys.open(sealed).id for sealed in person.sealed} for who, person in people.items()}
        found = found or {who for who, ids in called.items() if wanted in ids}
        if len(found) > 1:
            raise InputError(f"{wanted!r} is the account of several members; give a member's id instead")
        if not found:
            close = get_close_matches(wanted, {one for who in shown & called.keys() for one in called[who]}, 1)
            hint = f"did you mean {close[0]!r}?" if close else "`cairn member list` shows whom there is"
            raise InputError(f"no member has the id or account {wanted!r}; {hint}")
        return next(iter(found))

    async def explain(self, number: int, as_of: int) -> dict[str, Any]:
        """Return the document of `cairn member show --json`."""
        await self._settled()
        async with self._database.read() as connection:
            person = await ledger.person(connection, self._community.id, number)
            if not person.page:
                raise InputError("this person is only counted: without a page, nobody is shown what they did")
            active = await communities.active_rules(connection, self._community.id)
            scored = await tallies.tallies_of(connection, self._community.id, active.id, [number])
            held = await belonging.held(connection, self._community.id, self._mountain, [number])
            scored = scored.where(scored.day <= as_of)
            days = sorted({int(day) for day in scored.day})
            entries = await ledger.entries(connection, self._community.id, number, days)
            places = await contexts.some(connection, {one.context for one in entries})
        types = self._types(entries, places)
        road = Road(scored, self._mountain, as_of)
        return {
            "community": self._community.name,
            "as_of": date_of(as_of).isoformat(),
            "rules": {"version": self._mountain.version},
            "member": self._person(person),
            **self._standing(road, as_of),
            "crossings": self._crossings(assess.crossings(road, held)),
            "tallies": self._tallies(scored, entries, types, places),
        }

    async def _settled(self) -> None:
        async with self._database.read() as connection:
            left = await marks.waiting(connection, self._community.id)
        if left:
            await Settler(self._database, self._community.id).settle()

    def _types(self, entries: list[Entry], places: dict[int, Context]) -> list[int]:
        """Return for each entry the index of its engagement type, -1 where none matches."""
        order = sorted(places)
        column = np.array(
            [(e.author, e.day, e.at, e.kind, order.index(e.context), e.about, e.amount) for e in entries]
            or np.empty((0, 7)),
            np.int64,
        )
        author, day, at, kind, context, about, amount = column.T
        found = Acts(author, day, at, kind, context, about, amount, tuple(places[one] for one in order))
        return [int(one) for one in points.types(found, self._mountain)]

    def _person(self, person: Person) -> dict[str, Any]:
        known = [self._keys.open(sealed) for sealed in person.sealed]
        accounts = [{"platform": one.platform, "realm": one.realm, "id": one.id} for one in known]
        return {"id": person.public, "accounts": accounts}

    def _standing(self, road: Road, as_of: int) -> dict[str, Any]:
        sums = assess.totals(road, as_of)
        points_of = dict(zip(sums.band.tolist(), sums.points.tolist(), strict=True))
        changes = assess.band_changes(road, as_of)
        history = [
            {"day": date_of(day).isoformat(), "band": self._band(band)}
            for day, band in zip(changes.day.tolist(), changes.band.tolist(), strict=True)
        ]
        return {
            "band": history[-1]["band"] if history else None,
            "totals": [
                {"band": band.name, "points": points_of.get(n, 0) / TALLY_POINT, "entry": band.entry / POINT}
                for n, band in enumerate(self._mountain.bands)
            ],
            "history": history,
        }

    def _band(self, number: int) -> str | None:
        return self._mountain.bands[number - 1].name if number else None

    def _crossings(self, found: assess.Crossings) -> list[dict[str, str]]:
        return [
            {"step": self._mountain.steps[step].name, "day": date_of(day).isoformat()}
            for day, step in zip(found.day.tolist(), found.step.tolist(), strict=True)
        ]

    def _tallies(
        self, scored: Tallies, entries: list[Entry], types: list[int], places: dict[int, Context]
    ) -> list[dict[str, Any]]:
        """Return every tally with the engagements behind it."""
        behind: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
        for entry, kind in zip(entries, types, strict=True):
            behind[entry.day, kind].append(_engagement(entry, places[entry.context]))
        found = []
        for day, number, counted, worth in zip(
            *(column.tolist() for column in (scored.day, scored.type, scored.counted, scored.points)), strict=True
        ):
            one = self._mountain.types[number]
            plain = one.curve[min(counted, len(one.curve) - 1)] * TIMES_ONE
            found.append(
                {
                    "day": date_of(day).isoformat(),
                    "type": one.name,
                    "title": one.title,
                    "band": self._mountain.bands[one.band].name,
                    "counted": counted,
                    "points": worth / TALLY_POINT,
                    "multiplier": worth / plain if plain else 1.0,
                    "engagements": behind[day, number],
                }
            )
        return found


def _engagement(entry: Entry, place: Context) -> dict[str, Any]:
    """Return an engagement as it is shown: what, when, where; never what was said."""
    at = dt.datetime.fromtimestamp(entry.at / 1000, dt.UTC)
    where = {
        "place": place.name or place.place,
        "programme": place.programme,
        "cohort": place.cohort,
        "role": place.role,
        "project": place.project,
    }
    return {
        "kind": entry.kind.label,
        "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "estimated": entry.estimated,
        **{name: text for name, text in where.items() if text},
        **({"amount": entry.amount} if entry.amount else {}),
        "key": entry.key,
    }
