"""Look at members: who stands where, and for one of them every act behind every figure."""

from __future__ import annotations

import time
from typing import Annotated, Any

import numpy as np
from cyclopts import App, Parameter
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from bot.cli import output
from bot.cli.options import Which, day, named
from bot.cli.session import Session, opened
from bot.errors import InputError
from bot.language import Words
from bot.reports import tables
from bot.rights import exporting
from bot.rights.forgetting import OPERATOR, Forgetting, Order
from bot.settle import Settler
from bot.standing import histories
from bot.standing.explaining import Explainer
from bot.storage import audit, belonging, choosing, erasing, holding, ledger, spaces
from bot.storage.choosing import Family
from bot.storage.communities import Community
from scoring import assess
from scoring.measures.history import History
from scoring.measures.ready import ready
from scoring.points import TALLY_POINT
from scoring.road import Road
from scoring.signals import date_of

app = App(name="member", help="Look at members: who stands where, and why.")

_DAYS_SHOWN = 12


@app.command
async def show(
    member: Annotated[str, Parameter(help="A member's id, or one of their accounts.")],
    /,
    which: Which = Which(),  # noqa: B008 - frozen values
    *,
    as_of: Annotated[str | None, Parameter(help="Day of the scores; the last signal's if left out.")] = None,
) -> None:
    """Show a member's totals per band, their band's history, the steps they reached and every act behind them."""
    until = day("--as-of", as_of)
    async with opened() as session:
        community = await session.community(which.community)
        if community is None:
            raise InputError("there is no community yet, so nobody to show; `cairn import` brings one in")
        explainer = Explainer(session.database, community, await session.mountain(community), await session.keys())
        if until is None:
            until = await histories.last_day(session.database, community) or 0
        found = await explainer.explain(await explainer.find(member), until)
    if which.json:
        output.document(found)
    else:
        output.show(*_shown(found))


@app.command(name="list")
async def list_(
    which: Which = Which(),  # noqa: B008
    *,
    band: Annotated[str | None, Parameter(help="Only members whose band this is.")] = None,
    step: Annotated[str | None, Parameter(help="Only members who are ready for this step.")] = None,
) -> None:
    """List the members who have a page, with their band and points per band, in order of their ids."""
    async with opened() as session:
        community = await session.community(which.community)
        mountain = await session.mountain(community)
        wanted = None if band is None else named("--band", band, (one.name for one in mountain.bands))
        offer = None if step is None else named("--step", step, (one.name for one in mountain.steps))
        last = await histories.last_day(session.database, community) if community else None
        found: list[dict[str, Any]] = []
        if community is not None and last is not None:
            history = await histories.history(session.database, community, mountain, last)
            found = await _listed(session, community, history, last)
            if offer is not None:
                number = [one.name for one in mountain.steps].index(offer)
                found = await _ready(session, community, found, (history, number, last))
        if wanted is not None:
            found = [one for one in found if one["band"] == wanted]
    if which.json:
        name, as_of = community.name if community else None, None if last is None else date_of(last).isoformat()
        output.document({"community": name, "as_of": as_of, "members": found})
        return
    output.show(_list(found, step))


@app.command
async def export(
    member: Annotated[str, Parameter(help="A member's id, or one of their accounts.")],
    /,
    which: Which = Which(),  # noqa: B008
) -> None:
    """Print all that is kept of somebody, with a page or without: for whoever asks for it and cannot use chat."""
    async with opened() as session:
        community, whose = await _anybody(session, member, which)
        async with session.database.read() as connection:
            words = Words(await spaces.language(connection, community.id))  # it is passed on to whom it is about
        copy = await exporting.export(session.database, await session.keys(), (community.id, whose), words)
        async with session.database.write() as connection:
            now = time.time_ns() // 1_000_000
            await audit.put(connection, community.id, now, None, exporting.EXPORTED, about=whose.root)
    print(copy.whole.decode() if which.json else copy.words.decode(), end="\n" if which.json else "")


@app.command
async def forget(
    member: Annotated[str, Parameter(help="A member's id, or one of their accounts.")],
    /,
    which: Which = Which(),  # noqa: B008
    *,
    yes: Annotated[bool, Parameter(negative="", help="Do it; without this, say only what would be done.")] = False,
) -> None:
    """Forget somebody: delete all that is kept of them, and never store anything of them again."""
    async with opened() as session:
        community, whose = await _anybody(session, member, which)
        keys, left = await session.keys(), 0
        async with session.database.read() as connection:
            held = await holding.of(connection, community.id, whose)
            identity = keys.open((await erasing.sealed_of(connection, whose))[0])
        if yes:
            forgetting = Forgetting(session.database, keys)
            await forgetting.ask(Order(community.id, identity, OPERATOR))
            left = await forgetting.finish(large=True)
            await Settler(session.database, community.id).settle()
    if which.json:
        output.document({"acts": held.acts, "accounts": held.accounts, "forgotten": yes, "files_cleared": not left})
    elif yes:
        print(f"{held.acts} acts of {held.accounts} accounts are deleted, and nothing of them is stored again.")
        if left:
            print("What they left in the files is not overwritten yet; Cairn does so at night, or with this command.")
    else:
        print(f"{held.acts} acts of {held.accounts} accounts would be deleted, for good. Say --yes to do it.")


