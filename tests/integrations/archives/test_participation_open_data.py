"""The open programme files import unedited with the mappings that ship in docs/mappings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from bot.ports import Account, Context, Item, Person, Signal
from integrations.archives.mapping import read_mapping
from integrations.archives.participation import Participation

ROOT = Path(__file__).resolve().parents[3]
SPRINT = "mozilla-global-sprint"
FILES = {
    "ols-participation": "ols-cohorts/participation.csv",
    "ols-people": "ols-cohorts/people.csv",
    "global-sprint-2017": f"{SPRINT}/mozsprint_github_events_2017.csv",
    "global-sprint-2018": f"{SPRINT}/mozsprint_github_events_2018.csv",
    "global-sprint-2017-lib": f"{SPRINT}/mozsprint_events_2017_lib_noheader.csv",
}


def read(data: Path, name: str) -> tuple[Participation, list[Item]]:
    archive = Participation(data / FILES[name], read_mapping(ROOT / "docs" / "mappings" / f"{name}.yaml"), captured=1)
    items = list(archive.items())
    archive.close()
    return archive, items


def signals(data: Path, name: str) -> list[Signal]:
    return [item for item in read(data, name)[1] if isinstance(item, Signal)]


def people(data: Path, name: str) -> list[Person]:
    return [item for item in read(data, name)[1] if isinstance(item, Person)]


def identity(signal: Signal) -> tuple[int, str, Account | None]:
    return signal.key_day, signal.key, signal.key_person


def members(groups: Iterable[tuple[Account, ...]]) -> dict[Account, Account]:
    """Return each account's representative: accounts that occur together are one member (union-find)."""
    parent: dict[Account, Account] = {}

    def find(one: Account) -> Account:
        while parent.setdefault(one, one) != one:
            one = parent[one] = parent[parent[one]]
        return one

    for accounts in groups:
        for other in accounts:
            parent[find(other)] = find(accounts[0])
    return {one: find(one) for one in list(parent)}


@pytest.mark.parametrize(
    ("name", "rows", "distinct", "number"),
    [
        ("ols-participation", 1518, 1472, 669),
        ("ols-people", 669, 0, 669),
        ("global-sprint-2017", 4334, 4334, 450),
        ("global-sprint-2018", 4929, 4921, 699),
        ("global-sprint-2017-lib", 336, 336, 47),
    ],
)
def test_open_file_imports_with_its_rows_and_people(
    shared_data: Path, name: str, rows: int, distinct: int, number: int
) -> None:
    archive, items = read(shared_data, name)
    found = [item for item in items if isinstance(item, Signal)]
    groups = [item.accounts for item in items if isinstance(item, Person)]
    assert archive.read.objects == rows == len(groups)
    assert not archive.read.skipped
    assert len({identity(signal) for signal in found}) == distinct
    assert len(set(members(groups).values())) == number
    assert archive.position == archive.size == (shared_data / FILES[name]).stat().st_size


def test_people_of_several_programmes_are_one_member_each(shared_data: Path) -> None:
    names = ("global-sprint-2017", "global-sprint-2018", "ols-participation")
    groups = {name: [person.accounts for person in people(shared_data, name)] for name in names}
    whose = members(accounts for name in names for accounts in groups[name])
    taken = defaultdict(set)
    for name in names:
        for accounts in groups[name]:
            taken[whose[accounts[0]]].add(name)
    assert Counter(len(found) for found in taken.values()) == {1: 1640, 2: 74, 3: 10}


def test_sprint_roles_tell_watching_and_forking_from_more(shared_data: Path) -> None:
    for name, more in (("global-sprint-2017", 351), ("global-sprint-2018", 501)):
        # 2017 has 352 by the types WatchEvent and ForkEvent alone: somebody's only row is a fork that is spelt "Fork"
        found = signals(shared_data, name)
        roles = {signal.context.role for signal in found}
        assert roles == {"watcher", "forker", "commenter", "reviewer", "contributor"}
        assert len({s.account for s in found if s.context.role not in ("watcher", "forker")}) == more


def test_sprint_library_file_repeats_the_year_exactly_where_they_overlap(shared_data: Path) -> None:
    year = {identity(signal): signal for signal in signals(shared_data, "global-sprint-2017")}
    part = {identity(signal): signal for signal in signals(shared_data, "global-sprint-2017-lib")}
    both = year.keys() & part.keys()
    assert len(both) == 329
    assert all(year[one] == part[one] for one in both)
    # seven of the 336 happened before the first moment of the year's file, which does not have them
    assert {part[one].at < min(signal.at for signal in year.values()) for one in part.keys() - both} == {True}


def test_open_life_science_mentees_return_as_mentors(shared_data: Path) -> None:
    first: dict[str, int] = {}
    mentees: dict[str, set[Account | None]] = defaultdict(set)
    mentors: dict[str, set[Account | None]] = defaultdict(set)
    for signal in signals(shared_data, "ols-participation"):
        context: Context = signal.context
        first[context.cohort] = min(first.get(context.cohort, signal.at), signal.at)
        if context.role in ("participant", "mentor"):
            (mentees if context.role == "participant" else mentors)[context.cohort].add(signal.account)
    order = sorted(first, key=lambda cohort: first[cohort])
    later = [len(mentees[one] & set().union(*(mentors[c] for c in order[i + 1 :]))) for i, one in enumerate(order)]
    assert [len(mentees[cohort]) for cohort in order] == [29, 52, 66, 34, 71, 41, 54, 69, 27, 79]
    assert [len(mentors[cohort]) for cohort in order] == [20, 36, 34, 32, 35, 32, 34, 38, 11, 38]
    assert later == [7, 11, 8, 11, 13, 10, 13, 3, 0, 0]


def test_people_file_declares_countries_and_no_participation(shared_data: Path) -> None:
    found = people(shared_data, "ols-people")
    declared = Counter(name for person in found for name, _ in person.attributes)
    assert declared == {"country": 639, "continent": 633}
    assert signals(shared_data, "ols-people") == []
