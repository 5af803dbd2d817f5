"""What people choose about themselves: counted only, a page, how to be invited, or left out.

Each choice is put down with the text that was read, when and how; what holds follows from it in the same transaction,
so it counts from the next signal and the next letter on. Taking back is as short a way as giving. Of people who are
joined the strictest word counts, until they say another one themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.consent import editions
from bot.gate import QUIET_DAYS, Invite, Reason
from bot.keys import Keys
from bot.rights.erased import Erased, Line, Word
from bot.storage import accounts, choosing, communities, contacts, outbox, spaces
from bot.storage.accounts import Newcomers
from bot.storage.choosing import Chosen, Family
from bot.storage.engine import Database
from bot.storage.turns import in_turn
from scoring.signals import DAY_MS, Account, day_of

ASK_AGAIN_DAYS = 183
"""So long nobody is asked the same again: at most twice a year."""
EVERYWHERE = 0
JOINED, PARTED = "joined", "parted"
"""What is put down of a page that somebody has because of whom they are joined with, and of its end."""
BROUGHT = "with what is kept"
"""What is put down of a page onto which somebody brings what came before it; it gives no page."""


class What(StrEnum):
    """What is chosen. The last two say that somebody was asked."""

    PAGE = "page"
    INVITE = "invite"
    OUT = "out"
    QUIET = "quiet"
    """That nothing comes by itself for a month, from then on; `no` ends it."""
    ASKED_PAGE = "asked about a page"
    ASKED_INVITE = "asked about invitations"


class Source(StrEnum):
    """How a choice came."""

    BUTTON = "button"
    COMMAND = "command"
    ROLE = "role"
    BESIDE = "beside"
    """Nothing was chosen: somebody was asked beside what they did."""
    TEAM = "team"
    OPERATOR = "operator"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True)
class Said:
    """Who says something, where and when (ms), and which version of which text they read."""

    community: int
    space: int
    account: Account
    at: int
    source: Source = Source.COMMAND
    version: str = ""

    def row(self, member: int, what: What, value: str, space: int = EVERYWHERE) -> Chosen:
        """Return the row that tells it."""
        return Chosen(member, space, what.value, value, self.version, self.at, self.source.value)


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for somebody in a space. `member` is None where nothing is stored of them.

    `begins` is the day their page begins (0: with all that is kept), `out` whether they are left out here, and
    `out_everywhere` everywhere. `excluded`: not by themselves. `forgotten`: at their own wish nothing is kept of them;
    `young`: nothing may be, because of their age, and no click of theirs changes that.
    """

    member: int | None = None
    page: bool = False
    begins: int = 0
    invite: Invite | None = None
    out: bool = False
    out_everywhere: bool = False
    excluded: bool = False
    forgotten: bool = False
    young: bool = False


