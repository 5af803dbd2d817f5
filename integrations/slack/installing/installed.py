"""Where Cairn is installed: which token holds in which workspace, from the settings and by the link.

The store is the truth of what came by the link: other processes install, renew and remove there as well, so it is
looked at again and again. Whether a token holds is asked of Slack, never taken from the order of what it tells.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from bot.ports import Host, Installation, MachineError
from integrations.slack.access import Access, Client
from integrations.slack.api import Api, RefusedError
from integrations.slack.installing.granting import granted, renewed
from integrations.slack.loading import Identity, identity
from integrations.slack.scopes import missing

AHEAD_MS = 7_200_000
"""How long before its end a token is renewed; Slack's last for twelve hours."""
LOOK_MS = 600_000
"""How often Slack is asked whether a token holds still: it may have told that while nobody listened."""
_AGAIN_MS, _REFUSED_MS = 60_000, 3_600_000
GONE = frozenset({"account_inactive", "token_revoked"})
"""Why Slack refuses the token of a workspace out of which Cairn was taken."""
WRONG = GONE | {"invalid_auth", "not_authed", "token_expired", "not_allowed_token_type", "no_permission",
                "team_access_not_granted", "org_login_required", "ekm_access_denied"}  # fmt: skip
"""Why Slack does not take a token; anything else passes by itself."""
_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Known:
    """A workspace in which Cairn is installed. `kept` is None where its token is from the settings."""

    identity: Identity
    token: str = field(repr=False)
    kept: Installation | None = None
    looked: int = 0


