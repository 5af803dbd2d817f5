"""Where a member stands and why: every total down to the engagements behind it."""

from __future__ import annotations

import datetime as dt
from difflib import get_close_matches
from typing import Any

from bot.errors import InputError
from bot.keys import Keys
from bot.settle import InForce, Settler
from bot.standing import tracing
from bot.standing.tracing import Behind, Places, Trail
from bot.storage import communities, ledger, marks
from bot.storage.communities import Community
from bot.storage.engine import Database
from bot.storage.ledger import Entry, Person
from scoring.mountain import POINT, Mountain
from scoring.points import TALLY_POINT
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
            rules = InForce(active.id, self._mountain)
            trail = await tracing.trail(connection, self._community.id, rules, number, as_of)
            days = sorted(set(trail.scored.day.tolist()))
            told, places = await tracing.behind(connection, self._community.id, trail, days)
        return {
            "community": self._community.name,
            "as_of": date_of(as_of).isoformat(),
            "rules": {"version": self._mountain.version},
            "member": self._person(person),
            **self._standing(trail),
            "crossings": self._crossings(trail),
            "tallies": [self._tally(one, places) for one in told],
        }

    async def _settled(self) -> None:
        async with self._database.read() as connection:
            left = await marks.waiting(connection, self._community.id)
        if left:
            await Settler(self._database, self._community.id).settle()

    def _person(self, person: Person) -> dict[str, Any]:
        known = [self._keys.open(sealed) for sealed in person.sealed]
        accounts = [{"platform": one.platform, "realm": one.realm, "id": one.id} for one in known]
        return {"id": person.public, "accounts": accounts}

    def _standing(self, trail: Trail) -> dict[str, Any]:
        history = [{"day": date_of(day).isoformat(), "band": self._band(band)} for day, band in trail.bands]
        return {
            "band": history[-1]["band"] if history else None,
            "totals": [
                {"band": band.name, "points": worth / TALLY_POINT, "entry": band.entry / POINT}
                for band, worth in zip(self._mountain.bands, trail.totals, strict=True)
            ],
            "history": history,
        }

    def _band(self, number: int) -> str | None:
        return self._mountain.bands[number - 1].name if number else None

    def _crossings(self, trail: Trail) -> list[dict[str, str]]:
        steps = self._mountain.steps
        return [{"step": steps[step].name, "day": date_of(day).isoformat()} for day, step in trail.crossings]

    def _tally(self, told: Behind, places: Places) -> dict[str, Any]:
        """Return a tally with the engagements behind it."""
        one = self._mountain.types[told.type]
        return {
            "day": date_of(told.day).isoformat(),
            "type": one.name,
            "title": one.title,
            "band": self._mountain.bands[one.band].name,
            "counted": told.counted,
            "points": told.points / TALLY_POINT,
            "multiplier": told.times,
            "engagements": [_engagement(entry, places[entry.context]) for entry in told.entries],
        }


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
