"""Workspaces install Cairn by the link, and are heard at once; they leave in any order, and come again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from aiohttp.test_utils import unused_port
from yarl import URL

from bot.rights.removal import Removal
from bot.storage.engine import Database
from integrations.sandbox.slack.teams import TeamHandle
from integrations.slack.access import BACK, INSTALL
from integrations.slack.checking import look_over
from integrations.slack.installing.installed import AHEAD_MS
from tests.scenarios.discord_rig import until
from tests.scenarios.slack_link import LinkRig, browser, link_rig, state_of

HOUR_MS = 3_600_000


async def says(rig: LinkRig, name: str, n: int = 1) -> None:
    """Let somebody write in a workspace, and wait until it is stored."""
    team = rig.server.team(name, installed=False)
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    before = await rig.heard_in(team)
    for _ in range(n):
        await alice.says(general, "hello")
    await until(stores(rig, name, before + n))


def on_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def stores(rig: LinkRig, name: str, n: int) -> Callable[[], object]:
    """Return whether so many messages of a workspace are stored."""

    async def enough() -> bool:
        return await rig.heard_in(rig.server.team(name)) >= n

    return enough


async def test_workspaces_install_cairn_by_the_link_and_are_heard_at_once(database_url: str) -> None:
    """Without a restart, into one community; afterwards, too. No token is anywhere in clear, and what lacks is told.

    On one database events come over sockets, on the other over HTTP.
    """
    async with link_rig(database_url, http=not on_sqlite(database_url)) as rig, browser() as somebody:
        garden, orchard = rig.team, rig.server.team("Orchard", installed=False)
        shown = await somebody.installs(rig, garden)
        assert (shown.status, "installed in Garden" in shown.text) == (200, True)
        assert "permissions" not in shown.text
        await says(rig, "Garden")
        page = URL(await somebody.begins(rig))
        few = ",".join(one for one in page.query["scope"].split(",") if one not in ("reactions:read", "files:write"))
        shown = await somebody.get(
            orchard.owner.accepts(str(page.update_query(scope=few))), **{"Accept-Language": "de-AT,de;q=0.9,en;q=0.8"}
        )
        assert (shown.status, "files:write, reactions:read" in shown.text) == (200, True)
        assert 'lang="de"' in shown.text
        await says(rig, "Orchard")
        shown = await somebody.installs(rig, orchard)  # once more, with all it asks for
        assert (shown.status, "permissions" in shown.text) == (200, False)
        await says(rig, "Orchard")
        assert len({one[0] for one in await rig.query("SELECT community FROM space")}) == 1
        for team in (garden, orchard):
            assert await rig.tokens_of(team) == [team.token]
            assert not (on_sqlite(database_url) and await rig.holds(team.token))
        await rig.stop()
        await rig.start()
        await says(rig, "Garden")
        await says(rig, "Orchard")
        access = replace(rig.access(), installed=tuple(await rig.kept()))
        found = [(one.about, one.ok) for one in await look_over(access)]
        assert found == [("slack Garden", True), ("slack Orchard", True)]


async def test_who_was_not_invited_or_did_not_begin_installs_nothing(sqlite_url: str) -> None:
    """Whatever a request says, and whoever's browser it is."""
    async with link_rig(sqlite_url) as rig, browser() as somebody, browser() as other:
        root, owner = rig.root, rig.team.owner
        for wrong in ("", "?invitation=", "?invitation=1.x", f"?{URL(rig.link()).query_string}&invitation=2"):
            assert (await somebody.get(f"{root}{INSTALL}{wrong}")).status == 403
        page = await somebody.begins(rig)
        back = owner.accepts(page)
        for foreign in (other, somebody):
            assert (await foreign.get(back.replace("state=", "state=x"))).status == 400
        assert (await other.get(back)).status == 400  # another browser, with the right state
        page, mine = await other.begins(rig), await somebody.begins(rig)
        assert (
            await somebody.get(owner.accepts(page))
        ).status == 400  # somebody else's state, and a cookie of one's own
        assert "Nothing was installed" in (await somebody.get(owner.refuses(await somebody.begins(rig)))).text
        assert (
            await somebody.get(f"{root}{BACK}?code=made-up&state={state_of(await somebody.begins(rig))}")
        ).status == 400
        late = owner.accepts(await somebody.begins(rig))
        rig.clock.ahead += 600_000
        assert (await somebody.get(late)).status == 400
        assert (await somebody.get(f"{root}{BACK}")).status == 400
        assert mine
        assert await rig.kept() == []


