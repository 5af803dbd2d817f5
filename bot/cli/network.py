"""Show who is tied to whom by replies, mentions and reactions, as figures."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from bot.cli import output
from bot.cli.options import Which
from bot.cli.session import opened
from bot.errors import InputError
from bot.reports import documents, terminal
from bot.reports.contents import NetworkReport
from bot.standing import histories
from bot.storage import acts
from scoring.measures import ties
from scoring.measures.network import graph
from scoring.signals import Kind

app = App(name="network", help="Show who is tied to whom by replies, mentions and reactions, as figures.")

TIES = {kind.label: kind for kind in (Kind.REPLY, Kind.MENTION, Kind.REACTION)}


@app.default
async def network(
    which: Which = Which(),  # noqa: B008 - frozen values
    *,
    ties_: Annotated[str, Parameter(name="--ties", help="Kinds of tie, separated by commas.")] = ",".join(TIES),
) -> None:
    """Show the ties of each kind and the undirected graph of all of them; nobody is named."""
    kinds = _kinds(ties_)
    async with opened() as session:
        community = await session.community(which.community)
        last = await histories.last_day(session.database, community) if community else None
        if community is None or last is None:
            found = histories.nothing(await session.mountain(community)).acts
        else:
            found = await acts.everything(session.database, community.id, last)
    every = ties.ties(found, kinds)
    made = NetworkReport(community.name if community else None, ties.by_kind(found, kinds), graph(every))
    if which.json:
        output.document(documents.network(made))
    else:
        output.show(terminal.network(made))


def _kinds(text: str) -> tuple[Kind, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    wrong = [name for name in names if name not in TIES]
    if wrong or not names:
        raise InputError(
            f"--ties: {', '.join(wrong) or 'nothing'} is no kind of tie; expected some of {', '.join(TIES)}"
        )
    return tuple(TIES[name] for name in dict.fromkeys(names))
