"""How a survey ends: nobody answers any more, and where it was promised, answers become nobody's.

An anonymous survey is emptied in three steps, each of which may be broken off and begun again: its ballots are opened,
shuffled and written down without whose they are, in the order of lots drawn for each; then the ballots are burned; then
the key is destroyed. Whoever finds the store in between has sealed ballots without their key, and papers without names.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from itertools import groupby

import orjson

from bot.keys import Keys
from bot.storage import ballots, surveys
from bot.storage.ballots import Ballot
from bot.storage.engine import Database
from bot.storage.surveys import Survey
from bot.surveys.boxes import Boxes
from bot.surveys.casting import Answers, Casting

SLICE = 500
"""Rows in one transaction, which then takes well below 50 ms."""
_LOT = 12
_logger = logging.getLogger(__name__)


class Closing:
    """Closes surveys."""

    def __init__(self, database: Database, keys: Keys, boxes: Boxes, most: int = SLICE) -> None:
        """Take the store, the keys, those of anonymous surveys, and how many rows a transaction has at most."""
        self._database = database
        self._most = most
        self._boxes = boxes
        self._casting = Casting(database, keys, boxes)

    async def shut(self, community: int, public: str, now: int) -> Survey | None:
        """Let nobody answer any more; returns the survey, None where it is not one that is open or being closed."""
        async with self._database.write() as connection:
            of = await surveys.hold(connection, community, public, change=True)
            if of is not None and of.state == surveys.OPEN:
                await surveys.change(connection, of.id, state=surveys.CLOSING, closed_at=now)
            return await surveys.get(connection, community, public) if of is not None else None

    async def count(self, of: Survey) -> list[Answers]:
        """Return all answers of a survey that is shut: one for each person. Anonymous ones are nobody's then."""
        if of.mode != surveys.ANONYMOUS:
            return [answers for _, answers in await self.named(of)]
        if of.state == surveys.CLOSING:
            await self._shuffle(of)
        if of.state in (surveys.CLOSING, surveys.SHUFFLED):
            await self._burn(of)
        async with self._database.read() as connection:
            return [orjson.loads(one) for one in await ballots.papers(connection, of)]

    async def named(self, of: Survey) -> list[tuple[int, Answers]]:
        """Return the answers of a survey that is not anonymous, with the members who stand for whose they are."""
        if of.mode == surveys.ANONYMOUS:
            raise ValueError("answers of an anonymous survey are nobody's")
        return [(one.root, self._casting.opened(of, one)) for one in await self._ballots(of)]

    async def _ballots(self, of: Survey) -> list[Ballot]:
        """Return one ballot for each person: of two of people who were joined since, one that is through."""
        async with self._database.read() as connection:
            found = await ballots.everything(connection, of)
        of_each = (list(theirs) for _, theirs in groupby(found, key=lambda one: one.root))
        return [max(theirs, key=lambda one: (one.finished, one.member)) for theirs in of_each]

    async def _shuffle(self, of: Survey) -> None:
        """Write down what is on the ballots, without whose they are; what an earlier try wrote down is torn up."""
        async with self._database.write() as connection:
            await ballots.tear_up(connection, of)
        found = await self._ballots(of)
        if found and self._boxes.open(of.public) is None:  # as after a backup was restored without the keys
            _logger.warning("survey %s: the key of its answers is gone, so they cannot be counted", of.public)
            found = []
        answers = [self._casting.opened(of, one) for one in found]
        lots = sorted((secrets.token_hex(_LOT), orjson.dumps(one).decode()) for one in answers)
        for papers in _slices(lots, self._most):
            async with self._database.write() as connection:
                await ballots.add_papers(connection, of, papers)
        async with self._database.write() as connection:
            await surveys.change(connection, of.id, state=surveys.SHUFFLED)

    async def _burn(self, of: Survey) -> None:
        """Delete the ballots, then the key that could open their like in old backups."""
        burned = self._most
        while burned == self._most:
            async with self._database.write() as connection:
                burned = await ballots.burn(connection, of, self._most)
        self._boxes.destroy(of.public)


def _slices(lots: Sequence[tuple[str, str]], most: int) -> list[Sequence[tuple[str, str]]]:
    return [lots[n : n + most] for n in range(0, len(lots), most)]
