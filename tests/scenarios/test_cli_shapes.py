"""The documents that `--json` prints have exactly the shapes that are promised, also where there is nothing yet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.bad_files import HEADER, MAPPING
from tests.scenarios.commands import Cairn

NUMBER = (int, float)
RATIO = {"numerator": int, "denominator": int, "value": (float, None), "low": (float, None), "high": (float, None)}
TIES = {"events": int, "self": int, "pairs": int, "reciprocity": (float, None)}
PROGRAMME = {"programme": str, "cohort": (str, None), "members": RATIO}
GROUP = {"group": str, "value": str, "members": (RATIO, None), "suppressed": bool}
ENGAGEMENTS = {"new": int, "known": int, "changed": int, "retracted": int}
ACCOUNT = {"platform": str, "realm": str, "id": str}

IMPORT = {
    "import_id": (int, None),
    "source": str,
    "community": str,
    "dry_run": bool,
    "read": {"objects": int, "channels": int, "accounts": int},
    "people": {"writers": int, "bots": int},
    "signals": {str: int},
    "engagements": ENGAGEMENTS,
    "skipped": {str: int},
    "first": (str, None),
    "last": (str, None),
    "backlog": {str: int},
}
IMPORTS = {
    "community": (str, None),
    "imports": [
        {
            "import_id": int,
            "community": str,
            "source": str,
            "file": str,
            "state": str,
            "consent": str,
            "keep": (int, None),
            "engagements": ENGAGEMENTS,
        }
    ],
}
REPORT = {
    "community": (str, None),
    "from": (str, None),
    "to": (str, None),
    "as_of": (str, None),
    "rules": {"version": str},
    "members": {"known": int, "engaged": int},
    "engagements": int,
    "by_kind": {str: int},
    "bands": [{"band": str, "members": RATIO, "points": NUMBER, "entered": int, "standing": int}],
    "programmes": [PROGRAMME],
    "groups": [GROUP],
    "two_or_more": {
        "members": RATIO,
        "programmes": [PROGRAMME],
        "groups": [GROUP],
        "combinations": [{"programmes": [str], "members": RATIO}],
    },
    "months": [
        {
            "month": str,
            "writers": int,
            "engaged": int,
            "new": int,
            "retained": int,
            "returned": int,
            "lost": int,
            "incomplete": [str],
        }
    ],
    "ties": {"reply": TIES, "mention": TIES, "reaction": TIES},
    "crossings": [{"step": str, "members": int}],
    "gaps": [{"space": str, "from": str, "to": str, "open": bool, "missing": [str]}],
}
PATHWAYS = {
    "community": (str, None),
    "programme": str,
    "from": str,
    "to": str,
    "cohorts": [
        {
            "cohort": str,
            "first_day": str,
            "people": int,
            "next": (RATIO, None),
            "later": (RATIO, None),
            "any_role_later": (RATIO, None),
            "status": str,
        }
    ],
    "overall": {"people": int, "later": RATIO},
}
NETWORK = {
    "community": (str, None),
    "ties": {str: TIES},
    "graph": {
        "nodes": int,
        "edges": int,
        "density": (float, None),
        "mean_degree": (float, None),
        "components": int,
        "largest_component": int,
    },
}
MEMBERS = {
    "community": (str, None),
    "as_of": (str, None),
    "members": [{"id": str, "accounts": [ACCOUNT], "band": (str, None), "points": {str: NUMBER}}],
}
MEMBER = {
    "community": str,
    "as_of": str,
    "rules": {"version": str},
    "member": {"id": str, "accounts": [ACCOUNT]},
    "band": (str, None),
    "totals": [{"band": str, "points": NUMBER, "entry": NUMBER}],
    "history": [{"day": str, "band": (str, None)}],
    "crossings": [{"step": str, "day": str}],
    "tallies": [
        {
            "day": str,
            "type": str,
            "title": str,
            "band": str,
            "counted": int,
            "points": NUMBER,
            "multiplier": NUMBER,
            "engagements": [Mapping],
        }
    ],
}
REHEARSAL = {
    "community": (str, None),
    "as_of": (str, None),
    "rules": {"from": str, "to": str},
    "bands": [{"band": str, "before": int, "after": int}],
    "moves": [{"from": (str, None), "to": (str, None), "members": int, "ids": [str]}],
    "offers": {
        "before": int,
        "after": int,
        "steps": [{"step": str, "before": int, "after": int}],
        "weeks": [{"week": str, "offers": int, "incomplete": [str]}],
        "peak": ({"week": str, "offers": int}, None),
    },
}
PATHWAY = ("pathways", "--programme", "open", "--from", "participant", "--to", "mentor")
READING: dict[str, tuple[tuple[str, ...], Any]] = {
    "report": (("report",), REPORT),
    "network": (("network",), NETWORK),
    "pathways": (PATHWAY, PATHWAYS),
    "member list": (("member", "list"), MEMBERS),
    "import list": (("import", "list"), IMPORTS),
    "rules rehearse": (("rules", "rehearse", "mine.yaml"), REHEARSAL),
}


def check(found: Any, shape: Any, where: str = "") -> None:
    """Check a document against a shape: types, lists of one shape, exact keys (`str` for any), tuples for either."""
    if isinstance(shape, tuple):
        plain = [one for one in shape if isinstance(one, type)]
        if (found is None and None in shape) or (plain and type(found) in plain):
            return
        (other,) = [one for one in shape if one is not None and not isinstance(one, type)] or [shape[0]]
        check(found, other, where)
    elif isinstance(shape, list):
        assert isinstance(found, list), where
        for n, one in enumerate(found):
            check(one, shape[0], f"{where}[{n}]")
    elif isinstance(shape, dict) and set(shape) == {str}:
        assert isinstance(found, dict), where
        for name, one in found.items():
            check(one, shape[str], f"{where}.{name}")
    elif isinstance(shape, dict):
        assert isinstance(found, dict), where
        assert list(found) == list(shape), where
        for name, one in shape.items():
            check(found[name], one, f"{where}.{name}")
    elif shape is Mapping:
        assert isinstance(found, dict), where
    else:
        assert type(found) is shape, f"{where}: {found!r} is no {shape}"


@pytest.fixture
def peopled(home: Cairn, tmp_path: Path) -> Cairn:
    """A community with chat, participations of two cohorts, and declared countries."""
    (tmp_path / "mapping.yaml").write_text(MAPPING + "attributes: {country: country}\n")
    rows = [
        *(f"p{n},one,2024-01-01,participant,Peru" for n in range(6)),
        *(f"p{n},two,2024-06-01,mentor,Kenya" for n in range(4)),
    ]
    (tmp_path / "rows.csv").write_text(HEADER.decode().strip() + ",country\n" + "\n".join(rows) + "\n")
    ran = home("import", "participation", "rows.csv", "--mapping", "mapping.yaml", "--community", "Home", "--json")
    check(ran.json, IMPORT)
    return home


@pytest.mark.parametrize("name", READING)
def test_reading_command_prints_its_shape(peopled: Cairn, name: str) -> None:
    command, shape = READING[name]
    peopled("rules", "new", "mine.yaml", "--starter", "mentoring-programme")
    ran = peopled(*command, "--json")
    check(ran.json, shape)
    assert ran.err == ""
    assert ran.json["community"] == (None if name == "import list" else "Home")
    shown = peopled(*command)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.strip()


def test_member_is_shown_in_its_shape_by_every_name_it_has(peopled: Cairn) -> None:
    members = peopled("member", "list", "--json").json["members"]
    for one in members:
        found = peopled("member", "show", one["accounts"][0]["id"], "--json").json
        check(found, MEMBER)
        assert found["member"] == {"id": one["id"], "accounts": one["accounts"]}
        assert found["band"] == one["band"]
        assert {each["band"]: each["points"] for each in found["totals"]} == one["points"]
    assert peopled("member", "show", members[0]["id"]).code == 0


@pytest.mark.parametrize("name", READING)
def test_reading_command_prints_zeros_where_there_is_nothing(cairn_here: Cairn, name: str) -> None:
    command, shape = READING[name]
    cairn_here("rules", "new", "mine.yaml", "--starter", "mentoring-programme")
    ran = cairn_here(*command, "--json")
    check(ran.json, shape)
    assert ran.json["community"] is None
    assert ran.err == ""
    assert zeros(ran.json)
    assert cairn_here(*command).code == 0


def test_reading_commands_print_zeros_on_an_empty_database_of_either_system(cairn: Cairn) -> None:
    for command, shape in (READING["report"], READING["member list"]):
        found = cairn(*command, "--json").json
        check(found, shape)
        assert found["community"] is None


def zeros(found: Any) -> bool:
    """Whether every number in a document is 0."""
    if isinstance(found, dict):
        return all(zeros(one) for one in found.values())
    if isinstance(found, list):
        return all(zeros(one) for one in found)
    return isinstance(found, str | None) or found == 0


def test_report_as_a_page_is_one_file(peopled: Cairn, tmp_path: Path) -> None:
    ran = peopled("report", "--html", "report.html", "--json")
    check(ran.json, REPORT)
    page = (tmp_path / "report.html").read_text()
    assert "<svg" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "cannot be written" in peopled("report", "--html", "none/report.html").refused(2)

    # The page speaks the community's language, the terminal English.
    (tmp_path / "home.yaml").write_text("name: Home\nlanguage: de\n")
    assert peopled("config", "apply", "home.yaml").code == 0
    assert "The report is in report.html." in peopled("report", "--html", "report.html").out
    german = (tmp_path / "report.html").read_text()
    assert '<html lang="de">' in german
    assert "Stand 01.06.2024" in german
    assert "as of 2024-06-01" in peopled("report").out


def test_period_is_told_as_asked(peopled: Cairn) -> None:
    found = peopled("report", "--from", "2024-01-09", "--to", "2024-01-09", "--json").json
    assert (found["from"], found["to"], found["as_of"]) == ("2024-01-09", "2024-01-09", "2024-06-01")
    assert found["months"][0]["writers"] == 2
    whole = peopled("report", "--json").json
    assert (whole["from"], whole["to"]) == ("2024-01-01", "2024-06-01")
    before = peopled("report", "--as-of", "1999-01-01", "--json").json
    assert (before["from"], before["to"], before["engagements"]) == ("1999-01-01", "1999-01-01", 0)
    after = peopled("report", "--from", "2030-01-01", "--json").json
    assert (after["from"], after["to"], after["members"]["engaged"]) == ("2030-01-01", "2030-01-01", 0)
