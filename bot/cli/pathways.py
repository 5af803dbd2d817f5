"""Follow people from one role to another through a programme's cohorts."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from bot.cli import output
from bot.cli.options import Which, day, unknown
from bot.cli.session import opened
from bot.reports import documents, terminal
from bot.reports.contents import PathwayReport
from bot.standing import histories
from bot.storage import acts
from scoring.columns import Acts
from scoring.measures.pathways import pathway
from scoring.signals import Kind

app = App(name="pathways", help="Follow people from one role to another through a programme's cohorts.")


@app.default
async def pathways(
    which: Which = Which(),  # noqa: B008 - frozen values
    *,
    programme: Annotated[str, Parameter(help="The programme whose cohorts to follow.")],
    from_: Annotated[str, Parameter(name="--from", help="The role people come from.")],
    to: Annotated[str, Parameter(help="The role they may come back in.")],
    as_of: Annotated[str | None, Parameter(help="Only what happened up to this day, YYYY-MM-DD.")] = None,
) -> None:
    """Show, cohort by cohort, who came back in another role: in the next cohort, and in any later one."""
    until = day("--as-of", as_of)
    async with opened() as session:
        community = await session.community(which.community)
        found = histories.nothing(await session.mountain(community)).acts
        last = await histories.last_day(session.database, community) if community else None
        if community is not None and last is not None:
            until = last if until is None else until
            found = await acts.everything(
                session.database, community.id, until, counterparts=(), kind=Kind.PARTICIPATION
            )
            _check(found, programme, (("--from", from_), ("--to", to)))
    name = community.name if community else None
    made = PathwayReport(name, programme, from_, to, pathway(found, programme, from_, to))
    if which.json:
        output.document(documents.pathways(made))
    else:
        output.show(terminal.pathways(made))


def _check(found: Acts, programme: str, roles: tuple[tuple[str, str], ...]) -> None:
    """Raise InputError for a programme that there is not, or a role that nobody has in it."""
    contexts = [one for one in found.contexts if one.programme.casefold() == programme.casefold()]
    if not contexts:
        raise unknown("--programme", "programme", programme, {one.programme for one in found.contexts if one.programme})
    there = {one.role for one in contexts if one.role}
    for option, role in roles:
        if role.casefold() not in {one.casefold() for one in there}:
            raise unknown(option, "role", role, there)
