"""Answers into the ballot box: one ballot a person, whatever accounts they have, changed at will until close.

A ballot is sealed for its survey and its member. That of an anonymous survey is sealed with the survey's own key, which
is in no database and no backup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import orjson
from cryptography.fernet import InvalidToken
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import Keys
from bot.storage import accounts, ballots, choosing, partaking, surveys
from bot.storage.accounts import Memory, Newcomers
from bot.storage.ballots import Ballot
from bot.storage.choosing import Family
from bot.storage.engine import Database
from bot.storage.partaking import Part, Stage
from bot.storage.surveys import Survey
from bot.storage.turns import in_turn
from bot.surveys.boxes import Boxes
from bot.surveys.kinds import Json
from scoring.signals import Account

Answers = Mapping[str, Json]
"""What somebody answered, by the names of the questions; None is "prefer not to say"."""
Change = Callable[[Answers], tuple[Answers, bool]]
"""Takes what somebody answered so far; returns what they answer now, and whether they are through."""


class Cast(StrEnum):
    """What became of an answer."""

    TAKEN = "taken"
    UNKNOWN = "unknown"
    """There is no such survey here."""
    NOT_OPEN = "not open"
    """It has not begun, or it is closed."""
    LEFT_OUT = "left out"
    """Nothing may be kept of this person."""
    NOT_ASKED = "not asked"
    """It asks others only."""


@dataclass(frozen=True, slots=True)
class Voter:
    """Who answers, where: the numbers of the community and the space."""

    community: int
    space: int
    account: Account


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an answer, and what stands in the ballot box of that person now."""

    cast: Cast
    answers: Answers
    finished: bool = False
    survey: Survey | None = None


class Casting:
    """Takes answers, and gives people back their own."""

    def __init__(self, database: Database, keys: Keys, boxes: Boxes) -> None:
        """Take the store, the keys, and the keys of anonymous surveys."""
        self._database = database
        self._keys = keys
        self._boxes = boxes

    async def mine(self, of: Survey, voter: Voter) -> Receipt:
        """Return what somebody has answered so far."""
        async with self._database.read() as connection:
            whose = await choosing.family(connection, voter.community, self._keys.handle(voter.account))
            found = await self._before(connection, of, whose) if whose is not None else None
        if found is None:
            return Receipt(Cast.TAKEN, {}, survey=of)
        return Receipt(Cast.TAKEN, self.opened(of, found), found.finished, of)

    async def cast(self, public: str, voter: Voter, change: Change) -> Receipt:
        """Put an answer into the box, in one transaction; nobody closes the survey meanwhile."""
        async with in_turn(self._database, voter.community) as connection:
            of = await surveys.hold(connection, voter.community, public)
            if of is None or of.state == surveys.DISCARDED:
                return Receipt(Cast.UNKNOWN, {})
            if of.state != surveys.OPEN:
                return Receipt(Cast.NOT_OPEN, {}, survey=of)
            whose = await self._person(connection, voter)
            if whose is None:
                return Receipt(Cast.LEFT_OUT, {}, survey=of)
            part = await self._part(connection, of, whose)
            if part is None and of.terms.get("only_asked"):
                return Receipt(Cast.NOT_ASKED, {}, survey=of)
            return await self._put(connection, of, whose, (part, change))

    async def _put(
        self, connection: AsyncConnection, of: Survey, whose: Family, how: tuple[Part | None, Change]
    ) -> Receipt:
        part, change = how
        before = await self._before(connection, of, whose)
        answers, finished = change(self.opened(of, before) if before is not None else {})
        member = before.member if before is not None else part.member if part is not None else whose.root
        content = self._seal(of, member, answers)
        await ballots.write(connection, of, Ballot(member, content, finished), whose.members)
        await partaking.invite(connection, of, [Part(member if part is None else part.member)])
        stage = Stage.FINISHED if finished else Stage.BEGAN
        await partaking.reached(connection, of, [member if part is None else part.member], stage)
        return Receipt(Cast.TAKEN, answers, finished, of)

    async def _person(self, connection: AsyncConnection, voter: Voter) -> Family | None:
        """Return who answers; whoever was never heard of is counted from now on. None of whom nothing may be kept."""
        handle = self._keys.handle(voter.account)
        found = await accounts.look_up(connection, voter.community, [handle], voter.space, Memory())
        if handle in found.left_out:
            return None
        terms = Newcomers(0, page=False)  # an answer is their own act, and says what is kept of it
        made = await accounts.find_or_make(connection, voter.community, {handle: voter.account}, self._keys, terms)
        if handle not in made or made[handle].bot:
            return None
        return await choosing.family_of(connection, voter.community, made[handle].member)

    async def _part(self, connection: AsyncConnection, of: Survey, whose: Family) -> Part | None:
        found = await partaking.parts_of(connection, of.community, whose.members)
        return next((part for survey, part in found if survey == of.id), None)

    async def _before(self, connection: AsyncConnection, of: Survey, whose: Family) -> Ballot | None:
        """Return what somebody answered before: of two ballots of people who were joined since, one that is through."""
        found = await ballots.of_members(connection, of, whose.members)
        return max(found, key=lambda one: (one.finished, one.member), default=None)

    def opened(self, of: Survey, one: Ballot) -> Answers:
        """Return what is on a ballot; nothing where its survey's key is destroyed. Raises ConfigError."""
        row = _row(of, one.member)
        if of.mode != surveys.ANONYMOUS:
            content = self._keys.open_row(row, one.content)
        else:
            box = self._boxes.open(of.public)
            if box is None:
                return {}
            try:
                content = box.open(row, one.content)
            except InvalidToken:
                return {}
        found: Answers = orjson.loads(content)
        return found

    def _seal(self, of: Survey, member: int, answers: Answers) -> bytes:
        content = orjson.dumps(answers)
        if of.mode != surveys.ANONYMOUS:
            return self._keys.seal_row(_row(of, member), content)
        box = self._boxes.open(of.public)
        if box is None:
            raise RuntimeError("an open survey has its key")
        return box.seal(_row(of, member), content)


def _row(of: Survey, member: int) -> tuple[str, ...]:
    return ("ballot", of.public, str(member))
