"""One run of listening to Slack, from its start to its end: who is heard, and what is done beside."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress

from bot.ports import Account, Called, ConfigError, Host, MachineError, Meter
from integrations.slack.access import BACK, INSTALL, Access
from integrations.slack.api import Api, RefusedError
from integrations.slack.history.backfill import BackFill, keep_reading
from integrations.slack.history.gaps import Gaps, persist
from integrations.slack.history.pages import Pages
from integrations.slack.installing.installed import Installed, Known
from integrations.slack.installing.pages import Pages as InstallPages
from integrations.slack.loading import Loader
from integrations.slack.naming import name_of, names
from integrations.slack.payloads.ids import UnknownError
from integrations.slack.payloads.workspace import Workspace
from integrations.slack.receiving.bolt import Bolt
from integrations.slack.receiving.door import Door
from integrations.slack.receiving.ear import Ear, Heard, space_of
from integrations.slack.receiving.serving import Serving, Shows
from integrations.slack.receiving.signing import Signatures
from integrations.slack.receiving.sockets import Sockets
from integrations.slack.sentences import BOT_REFUSED
from integrations.slack.speaking.answering import Answering
from integrations.slack.speaking.callers import Callers
from integrations.slack.speaking.delivering import Delivering
from integrations.slack.speaking.finding import Finding

TICK_SECONDS = 5.0
"""How often it is put down how far has been heard, and looked what has changed."""
MISSED_MS = 15_000
"""From when on a break between connections counts as one in which something was missed; Slack tells shorter ones."""
AGAIN_MS = 60_000
"""When a workspace is tried again that could not be listened to."""
_AROUND_MS = 86_400_000
_HEARD = "heard"
_logger = logging.getLogger(__name__)


class Session:
    """Listens until cancelled. Use as `async with Session(host, access) as session: await session.listen()`."""

    def __init__(self, host: Host, access: Access) -> None:
        self._host = host
        self._access = access
        self._api = Api(access.api_url, lambda: host.count(Meter.RATE_LIMITED))
        self._loader = Loader(self._api)
        self.ear = Ear(host, self, access.clock)
        self._pages = Pages(self._api, self._loader, access.clock)
        self._gaps, self._back_fill = Gaps(self._pages), BackFill(self._pages, access.pause)
        callers = Callers(self._api, self._loader)
        self._answering = Answering(host, self._api, self.ear, callers, access.clock)
        self._delivering = Delivering(self._api, self.ear.heard)
        self.deliver = self._delivering.deliver
        self.look_for = Finding(self._api, self.ear.heard).find
        self._bolt = Bolt(self.ear, self._answering.interact, self._token)
        self._installed = Installed(host, self._api, access)
        self._changing = asyncio.Lock()
        self._later: dict[str, int] = {}
        self.serving = self._serving()
        self._pages_shown: set[asyncio.Task[None]] = set()
        self._beside: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._answering.close()
        await self._delivering.close()
        beside = [*self._beside.values(), *self._pages_shown]
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        now = self._access.clock()
        for heard in list(self.ear.heard.values()):
            with suppress(MachineError):
                await heard.pay(heard.workspace.huddles.end(heard.workspace, now))
        await self._put_down()
        await self._host.installations.close()
        await self._api.close()

    @property
    def connected(self) -> bool:
        """Whether what happens is heard; where Cairn is installed nowhere yet, whether it would be."""
        return self.serving.connected and bool(self.ear.heard or self._installed.nowhere)

    async def listen(self) -> None:
        """Know who is to be heard, then hear them. Raises ConfigError, MachineError."""
        await self._installed.begin()
        failed = await self._come_and_go()
        if not self._installed.teams and self._access.client is None:
            raise ConfigError(BOT_REFUSED)
        if failed and not self.ear.heard:
            raise failed
        going = [asyncio.ensure_future(one) for one in (self._tick(), self.serving.run(self._opened))]
        try:
            done, _ = await asyncio.wait(going, return_when=asyncio.FIRST_COMPLETED)
            for ended in done:
                ended.result()
        finally:
            for left in going:
                left.cancel()
            await asyncio.gather(*going, return_exceptions=True)

    def _serving(self) -> Serving:
        access = self._access
        count: Callable[[Meter], None] = self._host.count
        sockets = Sockets(self._api, access.app_token, self._bolt.take, count) if access.app_token else None
        door = Door(Signatures(access.signing_secret), self._bolt.take, count) if access.signing_secret else None
        pages: dict[str, Shows] = {}
        if access.client is not None:
            shown = InstallPages(access, access.client, self._host.installations, self._arrives)
            pages = {INSTALL: shown.install, BACK: shown.back}
        return Serving(sockets, door, (access.host, access.port), pages)

    async def open(self, team: str) -> Heard | None:
        """Return a workspace that events come from; see `ear.Asks`."""
        known = self._installed.of(team)
        if known is None:
            return None
        one, token = known.identity, known.token
        desk = await self._host.desk(space_of(team, one.name), invited=known.kept is not None)
        if desk is None:
            return None
        workspace = Workspace(team, desk.settings, desk.kinds, one.organisation)
        workspace.people.own = one.own
        try:
            said = await self._loader.load(workspace, token, self._access.clock())
        except RefusedError as error:
            raise MachineError(str(error)) from None
        heard = Heard(desk, workspace, token)
        await desk.returned()
        await heard.tell_roles()
        if said:
            await desk.record(said)
        before = int(await desk.notes.read(_HEARD) or 0)
        now = self._access.clock()
        if before:
            await self._gaps.put_down(heard, before, now)
        heard.at = now
        await desk.notes.write(_HEARD, str(now))
        self._do(team, "gaps", persist(self._gaps, heard))
        if self._access.history:
            self._do(team, "back-fill", keep_reading(self._back_fill, heard))
        return heard

    async def find(self, heard: Heard, unknown: UnknownError) -> None:
        """Ask for what is not known; see `ear.Asks`."""
        await self._loader.find(heard.workspace, heard.token, unknown)

    async def names(self, team: str, most: int) -> Called | None:
        """Return what people of a workspace are called; see `bot.ports.Namer`."""
        heard = self.ear.heard.get(team)
        return await names(self._api, heard.workspace, heard.token, most) if heard is not None else None

    async def name_of(self, team: str, who: Account) -> str:
        """Return what somebody is called; see `bot.ports.Namer`."""
        heard = self.ear.heard.get(team)
        return await name_of(self._api, heard.workspace, heard.token, who) if heard is not None else ""

    async def came_home(self, heard: Heard, person: str) -> None:
        """Hear that somebody opened their page; see `ear.Asks`."""
        task = asyncio.create_task(self._answering.home.show(heard, person))
        self._pages_shown.add(task)
        task.add_done_callback(self._pages_shown.discard)

    async def ended(self, team: str) -> None:
        """Hear that Cairn was taken off; see `ear.Asks`."""
        async with self._changing:
            if await self._installed.ended(team):
                await self._leave(team)

    async def _leave(self, team: str) -> None:
        """Let go of a workspace out of which Cairn was taken: its token now, what is known of it after its grace."""
        self._drop(team)
        desk = await self._host.desk(space_of(team))
        if desk is not None:
            await desk.left()
        if not await self._installed.forget(team) and desk is not None:
            await desk.returned()  # it was installed anew meanwhile

    def _drop(self, team: str) -> None:
        for (one, what), task in list(self._beside.items()):
            if one == team:
                task.cancel()
                del self._beside[one, what]
        self.ear.heard.pop(team, None)
        self._later.pop(team, None)

    async def _come_and_go(self) -> MachineError | None:
        """Hear every workspace in which Cairn is installed, and no other; returns why one could not be heard yet."""
        failed, now = None, self._access.clock()
        async with self._changing:
            for team in list(self._installed.gone):
                await self._leave(team)
            for team in [one for one in self.ear.heard if self._installed.of(one) is None]:
                self._drop(team)
            for team in self._installed.teams:
                if self._later.get(team, 0) <= now:
                    failed = await self._listen_to(team) or failed
        return failed

    async def _listen_to(self, team: str) -> MachineError | None:
        """Hear a workspace by the token that holds now; what is wrong with one hinders no other."""
        known = self._installed.of(team)
        try:
            heard = await self.ear.of(team)
        except MachineError as error:
            _logger.warning("slack %s: %s; trying again", team, error)
            self._later[team] = self._access.clock() + AGAIN_MS
            return error
        if heard is not None and known is not None:
            heard.token = known.token
        return None

    async def _arrives(self, code: str) -> tuple[Known, bool]:
        """Install Cairn for who comes back from Slack's page, and listen there at once."""
        async with self._changing:
            known = await self._installed.arrive(code)
            team = known.identity.team
            await self._listen_to(team)
        return known, team in self.ear.heard

    async def _token(self, team: str) -> str | None:
        known = self._installed.of(team)
        return known.token if known is not None else None

    def _opened(self) -> None:
        """Hear that a connection stands: what happened while there was none is made good."""
        now = self._access.clock()
        for heard in list(self.ear.heard.values()):
            if heard.at and now - heard.at > MISSED_MS:
                heard.lost = heard.lost or heard.at

    def _do(self, team: str, what: str, work: Coroutine[None, None, None]) -> None:
        """Do something beside, instead of what is being done of its kind for the workspace."""
        earlier = self._beside.get((team, what))
        if earlier is not None:
            earlier.cancel()
        self._beside[team, what] = asyncio.create_task(work)

    async def _tick(self) -> None:
        while True:
            await self._access.pause(TICK_SECONDS)
            for looks in (self._look, self._installed.look, self._come_and_go):
                with suppress(MachineError):  # the store is gone: nothing is heard then, either
                    await looks()

    async def _look(self) -> None:
        for heard in list(self.ear.heard.values()):
            with suppress(MachineError):  # the others are looked after all the same
                await self._look_after(heard, self._access.clock())
        await self._put_down()

    async def _look_after(self, heard: Heard, now: int) -> None:
        """Do for one workspace what its time has come for."""
        workspace = heard.workspace
        workspace.apply(heard.desk.settings, heard.desk.kinds)
        if workspace.anew:
            await heard.tell_roles()
        workspace.huddles.convene(await heard.desk.occasions(now - _AROUND_MS, now + _AROUND_MS))
        await heard.pay(workspace.huddles.tick(workspace, now))
        if heard.lost:
            since, heard.lost = heard.lost, 0
            try:
                await self._gaps.put_down(heard, since, now)
            except MachineError:
                heard.lost = since  # it is put down later, and reaches until then
                raise
            self._do(workspace.id, "gaps", persist(self._gaps, heard))
        if workspace.groups.doubtful:
            await self._loader.regroup(workspace, heard.token)
            await heard.tell_roles()

    async def _put_down(self) -> None:
        """Put down up to when each workspace is heard."""
        now = self._access.clock()
        for heard in list(self.ear.heard.values()):
            if self.serving.connected and not heard.lost:
                heard.at = now
                with suppress(MachineError):
                    await heard.desk.notes.write(_HEARD, str(now))