async def test_link_sends_browsers_only_to_slack_and_back_only_here(sqlite_url: str) -> None:
    """What a request says of hosts and addresses changes nothing; pages and what they are called from leak nowhere."""
    async with link_rig(sqlite_url) as rig, browser() as somebody:
        asked = f"{rig.link()}&redirect_uri=https://evil.invalid&next=https://evil.invalid&state=mine"
        shown = await somebody.get(asked, Host="evil.invalid", **{"X-Forwarded-Host": "evil.invalid"})
        page = URL(shown.headers["Location"])
        assert page.origin() == URL(rig.server.root).origin()
        assert page.query["redirect_uri"] == f"{rig.root}{BACK}"
        assert page.query["state"] != "mine"
        cookie = shown.headers["Set-Cookie"].lower()
        assert all(part in cookie for part in ("httponly", "samesite=lax", "max-age=600", "path=/"))
        done = await somebody.get(rig.team.owner.accepts(str(page)))
        for one in (shown, done):
            assert (one.headers["Referrer-Policy"], one.headers["Cache-Control"]) == ("no-referrer", "no-store")


async def test_of_fifty_that_come_back_at_once_one_installs(sqlite_url: str) -> None:
    async with link_rig(sqlite_url) as rig, browser() as somebody:
        back = rig.team.owner.accepts(await somebody.begins(rig))
        shown = await asyncio.gather(*(somebody.get(back) for _ in range(50)))
        assert sorted(one.status for one in shown) == [200] + [400] * 49
        await says(rig, "Garden")
        assert len(rig.server.ledger.acts("install")) == 1


async def test_workspace_that_leaves_is_let_go_of_and_the_others_stay(database_url: str) -> None:
    """In either order, told twice; who comes again within the grace finds all as it was, whatever is told late."""
    async with link_rig(database_url) as rig, browser() as somebody:
        garden, orchard = rig.team, rig.server.team("Orchard", installed=False)
        for team in (garden, orchard):
            await somebody.installs(rig, team)
            await says(rig, team.team.name)
        late = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [garden.bot.id]}}
        garden.uninstalls(tokens_first=on_sqlite(database_url))

        await until(forgotten(rig, garden))
        await rig.server.delivered()
        assert await rig.left_at(garden) is not None
        assert (await rig.left_at(orchard), len(await rig.tokens_of(orchard))) == (None, 1)
        await says(rig, "Orchard")
        assert (await somebody.installs(rig, garden)).status == 200
        assert await rig.left_at(garden) is None
        for event in (late, {"type": "app_uninstalled"}, late):
            rig.server.tell(garden, event)
        await rig.server.delivered()
        garden.bot_joins(garden.channel("general"))  # Slack takes who leaves out of all channels
        await says(rig, "Garden")
        assert (await rig.heard_in(garden), await rig.left_at(garden), len(await rig.tokens_of(garden))) == (2, None, 1)


