"""Where Cairn was installed by a link: the sealed tokens of each space, and who is on the way to install it."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import put, rows_of
from bot.storage.erasing import keep_no_trace
from bot.storage.schema import arrival, installation


class Kept(NamedTuple):
    """An installation as it is stored; `content` is sealed, `version` another number after each change."""

    platform: str
    space: str
    content: bytes
    version: int
    since: int


async def everything(connection: AsyncConnection, platform: str | None = None) -> list[Kept]:
    """Return all installations, or those of one platform, in the order of their spaces' ids."""
    names = ("platform", "external", "content", "version", "since")
    found = select(*(installation.c[name] for name in names)).order_by(installation.c.platform, installation.c.external)
    if platform is not None:
        found = found.where(installation.c.platform == platform)
    return [Kept(row[0], row[1], bytes(row[2]), row[3], row[4]) for row in await connection.execute(found)]


async def versions(connection: AsyncConnection, platform: str) -> dict[str, int]:
    """Return which spaces of a platform there are, with the version of each."""
    found = select(installation.c.external, installation.c.version).where(installation.c.platform == platform)
    return {row[0]: row[1] for row in await connection.execute(found)}


async def store(connection: AsyncConnection, of: tuple[str, str], content: bytes, now: int) -> int:
    """Put an installation down for a platform and space (ms), instead of an earlier one; returns its version."""
    version = _another()
    columns = ("platform", "external", "content", "version", "since", "renewing")
    await keep_no_trace(connection)
    await put(connection, installation, columns, [(*of, content, version, now, 0)])
    return version


async def begin_renewal(connection: AsyncConnection, of: tuple[str, str], version: int, until: tuple[int, int]) -> bool:
    """Whether its tokens are ours to renew: nobody else does, and nothing has changed. `until`: now, and how long."""
    now, end = until
    ours = update(installation).where(*_here(of), installation.c.version == version, installation.c.renewing <= now)
    return (await connection.execute(ours.values(renewing=end).returning(installation.c.external))).first() is not None


async def end_renewal(connection: AsyncConnection, of: tuple[str, str], version: int) -> None:
    """Let others renew the tokens that it was not possible to renew."""
    ours = update(installation).where(*_here(of), installation.c.version == version)
    await connection.execute(ours.values(renewing=0))


async def replace(connection: AsyncConnection, of: tuple[str, str], version: int, content: bytes) -> int | None:
    """Put other content in the place of a version; returns its version, None where that is not there any more."""
    fresh = _another()
    ours = update(installation).where(*_here(of), installation.c.version == version)
    values = {"content": content, "version": fresh, "renewing": 0}
    await keep_no_trace(connection)
    row = (await connection.execute(ours.values(values).returning(installation.c.version))).first()
    return None if row is None else fresh


async def reseal(connection: AsyncConnection, old: Kept, content: bytes) -> bool:
    """Seal the same content anew; False where it has changed meanwhile."""
    here = *_here((old.platform, old.space)), installation.c.version == old.version
    await keep_no_trace(connection)
    changed = update(installation).where(*here).values(content=content).returning(installation.c.external)
    return (await connection.execute(changed)).first() is not None


async def remove(connection: AsyncConnection, of: tuple[str, str], version: int | None) -> None:
    """Delete an installation, or that version of it, without a trace."""
    await keep_no_trace(connection)
    gone = delete(installation).where(*_here(of))
    await connection.execute(gone if version is None else gone.where(installation.c.version == version))


async def expect(connection: AsyncConnection, of: tuple[str, str], browser: str, expires_at: int) -> None:
    """Put down that a browser was sent to a platform's page; `of`: the platform, the digest of what comes back."""
    values = {"platform": of[0], "digest": of[1], "browser": browser, "expires_at": expires_at}
    await connection.execute(insert(arrival).values(values))


async def came_back(connection: AsyncConnection, of: tuple[str, str]) -> tuple[str, int] | None:
    """Use up what was put down: returns the browser's digest and until when it holds (ms); None where it is gone."""
    gone = delete(arrival).where(arrival.c.platform == of[0], arrival.c.digest == of[1])
    row = (await connection.execute(gone.returning(arrival.c.browser, arrival.c.expires_at))).first()
    return None if row is None else (row[0], row[1])


async def sweep(connection: AsyncConnection, before: int, limit: int = 1_000) -> bool:
    """Delete what was put down of browsers that did not come back in time (ms); returns whether more are left."""
    rows = await rows_of(
        connection,
        "DELETE FROM arrival WHERE (platform, digest) IN (SELECT platform, digest FROM arrival "
        "WHERE expires_at <= :before LIMIT :limit) RETURNING 1",
        before=before,
        limit=limit,
    )
    return len(rows) == limit


def _another() -> int:
    return secrets.randbits(62)


def _here(of: tuple[str, str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return installation.c.platform == of[0], installation.c.external == of[1]
