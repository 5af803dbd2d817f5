"""One page for all accounts that are one person's, on whosever word they are joined, and apart again when that ends.

Somebody who never chose anything takes no page away: that of the other side becomes theirs, too. On the team's word it
does so only where nobody on the other side refused one. It goes again when they are parted: each then has what it had.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.consent.choices import BROUGHT, EVERYWHERE, JOINED, PARTED, Said, Source, What
from bot.storage import accounts, choosing, people
from bot.storage.choosing import Chosen, Family
from bot.storage.spaces import OWN_WORD
from scoring.signals import Account

_NO = "no"


async def join(connection: AsyncConnection, said: Said, source: int, sides: Sequence[tuple[int, int]]) -> None:
    """Join two accounts, each with the member whose it is, on a source's word; a page of one becomes that of both.

    Each keeps the day on which their page begins, and the latest counts while they are joined.
    """
    members = await _lacking(connection, said, {member for _, member in sides})
    pair, last = (sides[0][0], sides[1][0]), await accounts.last(connection)
    await people.join_accounts(connection, said.community, source, [pair], last)
    await _lend(connection, said, members)


async def join_imported(
    connection: AsyncConnection, by: tuple[Said, int], pairs: Collection[tuple[int, int]], fresh_after: int
) -> None:
    """Join pairs of accounts on an import's word (`by`: see `of_import`, and its number), as the team joins them.

    A page of somebody's own is kept, and becomes that of the others; one that is only due to a file gives nobody else a
    page. `fresh_after`: see `people.join_accounts`.
    """
    (said, source), lacking = by, list[int]()
    root_of = await people.members_of(connection, {one for pair in pairs for one in pair})
    bare, with_page = await choosing.pages_among(connection, said.community, root_of.values())
    if bare and with_page:
        together = [(root_of[one], root_of[other]) for one, other in pairs if root_of[one] != root_of[other]]
        for group in people.components(sorted(set(root_of.values())), together):
            if not bare.isdisjoint(group) and not with_page.isdisjoint(group):
                lacking += await _lacking(connection, said, group)
    await people.join_accounts(connection, said.community, source, pairs, fresh_after)
    await _lend(connection, said, lacking)


def of_import(community: int, at: int) -> Said:
    """Return who speaks where an import joins accounts or is taken back (ms): the team, about nobody in particular."""
    return Said(community, EVERYWHERE, Account("", "", ""), at, Source.TEAM)


async def settle_apart(connection: AsyncConnection, said: Said, numbers: Iterable[int]) -> None:
    """Take pages back after accounts were parted: of those who had one for being joined, and now with nobody else."""
    for root in sorted(await choosing.chose(connection, said.community, numbers, JOINED)):
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


async def _lacking(connection: AsyncConnection, said: Said, roots: Iterable[int]) -> list[int]:
    """Return the members who lack a page that others with whom they are to be joined have, where it may become theirs.

    On the team's word it may not where one of them refused.
    """
    found = [await choosing.family_of(connection, said.community, one) for one in sorted(roots)]
    families = [one for one in found if one is not None]
    bare = [one for one in families if not one.page]
    if len(bare) == len(families) or (said.source is Source.TEAM and await _refused(connection, said, bare)):
        return []
    return [one for family in bare for one in family.members]


async def _lend(connection: AsyncConnection, said: Said, members: Sequence[int]) -> None:
    await choosing.set_page(connection, said.community, members, page=True)
    await choosing.put(connection, said.community, [said.row(one, What.PAGE, JOINED) for one in members])


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
    theirs = (one for one in rows if one.source not in (Source.ROLE, Source.TEAM) and one.value != JOINED)
    return {one.member: one.value for one in theirs if one.what == What.PAGE}


def _lent(rows: Iterable[Chosen]) -> set[int]:
    """Return those who have a page for nothing but being joined: they chose none of their own since."""
    last = {one.member: one for one in rows if one.what == What.PAGE and one.value != BROUGHT}
    return {who for who, one in last.items() if one.value == JOINED}
