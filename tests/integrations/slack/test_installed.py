"""Which token holds where: asked of Slack and of the store, whatever fails meanwhile."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from yarl import URL

from bot.ports import Host, Installation, Kind, MachineError, SpaceSettings
from integrations.sandbox.faults import Fault
from integrations.sandbox.slack.limits import LIFTED
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.sandbox.slack.teams import TeamHandle
from integrations.slack.access import BACK, Access, Client
from integrations.slack.api import Api, RefusedError
from integrations.slack.installing.granting import NOT_A_BOT, asked_at, granted
from integrations.slack.installing.installed import LOOK_MS, Installed
from integrations.slack.loading import Loader
from integrations.slack.payloads.ids import UnknownError
from integrations.slack.payloads.workspace import Workspace

HERE = "http://127.0.0.1:1"
NOW = 1_700_000_000_000


@dataclass
class Clock:
    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Kept:
    """Installations in memory; `gone` says that the store does not answer."""

    rows: dict[str, Installation] = field(default_factory=dict)
    gone: bool = False
    changes: int = 0

    def _there(self) -> None:
        if self.gone:
            raise MachineError("the disk is full")

    async def everything(self) -> list[Installation]:
        self._there()
        return list(self.rows.values())

    async def versions(self) -> dict[str, int]:
        self._there()
        return {one.space: one.version for one in self.rows.values()}

    async def put(self, one: Installation) -> Installation:
        self._there()
        self.changes += 1
        self.rows[one.space] = replace(one, version=self.changes)
        return self.rows[one.space]

    async def renew(self, one: Installation, how: Any) -> Installation:
        return await self.put(await how(one))

    async def remove(self, space: str, version: int | None = None) -> bool:
        self._there()
        if version in (None, self.rows.get(space, Installation("", "")).version):
            self.rows.pop(space, None)
        return space not in self.rows


@dataclass
class Notes:
    said: dict[str, str] = field(default_factory=dict)

    async def read(self, name: str) -> str | None:
        return self.said.get(name)

    async def write(self, name: str, value: str) -> None:
        self.said[name] = value


@dataclass
class Hosts:
    """What an integration is given to run, as far as it is asked for here."""

    installations: Kept = field(default_factory=Kept)
    notes: Notes = field(default_factory=Notes)


@dataclass
class Stage:
    server: Sandbox
    host: Hosts
    api: Api
    access: Access
    clock: Clock

    def installed(self, *tokens: str) -> Installed:
        return Installed(cast("Host", self.host), self.api, replace(self.access, bot_tokens=tokens))

    @property
    def client(self) -> Client:
        assert self.access.client is not None
        return self.access.client

    def code(self, team: TeamHandle) -> str:
        """Return the code that a browser brings back when a workspace's owner agreed."""
        page = asked_at(self.access.api_url, self.client, "state")
        return URL(team.owner.accepts(str(page))).query["code"]

    async def join(self, name: str, into: Installed) -> TeamHandle:
        team = self.server.team(name, installed=False)
        await into.arrive(self.code(team))
        return team


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    clock = Clock()
    async with Sandbox(Settings(limits=LIFTED, clock=clock)) as server:
        server.app.redirect_urls = (f"{HERE}{BACK}",)
        client = Client(server.app.client_id, server.app.client_secret, HERE)
        access = Access(api_url=server.url, clock=clock, client=client)
        api = Api(server.url)
        yield Stage(server, Hosts(), api, access, clock)
        await api.close()


async def test_token_that_cannot_be_stored_is_given_back_unless_it_is_in_use(stage: Stage) -> None:
    here = stage.installed()
    team = stage.server.team("Garden", installed=False)
    stage.host.installations.gone = True
    with pytest.raises(MachineError, match="disk is full"):
        await here.arrive(stage.code(team))
    with pytest.raises(LookupError):
        _ = team.token
    stage.host.installations.gone = False
    await here.arrive(stage.code(team))
    stage.host.installations.gone = True
    with pytest.raises(MachineError, match="disk is full"):
        await here.arrive(stage.code(team))
    assert here.of(team.id) is not None
    assert team.token


async def test_what_slack_gives_that_is_no_token_of_a_bot_is_refused(stage: Stage) -> None:
    """An installation in a whole organisation, too."""
    good = {"access_token": "xoxb-1", "token_type": "bot", "team": {"id": "T1", "name": "x"}, "scope": ""}
    for wrong, why in (
        ({"token_type": "user"}, NOT_A_BOT),
        ({"access_token": ""}, NOT_A_BOT),
        ({"access_token": 3}, NOT_A_BOT),
        ({"team": None}, NOT_A_BOT),
        ({"team": {"id": "../x"}}, NOT_A_BOT),
        ({"expires_in": "soon"}, NOT_A_BOT),
        ({"is_enterprise_install": True, "team": None}, "whole_organisation"),
    ):
        with pytest.raises(RefusedError) as refused:
            await granted(cast("Api", Said(good | wrong)), stage.client, "code", NOW)
        assert refused.value.code == why
    found = await granted(cast("Api", Said(good | {"expires_in": 10, "refresh_token": "r"})), stage.client, "code", NOW)
    assert found == Installation("T1", "xoxb-1", "r", NOW + 10_000)