class Choices:
    """Takes choices down."""

    def __init__(self, database: Database, keys: Keys) -> None:
        """Take the store and the keys."""
        self._database = database
        self._keys = keys

    async def standing(self, said: Said) -> Standing:
        """Return what holds for who speaks, where they speak."""
        async with self._database.read() as connection:
            return await standing(connection, self._keys, said)

    async def make_page(self, said: Said, *, fresh: bool = True) -> bool:
        """Give somebody a page; `fresh`: what they did before today counts for nothing on it.

        Whoever had left themselves out is let in with it. False where the team leaves them out, or they are under age.
        """
        handle = self._keys.handle(said.account)
        async with in_turn(self._database, said.community) as connection:
            if await choosing.left_out_by_team(connection, said.community, [handle], said.space):
                return False
            if await choosing.under_age(connection, said.community, [self._keys.marker(handle)]):
                return False
            whose = await self._let_in(connection, said)
            if whose.page:
                before = await choosing.of(connection, said.community, whose.members)
                if editions.outdated(before, What.PAGE, said.space):  # they say yes to the text of today
                    rows = [said.row(one, What.PAGE, "yes") for one in whose.members]
                    await choosing.put(connection, said.community, rows)
                return True
            begins = day_of(said.at) if fresh else 0
            await choosing.set_page(connection, said.community, whose.members, page=True, begins=begins)
            value = "fresh" if fresh else "yes"
            where = said.space if said.source is Source.ROLE else EVERYWHERE  # it is that space's role
            rows = [said.row(one, What.PAGE, value, where) for one in whose.members]
            await choosing.put(connection, said.community, rows)
        return True

    async def bring(self, said: Said) -> bool:
        """Let what is still kept from before count on somebody's page; False where they have none."""
        handle = self._keys.handle(said.account)
        async with self._database.read() as connection:
            whose = await choosing.family(connection, said.community, handle)
            days = await choosing.days_before(connection, said.community, whose) if whose else []
        if whose is None or not whose.page:
            return False
        async with in_turn(self._database, said.community) as connection:
            await choosing.set_page(connection, said.community, whose.members, page=True, begins=0)
            await choosing.mark_days(connection, said.community, whose.root, days)
            rows = [said.row(one, What.PAGE, BROUGHT) for one in whose.members]
            await choosing.put(connection, said.community, rows)
        return True

    async def close_page(self, said: Said) -> bool:
        """Take somebody's page away, and with it all invitations; they are counted again. False where they had none."""
        async with in_turn(self._database, said.community) as connection:
            whose = await choosing.family(connection, said.community, self._keys.handle(said.account))
            if whose is None or not whose.page:
                return False
            await self._close(connection, said, whose)
        return True

    async def invite(self, said: Said, wish: Invite) -> bool:
        """Put down how somebody wishes to be invited in the space; False where they have no page."""
        async with in_turn(self._database, said.community) as connection:
            whose = await choosing.family(connection, said.community, self._keys.handle(said.account))
            if whose is None or not whose.page:
                return False
            for one in whose.members:
                await contacts.set_invite(connection, said.community, one, said.space, wish)
                await contacts.renewed(connection, said.community, one, said.at)
            rows = [said.row(one, What.INVITE, wish.value, said.space) for one in whose.members]
            await choosing.put(connection, said.community, rows)
            await outbox.ask_again(connection, (said.community, whose.members), Reason.LATER.value, said.at)
        return True

    async def leave_out(self, said: Said, *, everywhere: bool = True) -> None:
        """Store nothing of somebody any more, in the space or everywhere; their page ends."""
        where = spaces.OWN_WORD if everywhere else -said.space
        handle = self._keys.handle(said.account)
        async with in_turn(self._database, said.community) as connection:
            whose = await choosing.family(connection, said.community, handle)
            handles = {handle, *(one.handle for one in whose.accounts)} if whose else {handle}
            await spaces.leave_out(connection, said.community, where, handles)
            if whose is None:
                return
            if everywhere and whose.page:
                await self._close(connection, said, whose)
            place = EVERYWHERE if everywhere else said.space
            rows = [said.row(one, What.OUT, "yes", place) for one in whose.members]
            await choosing.put(connection, said.community, rows)

    async def let_in(self, said: Said) -> None:
        """Count somebody again who left themselves out; without a page."""
        async with in_turn(self._database, said.community) as connection:
            await self._take_back(connection, said)

    async def by_role(self, said: Said) -> bool:
        """Give somebody a page because they chose a role that stands for it; not where they decided otherwise.

        Returns whether they have one now that they had not before.
        """
        async with self._database.read() as connection:
            now = await standing(connection, self._keys, said)
            before = await choosing.of(connection, said.community, [now.member] if now.member else [])
        if now.page or now.out or now.excluded or any(_by_themselves(one) for one in before):
            return False
        return await self.make_page(said)

    async def role_lost(self, said: Said) -> bool:
        """Take a page away that somebody has for nothing but a role in this space, which they hold no longer.

        Returns whether they had one. Whoever said anything about it in another way keeps it.
        """
        async with in_turn(self._database, said.community) as connection:
            whose = await choosing.family(connection, said.community, self._keys.handle(said.account))
            if whose is None or not whose.page:
                return False
            before = await choosing.of(connection, said.community, whose.members)
            given = [one.space for one in before if one.what == What.PAGE and one.source != Source.TEAM]
            if given[-1:] != [said.space] or any(_by_themselves(one) for one in before):
                return False
            await self._close(connection, said, whose)
        return True

    async def quiet(self, said: Said) -> int:
        """Let nothing come to somebody by itself for a month; returns until when (ms), 0 where they have no page."""
        async with in_turn(self._database, said.community) as connection:
            whose = await choosing.family(connection, said.community, self._keys.handle(said.account))
            if whose is None or not whose.page:
                return 0
            await contacts.lock(connection, said.community, whose.root)
            rows = [said.row(one, What.QUIET, f"{QUIET_DAYS} days") for one in whose.members]
            await choosing.put(connection, said.community, rows)
        return said.at + QUIET_DAYS * DAY_MS

    async def end_quiet(self, said: Said) -> bool:
        """End a month without: things come again as they were wished before. False where somebody has no page."""
        async with in_turn(self._database, said.community) as connection:
            whose = await choosing.family(connection, said.community, self._keys.handle(said.account))
            if whose is None or not whose.page:
                return False
            await contacts.lock(connection, said.community, whose.root)
            rows = [said.row(one, What.QUIET, "no") for one in whose.members]
            await choosing.put(connection, said.community, rows)
            await outbox.ask_again(connection, (said.community, whose.members), Reason.LATER.value, said.at)
        return True

    async def _let_in(self, connection: AsyncConnection, said: Said) -> Family:
        """Return somebody who says yes, made where nothing was stored of them."""
        handle = self._keys.handle(said.account)
        await self._take_back(connection, said)
        terms = self._keys, Newcomers(0, page=False)
        known = await accounts.find(connection, said.community, [handle])
        await accounts.make(connection, said.community, known, {handle: said.account}, terms)
        whose = await choosing.family(connection, said.community, handle)
        if whose is None:
            raise LookupError("an account that was just made is not there")
        return whose

    async def _take_back(self, connection: AsyncConnection, said: Said) -> None:
        handle = self._keys.handle(said.account)
        whose = await choosing.family(connection, said.community, handle)
        handles = {handle, *(one.handle for one in whose.accounts)} if whose else {handle}
        where = [spaces.OWN_WORD, -said.space]
        gone = await choosing.take_back(connection, said.community, handles, where)
        marker = self._keys.marker(handle)
        if await choosing.take_back(connection, said.community, [marker], [spaces.FORGOTTEN]):
            name = (await communities.get(connection, said.community)).name
            Erased(self._keys.erased).add([Line(said.at, name, marker, Word.BACK)])
        if gone and whose is not None:
            await choosing.put(connection, said.community, [said.row(one, What.OUT, "no") for one in whose.members])

    async def _close(self, connection: AsyncConnection, said: Said, whose: Family) -> None:
        await choosing.set_page(connection, said.community, whose.members, page=False)
        await choosing.withdraw_invitations(connection, said.community, whose.members)
        await choosing.drop_old(connection, said.community, whose.members)
        for one in whose.members:
            await contacts.lives_nowhere(connection, said.community, one)
        rows = [said.row(one, What.PAGE, "no") for one in whose.members]
        await choosing.put(connection, said.community, rows)


