from scoring.measures.findings import findings
from scoring.measures.history import Period, of_programme
from scoring.signals import Kind
from tests.scoring.measures.builders import Act, group, history, ratio, took_part

EVER = Period(0, 10_000)


def test_findings_of_nothing_are_noughts() -> None:
    found = findings(history([]), EVER)
    assert (found.known, found.engaged, found.engagements, found.by_kind) == (0, 0, 0, {})
    assert (found.programmes, found.groups, found.months) == ((), (), ())
    assert ratio(found.two_or_more.members) == (0, 0)
    assert list(found.ties) == [Kind.REPLY, Kind.MENTION, Kind.REACTION]


def test_known_and_engaged_are_told_apart() -> None:
    found = findings(history([Act(1), Act(2, Kind.REACTION, other=1), Act(3, day=50)]), Period(0, 10))
    assert (found.known, found.engaged, found.engagements) == (3, 1, 2)
    assert found.by_kind == {Kind.MESSAGE: 1, Kind.REACTION: 1}


def test_second_part_is_over_those_in_two_or_more_programmes() -> None:
    rows = [took_part(member, name) for member in range(1, 7) for name in ("Sprint", "Leaders")]
    rows += [took_part(member, "Sprint") for member in range(7, 21)]
    found = findings(history(rows, (group("country", dict.fromkeys(range(1, 15), "Peru")),)), EVER)
    part = found.two_or_more
    assert ratio(part.members) == (6, 20)
    assert [(one.programme, ratio(one.members)) for one in part.programmes] == [("Leaders", (6, 6)), ("Sprint", (6, 6))]
    assert [(one.value, ratio(one.members)) for one in part.groups] == [("Peru", (6, 6)), ("unknown", (0, 6))]
    assert [(one.programmes, ratio(one.members)) for one in part.combinations] == [(("Leaders", "Sprint"), (6, 6))]


def test_one_programme_keeps_its_members_with_all_they_did() -> None:
    rows = [
        took_part(1, "Sprint"),
        took_part(2, "Sprint"),
        Act(1, Kind.REPLY, other=2),
        Act(1, Kind.REPLY, other=3),
        Act(3, Kind.REPLY, other=1),
        took_part(3, "Leaders"),
    ]
    circle = of_programme(history(rows, (group("country", {1: "Peru", 3: "Chile"}),)), "sprint")
    found = findings(circle, EVER)
    assert (found.known, found.engaged, found.engagements) == (2, 2, 4)
    assert (found.ties[Kind.REPLY].events, found.ties[Kind.REPLY].pairs) == (1, 1)
    assert [one.programme for one in found.programmes] == ["Sprint"]
    assert [(one.step, one.members) for one in found.steps] == [("mentor", 2)]
    assert circle.groups[0].member.tolist() == [1]
    assert found.bands[2].standing == 2
