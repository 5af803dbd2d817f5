"""Asks people beside what they do, where the platform can show something to one person alone: the choice reaches who
has made none right after an act of their own, twice a year at most, and never by a direct message.

Who has chosen, or was asked, is remembered for a day, so that most acts cost nothing. In a strict space nothing is
known of who has said nothing, so they could be asked again and again: there the notice in channels stands for it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.consent import cards
from bot.consent.choices import ASK_AGAIN_DAYS, Said, Source, What, standing
from bot.consent.questions import Questions
from bot.consent.roles import There
from bot.gate import Purpose
from bot.keys import Keys
from bot.language import Words
from bot.sending import outbox
from bot.sending.outbox import Letter
from bot.storage import noticing, outgoing
from bot.storage.engine import Database
from bot.storage.turns import in_turn
from scoring.signals import DAY_MS, Account, Kind, Signal, day_of

FRESH_MS = 120_000
"""What somebody did longer ago is history, beside which nobody is asked."""
WORTH_MS = 600_000
"""So long after an act the question still stands beside it."""
KNOWN_MS = DAY_MS
"""For how long is remembered that somebody is not to be asked."""
AT_ONCE, A_SECOND = 10.0, 1.0
"""How many people of a space are asked in one go, and in each second after that; the others beside a later act."""
GATHER_SECONDS, AGAIN_MS = 0.2, 5_000
_KNOWN, _ROOM = 50_000, 500
_OWN = frozenset({Kind.MESSAGE, Kind.REPLY, Kind.REACTION})


@dataclass(frozen=True, slots=True)
class _Act:
    who: Account
    there: There
    place: str


class Beside:
    """Hears what people do, and asks them; all that it remembers is lost with the process, and found out anew."""

    def __init__(self, database: Database, keys: Keys) -> None:
        """Take the store and the keys. `posted` is called when something was put into the outbox."""
        self._database = database
        self._keys = keys
        self._questions = Questions(database, keys)
        self._acts: dict[tuple[int, Account], _Act] = {}
        self._known: OrderedDict[tuple[int, Account], int] = OrderedDict()
        self._shut: dict[int, int] = {}
        self._room: dict[int, tuple[float, int]] = {}
        self._woken = asyncio.Event()
        self.posted: Callable[[], None] = lambda: None

    def heard(self, signals: Sequence[Signal], there: There) -> None:
        """Hear what was just stored of people's own acts."""
        if 0 <= there.at - self._shut.get(there.community, 0) < AGAIN_MS:
            return
        for one in signals:
            who = one.account
            if one.kind not in _OWN or who is None or who.bot or one.retracted or one.at <= there.at - FRESH_MS:
                continue
            key = (there.space, who)
            if not 0 <= there.at - self._known.get(key, 0) < KNOWN_MS and len(self._acts) < _ROOM:
                self._acts[key] = _Act(who, there, one.context.place)
                self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Ask until told to stop. Raises MachineError as the storage does."""
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                woken = asyncio.ensure_future(self._woken.wait())
                await asyncio.wait((stopping, woken), return_when=asyncio.FIRST_COMPLETED)
                woken.cancel()
                await asyncio.wait((stopping,), timeout=GATHER_SECONDS)  # what others do meanwhile goes along
                await self.once()
        finally:
            stopping.cancel()

    async def once(self) -> None:
        """Ask who has done something since the last time, as far as they are to be asked."""
        self._woken.clear()
        acts, self._acts = self._acts, {}
        by_space: dict[int, list[_Act]] = defaultdict(list)
        for one in acts.values():
            by_space[one.there.space].append(one)
        for some in by_space.values():
            await self._look(some)

    async def _look(self, acts: Sequence[_Act]) -> None:
        """Find out who of a space is to be asked."""
        there, handles = acts[-1].there, {self._keys.handle(one.who): one for one in acts}
        async with self._database.read() as connection:
            going = await outgoing.going(connection, there.community)
            if going.live_at is None or going.paused_at is not None:
                self._shut[there.community] = there.at
                return
            since = there.at - ASK_AGAIN_DAYS * DAY_MS
            undecided = await noticing.undecided(connection, there.community, handles, since)
        for handle, act in handles.items():
            if handle not in undecided:
                self._remember(act)
            elif self._may(there):
                await self._ask(act)
                self._remember(act)

    async def _ask(self, act: _Act) -> None:
        there = act.there
        version = cards.card_version(Words(there.settings.language), there.settings.consent)
        said = Said(there.community, there.space, act.who, there.at, Source.BESIDE, version)
        async with in_turn(self._database, there.community) as connection:
            now = await standing(connection, self._keys, said)
            if now.page or now.out or now.excluded or now.young:
                return
            root = await self._questions.put(connection, said, What.ASKED_PAGE)
            if root is None:
                return
            await self._post(connection, act, root)
        self.posted()

    async def _post(self, connection: AsyncConnection, act: _Act, root: int) -> None:
        there = act.there
        letter = Letter(
            there.community, there.space, f"card:{root}:{day_of(there.at)}", Purpose.NOTICE,
            cards.card(Words(there.settings.language), there.settings.consent), root, act.place,
            due=there.at, expires=there.at + WORTH_MS, beside=True,
        )  # fmt: skip
        await outbox.post(connection, letter, self._keys)

    def _may(self, there: There) -> bool:
        """Whether one more of a space may be asked now."""
        left, at = self._room.get(there.space, (AT_ONCE, there.at))
        left = min(AT_ONCE, left + max(there.at - at, 0) / 1000 * A_SECOND)
        self._room[there.space] = (left - 1 if left >= 1 else left), there.at
        return left >= 1

    def _remember(self, act: _Act) -> None:
        key = (act.there.space, act.who)
        self._known[key] = act.there.at
        self._known.move_to_end(key)
        if len(self._known) > _KNOWN:
            self._known.popitem(last=False)
