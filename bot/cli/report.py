"""Report who takes part and how deeply: the table of findings for any period."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bot.cli import output
from bot.cli.options import Span, Which, day, named
from bot.cli.session import Session, opened
from bot.errors import InputError, MachineError
from bot.language import Words
from bot.reports import documents, page, terminal
from bot.reports.contents import Report
from bot.standing import histories
from bot.storage import communities, spaces
from scoring.measures.findings import findings
from scoring.measures.history import Period, of_programme

app = App(name="report", help="Report who takes part and how deeply: the table of findings for any period.")


@app.default
async def report(
    which: Which = Which(),  # noqa: B008 - frozen values
    span: Span = Span(),  # noqa: B008
    *,
    programme: Annotated[str | None, Parameter(help="Only the members of this programme.")] = None,
    html: Annotated[Path | None, Parameter(help="Write the report as one self-contained page.")] = None,
) -> None:
    """Report who takes part and how deeply: all engaged members, and those in two or more programmes."""
    async with opened() as session:
        made = await make(session, which.community, span, programme)
        words = Words(await _language(session, which.community))
    if html is not None:
        _write(html, page.page(made, words))
    if which.json:
        output.document(documents.report(made))
    elif html is None:
        output.show(terminal.report(made))
    else:
        output.show(f"The report is in {html}.")


async def make(session: Session, name: str | None, span: Span, programme: str | None = None) -> Report:
    """Put a report together."""
    begin, end, as_of = _days(span)
    community = await session.community(name)
    mountain = await session.mountain(community)
    last = await histories.last_day(session.database, community) if community else None
    if community is None or last is None:
        empty = findings(histories.nothing(mountain), Period(0, 0))
        return Report(community.name if community else None, None, None, mountain, empty, programme)
    as_of = last if as_of is None else as_of
    history = await histories.history(session.database, community, mountain, as_of)
    if programme is not None:
        programme = named("--programme", programme, (one.programme for one in history.acts.contexts if one.programme))
        history = of_programme(history, programme)
    async with session.database.read() as connection:
        first = await communities.first_day(connection, community.id)
    begin = min(last if first is None else first, as_of if end is None else end) if begin is None else begin
    period = Period(begin, max(begin, as_of) if end is None else end)
    return Report(community.name, period, as_of, mountain, findings(history, period), programme)


async def _language(session: Session, name: str | None) -> str:
    """Return the language of a community, in which its page is written; whoever reads the terminal is an operator."""
    community = await session.community(name)
    if community is None:
        return "en"
    async with session.database.read() as connection:
        return await spaces.language(connection, community.id)


def _days(span: Span) -> tuple[int | None, int | None, int | None]:
    """Return the first and the last day and the day of the scores, each None where it was not given."""
    begin, end = day("--from", span.from_), day("--to", span.to)
    if begin is not None and end is not None and begin > end:
        raise InputError(f"--from: {span.from_} is after --to {span.to}; expected the earlier day first")
    return begin, end, day("--as-of", span.as_of)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise MachineError(f"{path}: the report cannot be written there: {error.strerror}") from None
