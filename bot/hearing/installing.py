"""Keeps the tokens of spaces in which Cairn was installed by a link: sealed, each for its row alone."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import replace

from bot.errors import ConfigError, MachineError
from bot.hearing.installations import Installation, Renews
from bot.keys import Keys
from bot.storage import installations
from bot.storage.engine import Database
from bot.storage.installations import Kept

INVITED_MS = 7 * 86_400_000
"""How long an invitation holds."""
BACK_MS = 600_000
"""How long a browser may take on the platform's page."""
RENEWAL_MS = 60_000
"""So long nobody else tries while one process gets new tokens; it would not be waiting any more."""
_STATE_BYTES = 32
_INVITATION, _ARRIVAL = "invitation", "arrival"
_logger = logging.getLogger(__name__)


def _wall_clock() -> int:
    return time.time_ns() // 1_000_000


class InstallationsOf:
    """The `Installations` of one platform."""

    def __init__(self, database: Database, keys: Keys, platform: str, clock: Callable[[], int] = _wall_clock) -> None:
        """Take the store, the keys, the platform's name, and a clock in ms that tells who renews tokens meanwhile."""
        self._database = database
        self._keys = keys
        self._platform = platform
        self._clock = clock
        self._renewing: set[asyncio.Task[Installation | None]] = set()
        self._unsaved: dict[str, Installation] = {}

    def invitation(self, now: int) -> str:
        """Return what the link has to bear: until when it holds, and our signature."""
        until = str((now + INVITED_MS) // 1000)
        return f"{until}.{self._keys.signed(f'{_INVITATION} {self._platform}', until)}"

    def invited(self, word: str, now: int) -> bool:
        """Whether a link bears an invitation of ours that holds."""
        until, _, signature = word.partition(".")
        if not (until.isascii() and until.isdigit() and len(until) <= 12):  # noqa: PLR2004 - a moment in seconds
            return False
        ours = self._keys.signed(f"{_INVITATION} {self._platform}", until)
        return _same(ours, signature) and int(until) * 1000 > now

    async def expect(self, browser: str, now: int) -> str:
        """Return a state of 256 bits, signed; of it and of the browser only digests are stored."""
        word = secrets.token_urlsafe(_STATE_BYTES)
        state = f"{word}.{self._signed(word)}"
        async with self._database.write() as connection:
            await installations.sweep(connection, now)
            await installations.expect(connection, (self._platform, _digest(state)), _digest(browser), now + BACK_MS)
        return state

    async def came_back(self, state: str, browser: str, now: int) -> bool:
        """Use a state up, and say whether it was this browser's and in time; what is made up asks no store."""
        word, _, signature = state.partition(".")
        if not _same(self._signed(word), signature):
            return False
        async with self._database.write() as connection:
            found = await installations.came_back(connection, (self._platform, _digest(state)))
        return found is not None and _same(found[0], _digest(browser)) and found[1] > now

    def _signed(self, word: str) -> str:
        return self._keys.signed(f"{_ARRIVAL} {self._platform}", word)

    async def everything(self) -> list[Installation]:
        """Return all that there are, with their tokens as far as they can be opened."""
        async with self._database.read() as connection:
            found = await installations.everything(connection, self._platform)
        return [opened(self._keys, one) for one in found]

    async def versions(self) -> dict[str, int]:
        """Return which there are; what could not be stored before is now."""
        for one in list(self._unsaved.values()):
            await self._save(one)
        async with self._database.read() as connection:
            return await installations.versions(connection, self._platform)

    async def put(self, one: Installation) -> Installation:
        """Keep an installation."""
        now = self._clock()
        async with self._database.write() as connection:
            sealed = _sealed(self._keys, self._platform, one)
            version = await installations.store(connection, (self._platform, one.space), sealed, now)
        self._unsaved.pop(one.space, None)
        return replace(one, version=version, since=now)

    async def renew(self, one: Installation, how: Renews) -> Installation | None:
        """Get new tokens; begun, it is brought to its end whatever becomes of who asked: they are given once only."""
        now = self._clock()
        async with self._database.write() as connection:
            here = self._platform, one.space
            ours = await installations.begin_renewal(connection, here, one.version, (now, now + RENEWAL_MS))
        if not ours:
            return next((kept for kept in await self.everything() if kept.space == one.space), None)
        task = asyncio.create_task(self._renew(one, how))
        self._renewing.add(task)
        task.add_done_callback(self._renewing.discard)
        return await asyncio.shield(task)

    async def _renew(self, one: Installation, how: Renews) -> Installation | None:
        try:
            fresh = replace(await how(one), version=one.version, since=one.since)
        except BaseException:
            async with self._database.write() as connection:
                await installations.end_renewal(connection, (self._platform, one.space), one.version)
            raise
        try:
            return await self._save(fresh)
        except MachineError:  # the store is gone: what holds now is only here, and put down when it is back
            self._unsaved[one.space] = fresh
            return fresh

    async def _save(self, fresh: Installation) -> Installation | None:
        """Put renewed tokens in the place of those that they were got for."""
        sealed = _sealed(self._keys, self._platform, fresh)
        async with self._database.write() as connection:
            version = await installations.replace(connection, (self._platform, fresh.space), fresh.version, sealed)
        self._unsaved.pop(fresh.space, None)
        return None if version is None else replace(fresh, version=version)

    async def remove(self, space: str, version: int | None = None) -> bool:
        """Delete a space's tokens."""
        self._unsaved.pop(space, None)
        async with self._database.write() as connection:
            await installations.remove(connection, (self._platform, space), version)
            return space not in await installations.versions(connection, self._platform)

    async def close(self) -> None:
        """Wait for renewals that are under way, and try once more to store what could not be."""
        await asyncio.gather(*self._renewing, return_exceptions=True)
        for one in list(self._unsaved.values()):
            try:
                await self._save(one)
            except MachineError:
                _logger.error("%s %s: its new token could not be stored; install it anew", self._platform, one.space)  # noqa: TRY400


def opened(keys: Keys, kept: Kept) -> Installation:
    """Return an installation as it is meant; without tokens where the keys do not open it."""
    try:
        said = json.loads(keys.open_row(_row(kept.platform, kept.space), kept.content))
    except ConfigError:
        return Installation(kept.space, "", version=kept.version, since=kept.since)
    return Installation(kept.space, said["token"], said["renewal"], said["expires"], kept.version, kept.since)


async def reseal(database: Database, keys: Keys) -> int:
    """Seal all tokens with the newest key; returns how many. What changes meanwhile is sealed by who changes it."""
    async with database.read() as connection:
        found = await installations.everything(connection)
    n = 0
    for one in found:
        row = _row(one.platform, one.space)
        sealed = keys.seal_row(row, keys.open_row(row, one.content))
        async with database.write() as connection:
            n += await installations.reseal(connection, one, sealed)
    return n


def _sealed(keys: Keys, platform: str, one: Installation) -> bytes:
    said = {"token": one.token, "renewal": one.renewal, "expires": one.expires}
    return keys.seal_row(_row(platform, one.space), json.dumps(said).encode())


def _row(platform: str, space: str) -> tuple[str, str, str]:
    return "installation", platform, space


def _same(ours: str, given: str) -> bool:
    # compared as bytes: comparing text that is not ASCII raises
    return hmac.compare_digest(ours.encode(), given.encode("utf-8", "surrogateescape"))


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).hexdigest()