async def _anybody(session: Session, wanted: str, which: Which) -> tuple[Community, Family]:
    """Return somebody by id or account, also who is only counted; InputError where there is not exactly one."""
    community = await session.community(which.community)
    if community is None:
        raise InputError("there is no community yet, so nobody is kept")
    explainer = Explainer(session.database, community, await session.mountain(community), await session.keys())
    number = await explainer.find(wanted)
    async with session.database.read() as connection:
        whose = await choosing.family_of(connection, community.id, number)
    if whose is None:
        raise InputError(f"nothing is kept any more of the member {wanted!r}")
    return community, whose


def _list(found: list[dict[str, Any]], step: str | None) -> Table:
    """Return a row a member: how they are known, their band and where they have points."""
    table = tables.table("account", "band", "points", *(["ready since"] if step else []), left=4)
    for one in found:
        points = ", ".join(f"{band} {n:g}" for band, n in one["points"].items() if n)
        table.add_row(one["accounts"][0]["id"], one["band"] or "-", points or "-", *([one["since"]] if step else []))
    return table


async def _ready(
    session: Session, community: Community, found: list[dict[str, Any]], asked: tuple[History, int, int]
) -> list[dict[str, Any]]:
    """Keep who is ready for a step, each with the day since when."""
    history, step, as_of = asked
    async with session.database.read() as connection:
        held = await belonging.held(connection, community.id, history.mountain)
        people = await ledger.people(connection, community.id)
    since = {people[who].public: date_of(day).isoformat() for who, day in ready(history, step, as_of, held).items()}
    return [one | {"since": since[one["id"]]} for one in found if one["id"] in since]


async def _listed(session: Session, community: Community, history: History, as_of: int) -> list[dict[str, Any]]:
    sums = assess.totals(Road(history.tallies, history.mountain, as_of), as_of)
    points: dict[int, dict[int, int]] = {}
    for who, band, n in zip(sums.member.tolist(), sums.band.tolist(), sums.points.tolist(), strict=True):
        points.setdefault(who, {})[band] = n
    band_of = dict(zip(history.changes.member.tolist(), history.changes.band.tolist(), strict=True))
    keys = await session.keys()
    found = []
    async with session.database.read() as connection:
        shown = await ledger.pages(connection, community.id)
        people = await ledger.people(connection, community.id)
    here = np.union1d(history.acts.member, history.tallies.member).tolist()  # who has kept only totals, too
    for who in sorted(shown.intersection(here)):
        accounts = [keys.open(sealed) for sealed in people[who].sealed]
        band = band_of.get(who, 0)
        found.append(
            {
                "id": people[who].public,
                "accounts": [{"platform": one.platform, "realm": one.realm, "id": one.id} for one in accounts],
                "band": history.mountain.bands[band - 1].name if band else None,
                "points": {
                    one.name: points.get(who, {}).get(n, 0) / TALLY_POINT
                    for n, one in enumerate(history.mountain.bands)
                },
            }
        )
    return found


def _shown(found: dict[str, Any]) -> list[RenderableType]:
    accounts = ", ".join(f"{one['id']} ({one['platform']})" for one in found["member"]["accounts"])
    totals = tables.table("band", "points", "entry")
    for one in reversed(found["totals"]):
        totals.add_row(one["band"], f"{one['points']:g}", f"{one['entry']:g}")
    road = "\n".join(f"{one['day']}  {one['band'] or 'no band'}" for one in found["history"]) or "no band yet"
    steps = "\n".join(f"{one['day']}  {one['step']}" for one in found["crossings"]) or "none yet"
    latest = found["tallies"][-_DAYS_SHOWN:]
    behind = tables.table("day", "what", "band", "acts", "counted", "points", left=3)
    for one in reversed(latest):
        acts = len(one["engagements"])
        behind.add_row(one["day"], one["title"], one["band"], str(acts), str(one["counted"]), f"{one['points']:g}")
    earlier = len(found["tallies"]) - len(latest)
    return [
        f"Member {found['member']['id']}: {accounts}",
        f"Band on {found['as_of']}: {found['band'] or 'none'}",
        tables.section("Points in the window, and how many it takes to enter the band", totals),
        tables.section("Road", Text(road)),
        tables.section("Steps reached", Text(steps)),
        tables.section(
            "What is behind it, the latest first", behind, f"{earlier} earlier in --json" if earlier else ""
        ),
    ]
