"""An archive's way into the store: through the same intake as everything else, resumable, and undone if it fails.

An import is known by the digest of its file and of how it is read. Running the same command again goes on where it was
stopped, or, when it is complete, reports that everything is known.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.community.settled import settings_of
from bot.errors import CairnError, MachineError
from bot.history.undoing import undo
from bot.identity import sharing
from bot.intake import Intake
from bot.keys import Keys
from bot.operating.collecting import collecting_seldom
from bot.ports import Archive, Count, Item, Person
from bot.rules import parse_rules
from bot.settle import InForce, Settler
from bot.storage import accounts, belonging, communities, imports, tallies
from bot.storage.accounts import Newcomers
from bot.storage.communities import Community
from bot.storage.engine import Database
from bot.storage.recording import Origin
from bot.storage.turns import in_turn
from scoring.asked import programmes_asked
from scoring.mountain import Mountain
from scoring.signals import ALWAYS_STORED, WRITTEN, Kind, Signal, date_of, day_of

BATCH = 2_000
"""Items read at a time."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the operator asked for: which community, on what terms; `rules` gives (text, version, file) for a new one.

    `consent` None means: the space's own policy, `notice` where the space is new.
    """

    community: str
    digest: str
    label: str
    rules: Callable[[], tuple[str, str, str]]
    consent: str | None = None
    keep: int | None = None


@dataclass(slots=True)
class Seen:
    """What went through an import: signals by kind; who wrote and whom rows vouch for, as pseudonyms."""

    signals: Counter[Kind] = field(default_factory=Counter)
    writers: set[str] = field(default_factory=set)
    vouched: set[str] = field(default_factory=set)
    counts: int = 0


Progress = Callable[[str, int, int], None]
"""Hears a stage (`reading`, `settling`), how far it is and how far it goes."""


class Importer:
    """Imports archives into one database."""

    def __init__(self, database: Database, keys: Keys, progress: Progress = lambda stage, at, of: None) -> None:
        """Take the database, the keys for pseudonyms, and who wants to hear of progress."""
        self._database = database
        self._keys = keys
        self._progress = progress
        self._mountains: dict[int, Mountain] = {}

    async def run(self, archive: Archive, order: Order) -> dict[str, Any]:
        """Import an archive and settle what it touched; returns the document that `cairn import --json` prints.

        Raises InputError for a damaged file and MachineError where the machine fails, both after taking back what had
        been stored; where even that fails, the same command goes on later.
        """
        community = await self._community(order)
        try:
            with collecting_seldom():
                return await self._run(archive, order, community)
        except CairnError as error:
            await self._take_back(order, community, error)
            raise

    async def _run(self, archive: Archive, order: Order, community: Community) -> dict[str, Any]:
        await self._finish_undoing(order, community)
        run, origin = await self._begin(archive, order, community)
        if run.state == "done":
            return _known_already(run)
        seen = await self._feed(archive, origin, run.done)
        await Settler(self._database, community.id).settle(self._settling())
        async with self._database.write() as connection:
            stored = (await imports.get(connection, run.id)).result
            backlog = await self._reached(connection, community) - Counter(stored["reached"])
            result = _document(archive, order, seen, stored) | {"import_id": run.id, "backlog": dict(backlog)}
            await imports.finish(connection, run.id, result | {"kinds": stored["kinds"]})
        return result

    async def _community(self, order: Order) -> Community:
        async with self._database.read() as connection:
            there = await communities.named(connection, order.community)
        if there is not None:
            return there
        rules = order.rules()
        async with self._database.write() as connection:
            there = await communities.named(connection, order.community)
            return there or await communities.found(connection, order.community, *rules)

    async def _finish_undoing(self, order: Order, community: Community) -> None:
        """Where this very import was being taken back, finish that before it begins anew."""
        run = await self._standing(order, community)
        if run is not None and run.state == "undoing":
            await undo(self._database, run.id, self._settling())

    async def _standing(self, order: Order, community: Community) -> imports.Run | None:
        async with self._database.read() as connection:
            return await imports.find(connection, community.id, order.digest)

    async def _begin(self, archive: Archive, order: Order, community: Community) -> tuple[imports.Run, Origin]:
        """Take up the import where it stopped, or begin it; decide what may be kept."""
        async with self._database.write() as connection:
            space, policy = await self._space(connection, archive, order, community)
            rules = (await self._rules(connection, community)).mountain
            kinds = ALWAYS_STORED | rules.kinds
            run = await imports.find(connection, community.id, order.digest)
            if run is None or _holds_more(run, kinds):
                before = {"reached": await self._reached(connection, community), "kinds": sorted(kinds)}
                number = await imports.begin(
                    connection, before, community=community.id, source=archive.source, digest=order.digest,
                    label=order.label, space=space, captured=archive.captured, consent=policy, keep=order.keep,
                )  # fmt: skip
                run = await imports.get(connection, number)
            archive.captured = run.captured  # rows of a file without its own time: as when they were first read
            newcomers = Newcomers(run.id, policy == "notice", policy == "strict")
            by_programme = bool(programmes_asked(rules.multipliers))
            out = (await settings_of(connection, community.id, archive.space)).listed_out
            origin = Origin(community.id, space, kinds, newcomers, run.captured, by_programme, places_out=out)
            return run, origin

    async def _space(
        self, connection: AsyncConnection, archive: Archive, order: Order, community: Community
    ) -> tuple[int | None, str]:
        """Return the space's number and consent policy: its own where it exists, else what the operator vouches for."""
        policy = order.consent or "notice"
        if archive.space is None:
            return None, policy
        there = await communities.find_space(connection, community.id, archive.space)
        return there or (await communities.add_space(connection, community.id, archive.space, policy), policy)

    async def _feed(self, archive: Archive, origin: Origin, already: int) -> Seen:
        """Read and store in turn: in one process both at once would only get in each other's way."""
        seen, items = Seen(), archive.items()
        async with Intake(self._database, self._keys) as intake:
            inbox = intake.inbox(origin)
            while batch := list(islice(items, BATCH)):
                signals = [item for item in batch if isinstance(item, Signal)]
                self._look_at(signals, seen)
                if len(signals) < len(batch):
                    await self._words(origin, batch, seen)
                skip, already = min(already, len(signals)), max(already - len(signals), 0)
                await inbox.record(signals[skip:])
                self._progress("reading", archive.position, archive.size)
        return seen

    def _look_at(self, signals: list[Signal], seen: Seen) -> None:
        """Count signals by kind, and note who wrote; by the very objects, since hashing each would cost too much."""
        said = [one for one in signals if not one[-1]]  # not retracted
        for kind, n in Counter(map(int, map(itemgetter(0), said))).items():
            seen.signals[Kind(kind)] += n
        writers = {id(one[4]): one[4] for one in said if one[0] in WRITTEN}
        seen.writers.update(self._keys.handle(one) for one in writers.values() if one is not None)

    async def _words(self, origin: Origin, batch: list[Item], seen: Seen) -> None:
        """Store what a batch declares of people, and its counts."""
        vouched = [item for item in batch if isinstance(item, Person)]
        counts = [item for item in batch if isinstance(item, Count)]
        source = origin.newcomers.source
        said = sharing.of_import(origin.community, time.time_ns() // 1_000_000)
        async with in_turn(self._database, origin.community) as connection:
            named = {self._keys.handle(one): one for person in vouched for one in person.accounts}
            seen.vouched.update(named)
            before = await accounts.last(connection)
            known = await accounts.find_or_make(connection, origin.community, named, self._keys, origin.newcomers)
            numbers = [
                [known[handle].id for one in person.accounts if (handle := self._keys.handle(one)) in known]
                for person in vouched
            ]
            pairs = {(same[0], other) for same in numbers for other in same[1:] if other != same[0]}
            await sharing.join_imported(connection, (said, source), pairs, before)
            declared = [
                (same[0], name, value)
                for same, person in zip(numbers, vouched, strict=True)
                if same
                for name, value in person.attributes
            ]
            await belonging.declare(connection, origin.community, source, declared)
            await imports.add_counts(connection, origin.community, source, counts)

    def _settling(self) -> Callable[[int], None]:
        """Return who hears how many marks are left, and tells how far settling is."""
        most = 0

        def hear(left: int) -> None:
            nonlocal most
            most = max(most, left)
            self._progress("settling", most - left, most)

        return hear

    async def _rules(self, connection: AsyncConnection, community: Community) -> InForce:
        """Return the rules in force; those of one number never change, so they are read once."""
        active = await communities.active_rules(connection, community.id)
        if active.id not in self._mountains:
            self._mountains[active.id] = parse_rules(active.text, active.name)
        return InForce(active.id, self._mountains[active.id])

    async def _reached(self, connection: AsyncConnection, community: Community) -> Counter[str]:
        """Count the members who have reached each step."""
        rules = await self._rules(connection, community)
        crossed = await tallies.crossed(connection, community.id, rules.id)
        return Counter({rules.mountain.steps[step].name: members for step, members in crossed.items()})

    async def _take_back(self, order: Order, community: Community, error: CairnError) -> None:
        """Undo a failed import; a community that was made for it goes too."""
        try:
            run = await self._standing(order, community)
            if run is not None and run.state in ("running", "undoing"):
                await undo(self._database, run.id, self._settling(), "failed")
            async with self._database.write() as connection:
                await communities.dissolve_empty(connection, community.id)
        except CairnError:
            said = str(error).rstrip(".")
            hint = "" if "same command again" in said else "; run the same command again to go on where it stopped"
            raise MachineError(f"{said}{hint}") from error


def _document(archive: Archive, order: Order, seen: Seen, stored: dict[str, Any]) -> dict[str, Any]:
    """Put together what an import reports."""
    again = Counter({label: n for label, n in stored.get("again", {}).items()})
    read = archive.read
    return {
        "import_id": None,
        "source": archive.source,
        "community": order.community,
        "dry_run": False,
        "read": {"objects": read.objects, "channels": read.channels, "accounts": read.accounts or len(seen.vouched)},
        "people": {"writers": len(seen.writers), "bots": read.bots},
        "signals": {kind.label: n - again[kind.label] for kind, n in sorted(seen.signals.items())},
        "engagements": {name: stored.get(name, 0) for name in ("new", "known", "changed", "retracted")},
        "skipped": dict(sorted((read.skipped + Counter(stored.get("dropped", {}))).items())),
        "first": None if read.first is None else date_of(day_of(read.first)).isoformat(),
        "last": None if read.last is None else date_of(day_of(read.last)).isoformat(),
        "backlog": {},
    }


def _holds_more(run: imports.Run, kinds: AbstractSet[Kind]) -> bool:
    """Whether a complete import left signals of its file aside that the rules of today use."""
    wanted = {kind.label for kind in kinds if kind not in run.result.get("kinds", kinds)}
    return run.state == "done" and not wanted.isdisjoint(run.result["signals"])


def _known_already(run: imports.Run) -> dict[str, Any]:
    """Report an import that is complete: nothing is new any more."""
    figures = run.result["engagements"]
    known = {"new": 0, "known": figures["new"] + figures["known"], "changed": 0, "retracted": 0}
    told = {name: value for name, value in run.result.items() if name != "kinds"}
    return told | {"engagements": known, "backlog": {}}
