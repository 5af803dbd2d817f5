"""One page for all accounts that are one person's, on whosever word they are joined, and apart again when that ends.

Somebody who never chose anything takes no page away: that of the other side becomes theirs, too. On the team's word it
does so only where nobody on the other side refused one, and goes again when the team's word does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.consent.choices import BROUGHT, Said, Source, What
from bot.storage import accounts, choosing, people
from bot.storage.choosing import Chosen, Family
from bot.storage.spaces import OWN_WORD

JOINED, PARTED = "joined", "parted"
"""What is put down of a page that somebody has because of whom they are joined with, and of its end."""
_NO = "no"


async def join(connection: AsyncConnection, said: Said, source: int, sides: Sequence[tuple[int, int]]) -> None:
    """Join two accounts, each with the member whose it is, on a source's word; a page of one becomes that of both.

    Each keeps the day on which their page begins, and the latest counts while they are joined.
    """
    found = [await choosing.family_of(connection, said.community, member) for _, member in sides]
    before = [one for one in found if one is not None]
    pair, last = (sides[0][0], sides[1][0]), await accounts.last(connection)
    await people.join_accounts(connection, said.community, source, [pair], last)
    bare = [one for one in before if not one.page]
    if len(bare) == len(before) or (said.source is Source.TEAM and await _refused(connection, said, bare)):
        return
    members = [one for family in bare for one in family.members]
    await choosing.set_page(connection, said.community, members, page=True)
    await choosing.put(connection, said.community, [said.row(one, What.PAGE, JOINED) for one in members])


async def settle_apart(connection: AsyncConnection, said: Said, numbers: Iterable[int]) -> None:
    """Take pages back after accounts were parted: of those who had one on the team's word, and now with nobody else."""
    for root in await accounts.members_of(connection, numbers):
        family = await choosing.family_of(connection, said.community, root)
        pages = await choosing.with_page(connection, family.members) if family else set()
        lent = _lent(await choosing.of(connection, said.community, pages))
        if not lent or lent != pages:
            continue
        await choosing.set_page(connection, said.community, lent, page=False)
        await choosing.withdraw_invitations(connection, said.community, lent)
        await choosing.drop_old(connection, said.community, lent)
        told = replace(said, source=Source.TEAM, version="")
        await choosing.put(connection, said.community, [told.row(one, What.PAGE, PARTED) for one in sorted(lent)])


async def _refused(connection: AsyncConnection, said: Said, families: Iterable[Family]) -> bool:
    """Whether some of these closed their page, or left themselves out everywhere."""
    for family in families:
        handles = {one.handle for one in family.accounts}
        if OWN_WORD in await choosing.own_words(connection, said.community, handles):
            return True
        if _NO in _latest(await choosing.of(connection, said.community, family.members)).values():
            return True
    return False


def _latest(rows: Iterable[Chosen]) -> dict[int, str]:
    """Return what each said last themselves about having a page; losing a role, or the team's word, is no no."""
    theirs = (one for one in rows if one.source not in (Source.ROLE, Source.TEAM))
    return {one.member: one.value for one in theirs if one.what == What.PAGE}


def _lent(rows: Iterable[Chosen]) -> set[int]:
    """Return those who have a page on nothing but the team's word: they said none of their own since."""
    last = {one.member: one for one in rows if one.what == What.PAGE and one.value != BROUGHT}
    return {who for who, one in last.items() if one.source == Source.TEAM and one.value == JOINED}
