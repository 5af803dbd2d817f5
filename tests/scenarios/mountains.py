"""Random small Mountains and communities' acts for properties, and acts as columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from scoring.assess import BandChanges, Crossings, Held, Totals
from scoring.columns import Acts, Group, Ints
from scoring.mountain import Band, Conditions, Credit, EngagementType, Mountain, Multiplier, Step, Touch
from scoring.points import Belonging, Tallies
from scoring.signals import DAY_MS, NOWHERE, Context, Kind
from tests.scenarios.oracle import About, Deed, TallyTable

MEMBERS = range(1, 4)
CONTEXTS = (
    NOWHERE,
    Context(place="C1", name="help-python"),
    Context(place="C2", name="Random"),
    Context(programme="Leaders", cohort="one", role="Mentor", completed=True),
    Context(programme="leaders", cohort="two", role="participant", completed=False),
)
FIRST_DAY = 18_290
"""28 January 2020: two first days of a month follow within five weeks."""
DAYS = 40
_KINDS = (Kind.MESSAGE, Kind.REPLY, Kind.MENTION, Kind.REACTION, Kind.STAY, Kind.THANKS, Kind.PARTICIPATION)
_ABOUT_SOMEBODY = (Kind.REPLY, Kind.MENTION, Kind.REACTION, Kind.THANKS)
_KIND_SETS = (_KINDS, _KINDS, _ABOUT_SOMEBODY, *((kind,) for kind in _KINDS))


def _conditions(kinds: Sequence[Kind]) -> st.SearchStrategy[Conditions]:
    about_somebody = all(kind in _ABOUT_SOMEBODY for kind in kinds)
    return st.builds(
        Conditions,
        st.just(tuple(kinds)),
        places=st.sampled_from([(), (), (), ("help-*",), ("c2", "other")]),
        programmes=st.sampled_from([*[()] * 5, ("leaders",)]),
        roles=st.sampled_from([*[()] * 5, ("mentor",)]),
        completed=st.sampled_from([*[None] * 5, True]),
        to_others=st.booleans() if about_somebody else st.just(False),
    )


@st.composite
def engagement_types(draw: st.DrawFn) -> EngagementType:
    """Draw one way of engaging, as valid rules may hold it."""
    kinds = draw(st.sampled_from(_KIND_SETS))
    gains = draw(st.lists(st.sampled_from([0, 0, 250, 333, 1000, 1500]), min_size=1, max_size=3))
    counting = draw(st.sampled_from(["each", "slot", "slot", "people", "amount"]))
    about_somebody = all(kind in _ABOUT_SOMEBODY for kind in kinds)
    return EngagementType(
        name="type",
        title="",
        band=draw(st.integers(0, 2)),
        when=draw(_conditions(kinds)),
        curve=(0, *(sum(gains[: n + 1]) for n in range(len(gains)))),
        slot=draw(st.sampled_from([1, 60, 600, 7_000])) if counting == "slot" else 0,
        different_people=counting == "people" and about_somebody,
        per_amount=draw(st.sampled_from([1, 30])) if counting == "amount" and kinds == (Kind.STAY,) else 0,
        credit=draw(st.sampled_from(Credit)) if kinds == (Kind.THANKS,) else Credit.AUTHOR,
    )


def multipliers() -> st.SearchStrategy[Multiplier]:
    """Draw a multiplier for a group or a programme, open or from a day to a day."""
    ends = {name: st.none() | st.integers(FIRST_DAY, FIRST_DAY + DAYS) for name in ("first", "last")}
    times = st.sampled_from([0, 50, 133, 200, 300])
    by_group = st.builds(
        Multiplier,
        st.just("by group"),
        times,
        group=st.just("country"),
        values=st.sampled_from([("Peru",), ("Peru", "Kenya"), ("Laos",)]),
        **ends,
    )
    by_programme = st.builds(Multiplier, st.just("by programme"), times, programme=st.just("leaders"), **ends)
    return by_group | by_programme


def steps() -> st.SearchStrategy[Step]:
    """Draw a step."""
    return st.builds(
        Step,
        st.just("step"),
        st.just(""),
        band=st.integers(0, 2),
        points=st.sampled_from([100, 250, 1000, 2500]),
        days=st.integers(1, 3),
        without_role=st.sampled_from(["", "", "", "mentor", "Participant"]),
    )


def mountains() -> st.SearchStrategy[Mountain]:
    """Draw a Mountain of three bands with a short window."""
    entries = st.tuples(*[st.sampled_from([250, 1000, 1110, 3000])] * 3)
    return st.builds(
        lambda at, **parts: Mountain("a small one", "0" * 12, _bands(at), **parts),
        entries,
        types=st.lists(engagement_types(), min_size=2, max_size=5).map(tuple),
        multipliers=st.lists(multipliers(), max_size=2).map(tuple),
        steps=st.lists(steps(), min_size=1, max_size=4).map(tuple),
        window=st.sampled_from([1, 2, 10, 31, 365]),
        multiplier_cap=st.sampled_from([100, 300]),
    )


def _bands(entries: tuple[int, ...]) -> tuple[Band, ...]:
    return tuple(Band(f"band {n}", Touch.LOW, entry, "", "", focus=False) for n, entry in enumerate(entries))


def deeds() -> st.SearchStrategy[Deed]:
    """Draw one act: clustered in few days and around the ends of time slots, so that things collide."""
    days = st.sampled_from([0, 0, 1, 3, 4, 5, 10, 31, 33]) | st.integers(0, DAYS - 1)
    times = st.sampled_from([0, 599_999, 600_000, 600_001, DAY_MS - 1]) | st.integers(0, DAY_MS - 1)
    return st.builds(
        Deed,
        st.sampled_from(MEMBERS),
        st.sampled_from(_KINDS),
        st.builds(lambda day, time: (FIRST_DAY + day) * DAY_MS + time, days, times),
        other=st.integers(0, 3),
        amount=st.integers(0, 100),
        context=st.sampled_from(CONTEXTS),
    )


def histories() -> st.SearchStrategy[list[Deed]]:
    """Draw what some members did."""
    return st.lists(deeds(), max_size=4) | st.lists(deeds(), min_size=15, max_size=40)


def abouts() -> st.SearchStrategy[About]:
    """Draw what is declared of members."""
    some = st.frozensets(st.sampled_from(MEMBERS))
    days = st.integers(FIRST_DAY - 2, FIRST_DAY + DAYS)
    roles = st.tuples(st.sampled_from(MEMBERS), st.sampled_from(["mentor", "participant"]))
    return st.builds(
        About,
        st.dictionaries(st.sampled_from(MEMBERS), st.sampled_from(["Peru", "Kenya", "Mali"])).map(
            lambda declared: {"country": declared}
        ),
        some.map(lambda who: {"leaders": who}),
        st.dictionaries(roles, days),
    )


def columns(rows: Sequence[Deed]) -> Acts:
    """Turn deeds into columns."""
    contexts = tuple(dict.fromkeys(row.context for row in rows)) or (NOWHERE,)
    return Acts(
        member=ints([row.member for row in rows]),
        day=ints([row.at // DAY_MS for row in rows]),
        at=ints([row.at for row in rows]),
        kind=ints([row.kind for row in rows]),
        context=ints([contexts.index(row.context) for row in rows]),
        counterpart=ints([row.other for row in rows]),
        amount=ints([row.amount for row in rows]),
        contexts=contexts,
    )


def belonging(about: About) -> Belonging:
    """Turn what is declared into columns."""
    groups = {name: _group(name, declared) for name, declared in about.groups.items()}
    return Belonging(groups, {name: ints(sorted(who)) for name, who in about.programmes.items()})


def _group(name: str, declared: object) -> Group:
    values = dict(declared) if isinstance(declared, dict) else {}
    names = tuple(sorted(set(values.values())))
    return Group(name, ints(list(values)), ints([names.index(value) for value in values.values()]), names)


def held(about: About) -> Held:
    """Turn first days in roles into columns, written in another letter case."""
    roles = tuple(sorted({role for _, role in about.held}))
    rows = [(member, roles.index(role), day) for (member, role), day in about.held.items()]
    member, role, day = (ints([row[n] for row in rows]) for n in range(3))
    return Held(member, role, day, tuple(role.upper() for role in roles))


def ints(values: Sequence[int]) -> Ints:
    """Turn numbers into a column."""
    return np.array(values, np.int64)


def tally_table(found: Tallies) -> TallyTable:
    """Show tallies as the oracle does."""
    keys = zip(found.member.tolist(), found.day.tolist(), found.type.tolist(), strict=True)
    return dict(zip(keys, zip(found.counted.tolist(), found.points.tolist(), strict=True), strict=True))


def total_table(found: Totals) -> dict[tuple[int, int], int]:
    """Show totals as the oracle does."""
    pairs = zip(found.member.tolist(), found.band.tolist(), strict=True)
    return dict(zip(pairs, found.points.tolist(), strict=True))


def change_list(found: BandChanges) -> list[tuple[int, int, int]]:
    """Show changes of bands as the oracle does."""
    return list(zip(found.member.tolist(), found.day.tolist(), found.band.tolist(), strict=True))


def crossing_list(found: Crossings) -> list[tuple[int, int, int]]:
    """Show crossings as the oracle does."""
    return list(zip(found.member.tolist(), found.day.tolist(), found.step.tolist(), strict=True))
