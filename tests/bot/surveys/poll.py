"""A community with one open survey, whose people answer it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.storage import partaking, people, surveys
from bot.storage.partaking import Part
from bot.storage.surveys import Survey
from bot.surveys.boxes import Boxes
from bot.surveys.casting import Answers, Casting, Change, Receipt, Voter
from bot.surveys.closing import Closing
from scoring.signals import Account
from tests.scenarios.post import KEYS, Street, street

PUBLIC = "pulse1"


def says(finished: bool = True, **answers: str | int | None) -> Change:
    """Return a change that adds answers."""
    return lambda before: (dict(before) | answers, finished)


def who(name: str) -> Account:
    """Return somebody's account."""
    return Account("chat", "", name)


@dataclass
class Poll:
    """One survey, and who answers it."""

    street: Street
    boxes: Boxes
    mode: str
    number: int = 0

    def __post_init__(self) -> None:
        self.casting = Casting(self.street.database, KEYS, self.boxes)
        self.closing = Closing(self.street.database, KEYS, self.boxes)

    async def make(self, **terms: object) -> None:
        """Make the survey and open it."""
        values = {
            "community": self.street.community, "public": PUBLIC, "name": "pulse", "definition": "{}",
            "mode": self.mode, "terms": terms, "seed": 1, "at": self.street.at,
        }  # fmt: skip
        self.boxes.make(PUBLIC)
        async with self.street.database.write() as connection:
            self.number = await surveys.add(connection, values)
            await surveys.change(connection, self.number, state=surveys.OPEN, opened_at=self.street.at)

    def voter(self, name: str) -> Voter:
        """Return somebody as they answer."""
        return Voter(self.street.community, self.street.spaces[0], who(name))

    async def cast(self, name: str, finished: bool = True, **answers: str | int | None) -> Receipt:
        """Let somebody answer."""
        return await self.casting.cast(PUBLIC, self.voter(name), says(finished, **answers))

    async def survey(self) -> Survey:
        """Return the survey as it is now."""
        async with self.street.database.read() as connection:
            found = await surveys.get(connection, self.street.community, PUBLIC)
        assert found is not None
        return found

    async def close(self, closing: Closing | None = None) -> list[Answers]:
        """Close the survey; returns its answers in an order of their own."""
        of = await (closing or self.closing).shut(self.street.community, PUBLIC, self.street.at)
        assert of is not None
        return sorted(await (closing or self.closing).count(of), key=repr)

    async def ask(self, *parts: Part) -> None:
        """Put down who was asked."""
        async with self.street.database.write() as connection:
            await partaking.invite(connection, await self.survey(), parts)

    async def join(self, name: str, other: str) -> None:
        """Let two accounts be one person's."""
        async with self.street.database.write() as connection:
            ids = [await self._id(KEYS.handle(who(one))) for one in (name, other)]
            await people.join_accounts(connection, self.street.community, 0, [(ids[0], ids[1])], max(ids))

    async def _id(self, handle: str) -> int:
        return int((await self.street.rows(f"SELECT id FROM account WHERE handle = '{handle}'"))[0][0])


@asynccontextmanager
async def poll(url: str, folder: Path, mode: str, **terms: object) -> AsyncIterator[Poll]:
    """Open a survey in a database."""
    async with street(url) as made:
        found = Poll(made, Boxes(folder / "boxes"), mode)
        await found.make(**terms)
        yield found
