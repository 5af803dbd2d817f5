"""Several couriers race while people and communities change their minds: nothing goes out that may not.

What may go is judged by the database itself, in SQL of its own, at the moment at which a row is put down as being sent
(guarantee I4); the platform's ledger shows that nothing went out twice (I3).
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text

from bot.gate import Invite, Purpose
from bot.sending.delivering import Delivered, Delivery, Outcome
from bot.storage import contacts, outgoing, spaces
from bot.storage.engine import Database
from scoring.signals import Account
from tests.scenarios.post import DAY, HOUR, KEYS, MINUTE, LostError, Street, street

COUNTED = "o.state IN ('sending', 'sent', 'unknown') AND o.purpose NOT IN ('answer', 'digest')"
WRONG = f"""
    SELECT NEW.id FROM (SELECT 1) AS one WHERE NEW.state = 'sending' AND NEW.claimed_at IS NOT NULL AND (
      NEW.claimed_at >= NEW.expires
      OR NOT EXISTS (SELECT 1 FROM outgoing g WHERE g.community = NEW.community AND g.live_at IS NOT NULL
                     AND g.paused_at IS NULL)
      OR EXISTS (SELECT 1 FROM contact k WHERE k.community = NEW.community AND k.member = NEW.member AND k.minor)
      OR EXISTS (SELECT 1 FROM account a JOIN left_out l ON l.handle = a.handle AND l.community = a.community
                 WHERE a.community = NEW.community AND a.member = NEW.member AND l.space = 0)
      OR (NEW.purpose <> 'answer' AND (
        NOT EXISTS (SELECT 1 FROM reach r WHERE r.community = NEW.community AND r.member = NEW.member
                    AND r.space = NEW.space AND r.invite = 'dm')
        OR EXISTS (SELECT 1 FROM contact k WHERE k.community = NEW.community AND k.member = NEW.member
                   AND (k.ignored >= 3 OR k.met_at <= NEW.claimed_at - {183 * DAY}))
        OR EXISTS (SELECT 1 FROM outbox o WHERE o.community = NEW.community AND o.member = NEW.member
                   AND o.id <> NEW.id AND {COUNTED} AND o.claimed_at > NEW.claimed_at - {7 * DAY})
        OR (SELECT count(*) FROM outbox o WHERE o.community = NEW.community AND o.member = NEW.member
            AND o.id <> NEW.id AND {COUNTED} AND o.claimed_at > NEW.claimed_at - {30 * DAY}) >= 3)))