class Installed:
    """The workspaces in which Cairn is installed, by id."""

    def __init__(self, host: Host, api: Api, access: Access) -> None:
        """Take what gives access to the store, the way to Slack, and the settings."""
        self._host = host
        self._api = api
        self._access = access
        self._client: Client | None = access.client
        self._clock: Callable[[], int] = access.clock
        self._known: dict[str, Known] = {}
        self._refused: dict[str, int] = {}
        self._later: dict[str, int] = {}
        self.gone: set[str] = set()
        """Workspaces out of which Cairn was taken, and of which that is still to be put down."""

    @property
    def teams(self) -> Collection[str]:
        """The ids of all workspaces."""
        return list(self._known)

    @property
    def nowhere(self) -> bool:
        """Whether Cairn is installed nowhere, as far as anybody knows."""
        return not (self._known or self._refused or self._later)

    def of(self, team: str) -> Known | None:
        """Return a workspace; None where Cairn is not installed."""
        return self._known.get(team)

    async def begin(self) -> None:
        """Learn of all; who is refused is left, with one line. Raises MachineError where Slack cannot be asked."""
        tokens = self._access.bot_tokens
        for number, token in enumerate(tokens, 1):
            try:
                await self._named(token)
            except RefusedError as error:
                await self._not_taken(token, error.code, f"token {number} of {len(tokens)}")
        await self.look()

    async def _named(self, token: str) -> None:
        """Learn of a workspace whose token is in the settings."""
        one = await self._identity(token)
        self._known[one.team] = Known(one, token, looked=self._clock())
        _tell_missing(one)
        if await self._host.notes.read(_note(token)) != one.team:
            await self._host.notes.write(_note(token), one.team)

    async def _not_taken(self, token: str, code: str, which: str) -> None:
        """Put down that a token of the settings is refused; Slack does not tell of which workspace it was."""
        team = await self._host.notes.read(_note(token))
        where = f" (slack {team})" if team else ""
        _logger.error("CAIRN_SLACK_BOT_TOKEN: Slack does not take %s%s: %s", which, where, code)
        if team and code in GONE:
            self.gone.add(team)

    async def look(self) -> None:
        """Bring it up to date: with the store, with what Slack says of tokens, and renew those that end soon."""
        if self._client is not None:
            await self._follow(await self._host.installations.versions())
        now = self._clock()
        for team, known in list(self._known.items()):
            if self._later.get(team, 0) <= now:
                await self._one(team, known, now)

    async def _follow(self, versions: dict[str, int]) -> None:
        """Learn of what was installed, renewed or removed in the store, by whomever."""
        for team, known in list(self._known.items()):
            if known.kept is not None and team not in versions:
                del self._known[team]
        self._refused = {team: seen for team, seen in self._refused.items() if versions.get(team) == seen}
        now = self._clock()
        fresh = {
            team
            for team, version in versions.items()
            if self._version(team) != version and team not in self._refused and self._later.get(team, 0) <= now
        }
        for one in await self._host.installations.everything() if fresh else ():
            if one.space in fresh:
                await self._stored(one, now)

    def _version(self, team: str) -> int | None:
        known = self._known.get(team)
        return known.kept.version if known is not None and known.kept is not None else None

    async def _stored(self, one: Installation, now: int) -> None:
        """Learn of a workspace whose token is in the store."""
        if not one.token:
            self._refused[one.space] = one.version
            _logger.error("slack %s: the key file cannot open its token; put back its keys, or install anew", one.space)
            return
        try:
            if one.expires and one.expires <= now:
                one = await self._renewed(one) or one
            self.take(await self._identity(one.token), one)
        except RefusedError as error:
            self._refuse(one, error.code)
        except MachineError as error:
            _logger.warning("slack %s: %s; trying again", one.space, error)
            self._later[one.space] = now + _AGAIN_MS

    def take(self, who: Identity, one: Installation) -> None:
        """Know a workspace by its installation from now on."""
        self._known[one.space] = Known(who, one.token, one, self._clock())
        self._later.pop(one.space, None)
        self.gone.discard(one.space)
        _tell_missing(who)

    def _refuse(self, one: Installation, code: str) -> None:
        self._known.pop(one.space, None)
        self._refused[one.space] = one.version
        if code in GONE:
            self.gone.add(one.space)
            return
        _logger.error("slack %s: Slack does not take its token (%s); install it anew", one.space, code)

    async def _one(self, team: str, known: Known, now: int) -> None:
        """Look after one workspace; what goes wrong with it hinders no other."""
        try:
            if known.kept is not None and known.kept.renewal and known.kept.expires - AHEAD_MS <= now:
                await self._renew(known, known.kept)
            elif known.looked + LOOK_MS <= now:
                known.identity, known.looked = await self._identity(known.token), now
        except RefusedError as error:
            await self._refused_one(team, known, error.code, now)
        except MachineError as error:
            _logger.info("slack %s: %s; trying again", team, error)
            self._later[team] = now + _AGAIN_MS

    async def _renew(self, known: Known, one: Installation) -> None:
        found = await self._renewed(one)
        if found is not None:
            known.token, known.kept = found.token, found

    async def _renewed(self, one: Installation) -> Installation | None:
        client = self._client
        if client is None or not one.renewal:
            raise RefusedError("token_expired")

        async def how(old: Installation) -> Installation:
            return await renewed(self._api, client, old, self._clock())

        return await self._host.installations.renew(one, how)

    async def _refused_one(self, team: str, known: Known, code: str, now: int) -> None:
        """Leave a workspace whose token holds no longer; one that cannot be renewed is used to its end."""
        if known.kept is not None and (code in GONE or 0 < known.kept.expires <= now):
            self._refuse(known.kept, code)
        elif code in GONE:
            del self._known[team]
            self.gone.add(team)
        else:  # it may hold again: nothing is lost by waiting
            _logger.error("slack %s: Slack does not take its token, or renew it (%s); install it anew", team, code)
            self._later[team] = now + _REFUSED_MS

    async def ended(self, team: str) -> bool:
        """Whether Cairn was taken out of a workspace, as Slack told: late words about an earlier time are none.

        Raises MachineError where Slack cannot be asked.
        """
        if team not in self._known and self._client is not None:
            await self._follow(await self._host.installations.versions())
        known = self._known.get(team)
        if known is None:
            if team in self._later:
                raise MachineError("Slack could not be asked yet")
            return team in self._refused or team in self.gone
        try:
            await self._identity(known.token)
        except RefusedError:
            return True
        return False

    async def forget(self, team: str) -> bool:
        """Delete a workspace's token; False where somebody has installed Cairn there anew meanwhile."""
        known, done = self._known.get(team), True
        if self._client is not None:
            version = known.kept.version if known is not None and known.kept is not None else self._refused.get(team)
            done = await self._host.installations.remove(team, version)
        for kept in (self._known, self._refused, self._later):
            kept.pop(team, None)
        self.gone.discard(team)
        return done

    async def arrive(self, code: str) -> Known:
        """Return a workspace that has just installed Cairn: its token is got and kept.

        Raises RefusedError, and MachineError where Slack or the store does not answer: then nothing is installed.
        """
        assert self._client is not None  # noqa: S101 - there are no pages else
        one = await granted(self._api, self._client, code, self._clock())
        try:
            who = await self._identity(one.token)
            kept = await self._host.installations.put(replace(one, space=who.team))
        except MachineError:
            if one.space not in self._known:  # nobody would give back what nobody keeps
                await self._give_back(one.token)
            raise
        self.take(who, kept)
        return self._known[who.team]

    async def _give_back(self, token: str) -> None:
        try:
            await self._api.post(token, "auth.revoke", {})
        except (RefusedError, MachineError) as error:
            _logger.warning("a token that could not be stored could not be given back (%s)", error)

    async def _identity(self, token: str) -> Identity:
        """Return what a token is; RefusedError where it does not hold, MachineError for what passes."""
        try:
            return await identity(self._api, token)
        except RefusedError as error:
            if error.code in WRONG:
                raise
            raise MachineError(str(error)) from None


def _tell_missing(one: Identity) -> None:
    for lacking in missing(one.scopes):
        _logger.warning("slack %s: %s", one.team, lacking)


def _note(token: str) -> str:
    """Return under which name it is put down which workspace a token of the settings is of."""
    return f"team of {hashlib.sha256(token.encode()).hexdigest()[:16]}"