async def standing(connection: AsyncConnection, keys: Keys, said: Said) -> Standing:
    """Return what holds for who speaks, where they speak."""
    handle = keys.handle(said.account)
    whose = await choosing.family(connection, said.community, handle)
    handles = {handle, *(one.handle for one in whose.accounts)} if whose else {handle}
    words = await choosing.own_words(connection, said.community, handles)
    forgotten = await accounts.forgotten(connection, said.community, keys, handles)
    excluded = await choosing.left_out_by_team(connection, said.community, handles, said.space)
    everywhere = spaces.OWN_WORD in words or bool(forgotten)
    out = everywhere or -said.space in words or excluded
    markers = [keys.marker(one) for one in forgotten]
    young = bool(markers) and await choosing.under_age(connection, said.community, markers)
    wishes = await choosing.invited(connection, said.community, whose.members, said.space) if whose else []
    return Standing(
        member=whose.root if whose else None,
        page=whose is not None and whose.page,
        begins=whose.begins if whose else 0,
        invite=_strictest(wishes),
        out=out,
        out_everywhere=everywhere,
        excluded=excluded,
        forgotten=bool(markers) and not young,
        young=young,
    )


def _by_themselves(one: Chosen) -> bool:
    """Whether somebody decided about their page, or about being left out, in another way than by a role.

    A page that is theirs because of whom they are joined with is no such decision, and neither is its end.
    """
    return one.what in (What.PAGE, What.OUT) and one.source not in (Source.ROLE, Source.TEAM) and one.value != JOINED


def _strictest(wishes: Sequence[str]) -> Invite | None:
    return next((one for one in (Invite.NO, Invite.HERE, Invite.DM) if one.value in wishes), None)