async def test_workspace_that_left_while_cairn_was_stopped_is_left_and_the_others_run_on(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether its token was in the settings or came by the link."""
    async with link_rig(database_url) as rig, browser() as somebody:
        teams = {name: rig.server.team(name, installed=False) for name in ("Meadow", "Garden", "Orchard")}
        await rig.stop()
        rig.tokens = (teams["Meadow"].install(),)
        await rig.start()
        for name in ("Garden", "Orchard"):
            await somebody.installs(rig, teams[name])
        for name in teams:
            await says(rig, name)
        await rig.stop()
        teams["Garden"].uninstalls()
        teams["Meadow"].revokes()
        await rig.start()
        await says(rig, "Orchard")
        left = {name: await rig.left_at(one) is not None for name, one in teams.items()}
        assert left == {"Meadow": True, "Garden": True, "Orchard": False}
        assert await rig.tokens_of(teams["Garden"]) == []
        told = [one.getMessage() for one in caplog.records if "Slack does not take" in one.getMessage()]
        assert len(told) == 1
        assert f"token 1 of 1 (slack {teams['Meadow'].id}): token_revoked" in told[0]


async def test_tokens_that_end_are_renewed_before_and_after_a_stop_too_long_for_them(sqlite_url: str) -> None:
    async with link_rig(sqlite_url) as rig, browser() as somebody:
        rig.server.app.rotation = True
        await somebody.installs(rig, rig.team)
        (first,) = await rig.kept()
        assert first.expires - rig.clock() > 11 * HOUR_MS
        rig.clock.ahead += 12 * HOUR_MS - AHEAD_MS

        async def renewed() -> bool:
            return await rig.tokens_of(rig.team) not in ([first.token], [])

        await until(renewed)
        rig.clock.ahead += 3 * HOUR_MS  # the first has ended
        await says(rig, "Garden")
        (second,) = await rig.kept()
        assert not await rig.holds(second.renewal)
        await rig.stop()
        rig.clock.ahead += 13 * HOUR_MS
        await rig.start()
        await says(rig, "Garden")
        (third,) = await rig.kept()
        assert len({first.renewal, second.renewal, third.renewal}) == 3
        assert await look_over(replace(rig.access(), installed=(third,)))


async def test_workspace_that_comes_back_after_its_grace_begins_anew(sqlite_url: str) -> None:
    """What was known of it is deleted, nothing of the others; it is listened to again without a restart."""
    async with link_rig(sqlite_url) as rig, browser() as somebody:
        orchard = rig.server.team("Orchard", installed=False)
        for team in (rig.team, orchard):
            await somebody.installs(rig, team)
            await says(rig, team.team.name, 2)
        rig.team.uninstalls()
        await until(lambda: rig.left_at(rig.team))
        database = Database(rig.url)
        month = 31 * 24 * HOUR_MS
        assert await Removal(database).run(1, rig.clock() + month) == 1
        await database.close()
        assert (await rig.heard_in(rig.team), await rig.heard_in(orchard)) == (0, 2)
        assert (await somebody.installs(rig, rig.team)).status == 200
        rig.team.bot_joins(rig.team.channel("general"))
        await says(rig, "Garden")
        assert await rig.heard_in(rig.team) == 1


async def test_what_another_process_installs_renews_and_lets_go_of_is_followed(sqlite_url: str) -> None:
    """Two Cairns on one database: what one of them is told the other knows within seconds; one renews the token."""
    async with link_rig(sqlite_url) as rig, browser() as somebody:
        rig.server.app.rotation = True
        other = LinkRig(sqlite_url, rig.server, rig.team, port=unused_port(), clock=rig.clock)
        await other.start()
        try:
            assert (await somebody.installs(rig, rig.team)).status == 200
            await until(both(rig, other, hear=True))
            await says(rig, "Garden")
            (first,) = await rig.kept()
            rig.clock.ahead += 11 * HOUR_MS

            async def renewed() -> bool:
                return [one.version for one in await rig.kept()] != [first.version]

            await until(renewed)
            rig.clock.ahead += 2 * HOUR_MS  # the first has ended
            await until(both(rig, other, hear=True))
            await says(rig, "Garden")
            assert len(rig.server.ledger.requests(route="oauth.v2.access")) == 2
            rig.team.uninstalls()
            await until(both(rig, other, hear=False))
            await until(forgotten(rig, rig.team))
        finally:
            await other.stop()


def forgotten(rig: LinkRig, team: TeamHandle) -> Callable[[], object]:
    """Return whether no token of a workspace is stored any more."""

    async def so() -> bool:
        return not await rig.tokens_of(team)

    return so


def both(one: LinkRig, other: LinkRig, *, hear: bool) -> Callable[[], object]:
    """Return whether two Cairns listen to the workspace, or neither does."""

    async def so() -> bool:
        cairns = [each.slack for each in (one, other) if each.slack is not None]
        return [await each.names(one.team.id, 100) is not None for each in cairns] == [hear, hear]

    return so