@dataclass
class Said:
    """A Slack that gives one answer."""

    answer: dict[str, Any]

    async def grant(self, _: object) -> dict[str, Any]:
        return self.answer


async def test_late_word_of_an_end_is_believed_only_when_slack_says_the_same(stage: Stage) -> None:
    """And where Slack cannot be asked nothing is concluded."""
    here = stage.installed()
    team = await stage.join("Garden", here)
    assert not await here.ended(team.id)
    assert not await here.ended("T0UNKNOWN")
    stage.server.faults.add(Fault("*", "/auth.test", status=503))
    with pytest.raises(MachineError):
        await here.ended(team.id)
    stage.server.fails("auth.test", "internal_error")
    with pytest.raises(MachineError):
        await here.ended(team.id)
    team.uninstalls()
    assert await here.ended(team.id)
    assert await here.forget(team.id)
    assert not await here.ended(team.id)
    assert stage.host.installations.rows == {}


async def test_what_is_wrong_with_one_workspace_hinders_no_other(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """A token that cannot be opened, one that is refused, one of a workspace that left, and a good one."""
    first = stage.installed()
    teams = {name: await stage.join(name, first) for name in ("Shut", "Wrong", "Left", "Good")}
    rows = stage.host.installations.rows
    rows[teams["Shut"].id] = replace(rows[teams["Shut"].id], token="")
    rows[teams["Wrong"].id] = replace(rows[teams["Wrong"].id], token="xoxb-made-up")
    teams["Left"].uninstalls()
    caplog.set_level(logging.WARNING)
    here = stage.installed("xoxb-wrong-as-well")
    await here.begin()
    await here.look()  # nothing is told or asked twice

    assert list(here.teams) == [teams["Good"].id]
    assert here.gone == {teams["Left"].id}
    said = sorted(one.getMessage() for one in caplog.records)
    assert [one.partition(":")[0] for one in said] == sorted(
        ["CAIRN_SLACK_BOT_TOKEN", f"slack {teams['Shut'].id}", f"slack {teams['Wrong'].id}"]
    )
    assert "the key file cannot open its token" in " ".join(said)
    assert "(invalid_auth); install it anew" in " ".join(said)


async def test_workspace_that_left_unheard_is_noticed_within_ten_minutes(stage: Stage) -> None:
    """Slack tells of it three times only; while it cannot be reached nobody is left."""
    here = stage.installed()
    team = await stage.join("Garden", here)
    team.revokes()
    stage.clock.now += LOOK_MS
    stage.server.faults.add(Fault("*", "/auth.test", status=503))
    await here.look()
    assert here.gone == set()
    stage.clock.now += 60_000
    await here.look()
    assert here.gone == {team.id}
    assert here.of(team.id) is None


async def test_token_that_cannot_be_renewed_is_used_to_its_end(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.server.app.rotation = True
    here = stage.installed()
    team = await stage.join("Garden", here)
    rows = stage.host.installations.rows
    rows[team.id] = await stage.host.installations.put(replace(rows[team.id], renewal="xoxe-1-used-up"))
    stage.clock.now += 11 * 3_600_000
    await here.look()
    await here.look()
    assert here.of(team.id) is not None
    stage.clock.now += 3_600_000
    await here.look()
    assert here.of(team.id) is None
    assert here.gone == set()  # it was not taken out: nothing of it is deleted
    told = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    assert len(told) == 2
    assert all("invalid_refresh_token" in one and "install it anew" in one for one in told)


async def test_trouble_at_slack_takes_nobody_s_role_and_makes_no_channel_private(stage: Stage) -> None:
    """What is not allowed is not there; what cannot be told now is asked again."""
    team = stage.server.team("Garden")
    alice = team.person("Alice")
    team.group("Moderators", [alice])
    general = team.channel("general", members=[alice])
    loader = Loader(stage.api)
    there = Workspace(team.id, SpaceSettings(), frozenset(Kind))
    await loader.load(there, team.token, NOW)
    before = there.groups.of_person.get(alice.id)
    assert before
    unknown = UnknownError("channel", general.id)
    for trouble in ("internal_error", "token_revoked"):
        for method in ("usergroups.list", "conversations.list", "conversations.info"):
            stage.server.fails(method, trouble)
        for asks in (loader.regroup(there, team.token), loader.load(there, team.token, NOW)):
            with pytest.raises(MachineError, match=trouble):
                await asks
        with pytest.raises(MachineError, match=trouble):
            await loader.find(there, team.token, unknown)
        assert there.groups.of_person.get(alice.id) == before
    stage.server.fails("usergroups.list", "missing_scope")
    await loader.regroup(there, team.token)
    assert not there.groups.of_person.get(alice.id)
