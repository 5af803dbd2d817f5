"""Codes that join accounts: put down as keyed hashes, and taken by one only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.schema import account, link_code


@dataclass(frozen=True, slots=True)
class Maker:
    """The account for which a code was made: its number, pseudonym and sealed identity, and whose it is now."""

    account: int
    handle: str
    sealed: bytes
    member: int


async def put(connection: AsyncConnection, community: int, digest: str, who: int, until: tuple[int, int]) -> None:
    """Put a code down for an account; an earlier one of theirs ends. `until` is when it was made and expires (ms)."""
    now, expires = until
    here = link_code.c.community == community
    await connection.execute(
        delete(link_code).where(here, (link_code.c.expires_at <= now) | (link_code.c.account == who))
    )
    values = {"community": community, "digest": digest, "account": who, "expires_at": expires}
    await connection.execute(insert(link_code).values(values))


async def maker(connection: AsyncConnection, community: int, digest: str, now: int) -> Maker | None:
    """Return for whom a code was made that still holds; None where it does not."""
    columns = select(account.c.id, account.c.handle, account.c.sealed, account.c.member)
    here = account.c.community == community, link_code.c.community == community, link_code.c.account == account.c.id
    holds = link_code.c.digest == digest, link_code.c.expires_at > now
    row = (await connection.execute(columns.where(*here, *holds))).first()
    return None if row is None else Maker(row[0], row[1], bytes(row[2]), row[3])


async def take(connection: AsyncConnection, community: int, digest: str, now: int) -> bool:
    """Use a code up; False where somebody was faster, or it does not hold."""
    here = link_code.c.community == community, link_code.c.digest == digest
    gone = await connection.execute(delete(link_code).where(*here).returning(link_code.c.expires_at))
    row = gone.first()
    return row is not None and row[0] > now
