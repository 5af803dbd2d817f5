"""A report for a team in chat, and the First look at a community that Cairn has just come to."""

from __future__ import annotations

from dataclasses import dataclass

from bot.reports.contents import Report
from bot.rules import ruling
from bot.standing import histories
from bot.storage import anonymous, communities, counting, unheard
from bot.storage.engine import Database
from scoring.measures.findings import findings
from scoring.measures.gaps import Stretch, missing, stretches
from scoring.measures.history import History, Period, of_programme
from scoring.measures.months import days_of_month
from scoring.measures.welcomes import welcomes
from scoring.signals import ALWAYS_STORED
from scoring.statistics import Ratio


@dataclass(frozen=True, slots=True)
class Wanted:
    """The days of a report (None: from the first, to the last there is), and of which programme its members are."""

    first: int | None = None
    last: int | None = None
    programme: str = ""


async def report(database: Database, community: int, wanted: Wanted) -> Report | None:
    """Put a report together; None where nothing has happened yet or nobody is in the programme."""
    async with database.read() as connection:
        one = await communities.get(connection, community)
        first = await communities.first_day(connection, community)
        last = await communities.last_day(connection, community)
        mountain = (await ruling.in_force(connection, community)).mountain
    if first is None or last is None:
        return None
    as_of = last if wanted.last is None else wanted.last
    history = await histories.history(database, one, mountain, as_of)
    if wanted.programme:
        if wanted.programme not in {context.programme for context in history.acts.contexts}:
            return None
        history = of_programme(history, wanted.programme)
    period = Period(min(first if wanted.first is None else wanted.first, as_of), as_of)
    return Report(one.name, period, as_of, mountain, findings(history, period), wanted.programme or None)


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What is told of a community at first: who wrote by month, newcomers answered within a day, what it is like.

    `gaps` are the times in which not everything was heard, `incomplete` the months that have such.
    """

    months: tuple[tuple[str, int], ...]
    gaps: tuple[Stretch, ...]
    incomplete: frozenset[str]
    answered: Ratio
    report: Report | None
    traits: frozenset[str]


async def first_look(database: Database, community: int, now: int) -> FirstLook:
    """Look at all that is stored of a community; months that were read without names are among it.

    The number of a month stands for all who wrote in it, those among them of whom acts are kept, too.
    """
    found = await report(database, community, Wanted())
    async with database.read() as connection:
        one = await communities.get(connection, community)
        unnamed = await counting.by_month(connection, community, anonymous.WRITERS)
        mountain = (await ruling.in_force(connection, community)).mountain
        gaps = stretches(await unheard.of_community(connection, community, now), ALWAYS_STORED | mountain.kinds)
    named = found.findings.months if found else ()
    months = dict.fromkeys(unnamed, 0) | {month.month: month.writers for month in named}
    for month, n in unnamed.items():
        months[month] = max(months[month], n)
    by_month = tuple(sorted(months.items()))
    incomplete = frozenset(month for month in months if missing(gaps, *days_of_month(month)))
    if found is None or found.as_of is None:
        return FirstLook(by_month, gaps, incomplete, Ratio(0, 0), None, frozenset())
    history = await histories.history(database, one, mountain, found.as_of)
    answered = welcomes(history.acts, Period(0, found.as_of), now)
    return FirstLook(by_month, gaps, incomplete, answered, found, _traits(history))


PROGRAMMES, CHAPTERS, HELP = "programmes", "chapters", "help"
"""What a community has that decides which starter is suggested."""
_STARTER_OF = {PROGRAMMES: "mentoring-programme", HELP: "open-source-project", CHAPTERS: "network-of-chapters"}


def suggested(traits: frozenset[str]) -> str:
    """Return the starter that fits a community; empty where none does better than the rules it has."""
    return next((starter for trait, starter in _STARTER_OF.items() if trait in traits), "")


def _traits(history: History) -> frozenset[str]:
    found = set()
    for one in history.acts.contexts:
        name = one.name.casefold()
        if one.programme:
            found.add(PROGRAMMES)
        if any(word in name for word in ("help", "support", "question", "hilfe", "frage")):
            found.add(HELP)
        if any(word in name for word in ("chapter", "local", "city", "ortsgruppe", "regional")):
            found.add(CHAPTERS)
    return frozenset(found)