"""
ON_SQLITE = (
    "CREATE TABLE wrong (id integer)",
    "CREATE TABLE judged (id integer)",
    f"CREATE TRIGGER judge AFTER UPDATE OF claim ON outbox WHEN NEW.claim IS NOT NULL BEGIN "
    f"INSERT INTO judged VALUES (NEW.id); INSERT INTO wrong {WRONG}; END",
)
ON_POSTGRESQL = (
    "CREATE TABLE wrong (id bigint)",
    "CREATE TABLE judged (id bigint)",
    f"CREATE FUNCTION judge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.claim IS NOT NULL THEN "
    f"INSERT INTO judged VALUES (NEW.id); INSERT INTO wrong {WRONG}; END IF; RETURN NULL; END $$",
    "CREATE TRIGGER judge AFTER UPDATE OF claim ON outbox FOR EACH ROW EXECUTE FUNCTION judge()",
)


class Town:
    """People who change their minds, and a platform that answers as it likes."""

    def __init__(self, place: Street, members: list[int], seed: int) -> None:
        self.place = place
        self.members = members
        self.dice = random.Random(seed)
        place.platform.answer = self._before
        place.platform.after = lambda _: LostError() if self.dice.random() < 0.05 else None

    def _before(self, _: Delivery) -> Outcome | Exception | None:
        odd = (Delivered.CLOSED, Delivered.GONE, Delivered.LATER, Delivered.UNKNOWN, Delivered.FAILED)
        return Outcome(self.dice.choice(odd), after=60) if self.dice.random() < 0.1 else None

    async def post(self, letters: int) -> None:
        """Put letters into the outbox, most of which will have to wait or fail."""
        purposes = (Purpose.INVITATION, Purpose.INVITATION, Purpose.NUDGE, Purpose.ANSWER)
        chosen = [
            self.place.letter(self.dice.choice(self.members), kind=self.dice.choice(purposes)) for _ in range(letters)
        ]
        await self.place.post(*chosen)

    async def change_minds(self, database: Database, times: int) -> None:
        """Flip what the Gate looks at, one thing and one transaction at a time."""
        for _ in range(times):
            member, of = self.dice.choice(self.members), self.place.community
            async with database.write() as connection:
                change = self.dice.randrange(9)
                if change < 3:
                    invite = self.dice.choice((Invite.DM, Invite.DM, Invite.HERE, Invite.NO, None))
                    await contacts.set_invite(connection, of, member, self.place.spaces[0], invite)
                elif change == 3:
                    await contacts.set_minor(connection, of, member, minor=self.dice.random() < 0.3)
                elif change == 4:
                    await contacts.ignored(connection, of, member)
                elif change == 5:
                    await contacts.renewed(connection, of, member, self.place.at)
                    await contacts.came(connection, of, member, self.place.spaces[0])
                elif change == 6:
                    await contacts.lock(connection, of, member)
                    handle = KEYS.handle(Account("chat", "", f"p{self.members.index(member)}"))
                    flip = self.dice.choice((spaces.leave_out, spaces.let_in))
                    await flip(connection, of, spaces.OWN_WORD, [handle])
                elif change == 7:
                    await outgoing.pause(connection, of, self.place.at)
                else:
                    await outgoing.resume(connection, of, self.place.at)
            await asyncio.sleep(0)


async def race(url: str, rounds: int, seed: int) -> Counter[str]:
    """Let four couriers and two who change things race; returns how the rows ended, and how many were judged."""
    async with street(url) as place:
        async with place.database.write() as connection:
            for one in ON_SQLITE if place.database.kind == "sqlite" else ON_POSTGRESQL:
                await connection.execute(text(one))
        members = [await place.somebody(f"p{n}") for n in range(25)]
        async with place.database.write() as connection:
            for member in members:
                await contacts.opened(connection, place.community, member, place.spaces[0], place.at)
        town = Town(place, members, seed)
        others = [Database(url) for _ in range(4)]
        try:
            for _ in range(rounds):
                await town.post(40)
                work: list[Callable[[], Awaitable[object]]] = [place.new_courier(one).once for one in others]
                await asyncio.gather(
                    *(one() for one in work), *(town.change_minds(one, 15) for one in (place.database, others[0]))
                )
                place.at += town.dice.choice((30_000, MINUTE, HOUR, DAY, 4 * DAY))
        finally:
            for database in others:
                await database.close()
        wrong = await place.rows("SELECT id FROM wrong")
        nonces = Counter(one.nonce for one in place.platform.ledger)
        ended = Counter(str(row[0]) for row in await place.rows("SELECT state FROM outbox"))
        assert wrong == []
        assert [one for one, n in nonces.items() if n > 1] == []
        assert len(nonces) <= ended["sent"] + ended["unknown"] + ended["sending"]
        ended["judged"] = len(await place.rows("SELECT id FROM judged"))
        return ended


async def test_couriers_that_race_let_nothing_through_that_may_not_go(database_url: str) -> None:
    ended = await race(database_url, 30, 7)  # so many that chance, which decides how many go out, does not matter

    assert ended["sent"] > 20
    assert ended["failed"] > 100
    assert ended["judged"] >= ended["sent"]


async def test_judge_of_the_races_finds_what_is_wrong(database_url: str) -> None:
    """The judge itself: a row that is put down as being sent to somebody who did not wish it is found."""
    async with street(database_url) as place:
        async with place.database.write() as connection:
            for one in ON_SQLITE if place.database.kind == "sqlite" else ON_POSTGRESQL:
                await connection.execute(text(one))
        ann, bob = await place.somebody("ann"), await place.somebody("bob", Invite.NO)
        await place.post(place.letter(ann), place.letter(bob), place.letter(ann))
        async with place.database.write() as connection:
            for number in (1, 2, 3):
                sending = f"state = 'sending', claim = 'x', claimed_at = {place.at}"
                await connection.execute(text(f"UPDATE outbox SET {sending} WHERE id = {number}"))

        assert await place.rows("SELECT id FROM wrong ORDER BY id") == [(2,), (3,)]


@pytest.mark.soak
@pytest.mark.timeout(3_600)
async def test_a_hundred_thousand_letters_race_and_none_goes_that_may_not(database_url: str) -> None:
    ended = await race(database_url, 2_500, random.randrange(10**6))

    assert sum(ended.values()) - ended["judged"] == 100_000
