import json

import pytest

from bot.reports import documents
from scoring.statistics import Ratio
from tests.bot.reports.samples import empty_report, network_report, pathway_report, report, report_with_gaps

REPORT_KEYS = [
    "community", "from", "to", "as_of", "rules", "members", "engagements", "by_kind", "bands", "programmes", "groups",
    "two_or_more", "months", "ties", "crossings", "gaps",
]  # fmt: skip


def test_report_has_the_promised_shape() -> None:
    found = documents.report(report())
    assert list(found) == REPORT_KEYS
    assert list(found["bands"][0]) == ["band", "members", "points", "entered", "standing"]
    assert list(found["bands"][0]["members"]) == ["numerator", "denominator", "value", "low", "high"]
    assert list(found["programmes"][0]) == ["programme", "cohort", "members"]
    assert list(found["groups"][0]) == ["group", "value", "members", "suppressed"]
    assert list(found["two_or_more"]) == ["members", "programmes", "groups", "combinations"]
    assert list(found["two_or_more"]["combinations"][0]) == ["programmes", "members"]
    assert list(found["months"][0]) == [
        "month", "writers", "engaged", "new", "retained", "returned", "lost", "incomplete",
    ]  # fmt: skip
    assert list(found["ties"]) == ["reply", "mention", "reaction"]
    assert list(found["ties"]["reply"]) == ["events", "self", "pairs", "reciprocity"]
    assert list(found["crossings"][0]) == ["step", "members"]


def test_report_writes_days_labels_and_points_as_people_do() -> None:
    found = documents.report(report())
    assert (found["from"], found["to"], found["as_of"]) == ("2018-03-10", "2018-09-26", "2018-09-26")
    assert found["rules"] == {"version": "000000000000"}
    assert found["members"] == {"known": 31, "engaged": 30}
    assert found["by_kind"] == {"reply": 29, "reaction": 1, "participation": 43}
    assert sum(found["by_kind"].values()) == found["engagements"]
    assert found["bands"][2]["points"] == 5 * 43


def test_suppressed_values_carry_no_figure() -> None:
    rows = {row["value"]: row for row in documents.report(report())["groups"]}
    assert rows["Peru"] == {"group": "country", "value": "Peru", "members": None, "suppressed": True}
    assert rows["unknown"]["suppressed"] is False


def test_what_was_not_heard_is_incomplete_and_not_zero() -> None:
    found = documents.report(report_with_gaps())
    assert found["gaps"] == [
        {"space": "Garden", "from": "2018-04-29T00:00:00Z", "to": "2018-04-29T02:00:00Z", "open": False,
         "missing": ["reaction", "leave", "participation"]},
        {"space": "<b>Forum</b>", "from": "2018-06-30T00:01:00Z", "to": "2018-07-02T00:00:00Z", "open": True,
         "missing": ["reply", "reaction", "leave", "participation"]},
    ]  # fmt: skip
    incomplete = {one["month"]: one["incomplete"] for one in found["months"]}
    assert incomplete["2018-04"] == ["reaction", "leave", "participation"]
    assert incomplete["2018-06"] == incomplete["2018-07"] == ["reply", "reaction", "leave", "participation"]
    assert [month for month, missing in incomplete.items() if not missing] == [
        "2018-03", "2018-05", "2018-08", "2018-09",
    ]  # fmt: skip


def test_empty_database_gives_noughts_and_nulls() -> None:
    found = documents.report(empty_report())
    assert list(found) == REPORT_KEYS
    assert (found["community"], found["from"], found["to"], found["as_of"]) == (None, None, None, None)
    assert (found["members"], found["engagements"], found["by_kind"]) == ({"known": 0, "engaged": 0}, 0, {})
    assert found["bands"][0]["members"] == {
        "numerator": 0, "denominator": 0, "value": None, "low": None, "high": None,
    }  # fmt: skip
    assert found["ties"]["reply"] == {"events": 0, "self": 0, "pairs": 0, "reciprocity": None}
    assert (found["programmes"], found["groups"], found["months"], found["gaps"]) == ([], [], [], [])


def test_every_document_is_strict_json() -> None:
    for one in (
        documents.report(report()),
        documents.report(empty_report()),
        documents.pathways(pathway_report()),
        documents.network(network_report()),
    ):
        assert json.loads(json.dumps(one, allow_nan=False)) == one


def test_pathways_say_what_is_not_yet_known() -> None:
    found = documents.pathways(pathway_report())
    assert list(found) == ["community", "programme", "from", "to", "cohorts", "overall"]
    first, last = found["cohorts"]
    assert (first["cohort"], first["first_day"], first["people"]) == ("round 5", "2018-03-10", 20)
    assert (first["next"]["numerator"], first["later"]["numerator"], first["status"]) == (7, 7, "known")
    assert last == {
        "cohort": "round 6",
        "first_day": "2018-09-26",
        "people": 0,
        "next": None,
        "later": None,
        "any_role_later": None,
        "status": "not yet known",
    }
    assert found["overall"]["people"] == 20
    assert found["overall"]["later"]["value"] == pytest.approx(0.35)


def test_network_has_ties_and_graph() -> None:
    found = documents.network(network_report())
    assert list(found["ties"]) == ["reply", "mention", "reaction"]
    assert list(found["graph"]) == ["nodes", "edges", "density", "mean_degree", "components", "largest_component"]
    assert (found["graph"]["nodes"], found["graph"]["edges"], found["graph"]["components"]) == (31, 30, 1)


def test_ratio_carries_its_wilson_interval() -> None:
    found = documents.ratio(Ratio(15, 148))
    assert found is not None
    assert (found["low"], found["high"]) == (pytest.approx(0.0624, abs=5e-5), pytest.approx(0.1605, abs=5e-5))


def test_points_keep_three_decimals() -> None:
    assert documents.points(123_456) == 1.235
