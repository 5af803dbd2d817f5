"""Whatever is given: one clear sentence and exit code 1, nothing on stdout, and nothing of it in the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.rules.small_rules import SMALL, changed
from tests.scenarios.bad_files import (
    CSV_READ,
    CSV_REFUSED,
    DISCORD_REFUSED,
    HEADER,
    MAPPING,
    MAPPING_REFUSED,
    ROW,
    SLACK_READ,
    SLACK_REFUSED,
    not_utf8_name,
)
from tests.scenarios.commands import Cairn
from tests.scenarios.dumps import differences, dump
from tests.scenarios.exports import earlier


def refused_without_a_trace(cairn: Cairn, *command: object) -> str:
    """Check that an import is refused, for a new community and for one there is; returns the sentence."""
    before, listed = dump(cairn.url), cairn("import", "list", "--json").json["imports"]
    sentence = cairn(*command, "--community", "New", "--json").refused()
    assert cairn("import", "list", "--json").json["imports"] == listed
    assert cairn(*command, "--community", "Home", "--json").refused() == sentence
    assert cairn(*command, "--community", "Home", "--dry-run", "--json").refused() == sentence
    assert differences(dump(cairn.url), before) == {}
    return sentence


@pytest.mark.parametrize("name", SLACK_REFUSED)
def test_what_is_no_slack_export_leaves_nothing(home: Cairn, tmp_path: Path, name: str) -> None:
    refused_without_a_trace(home, "import", "slack-export", SLACK_REFUSED[name](tmp_path / "bad.zip"))


@pytest.mark.parametrize("name", DISCORD_REFUSED)
def test_what_is_no_discord_export_leaves_nothing(home: Cairn, tmp_path: Path, name: str) -> None:
    refused_without_a_trace(home, "import", "discord-export", DISCORD_REFUSED[name](tmp_path / "bad.json"))


@pytest.mark.parametrize("name", CSV_REFUSED)
def test_programme_file_with_something_wrong_leaves_nothing(home: Cairn, tmp_path: Path, name: str) -> None:
    file, mapping = tmp_path / "rows.csv", tmp_path / "mapping.yaml"
    content, part = CSV_REFUSED[name]
    file.write_bytes(content)
    mapping.write_text(MAPPING)
    assert part in refused_without_a_trace(home, "import", "participation", file, "--mapping", mapping)


@pytest.mark.parametrize("name", MAPPING_REFUSED)
def test_wrong_mapping_is_one_sentence(home: Cairn, tmp_path: Path, name: str) -> None:
    file, mapping = tmp_path / "rows.csv", tmp_path / "mapping.yaml"
    file.write_bytes(HEADER + ROW)
    mapping.write_text(MAPPING_REFUSED[name])
    refused_without_a_trace(home, "import", "participation", file, "--mapping", mapping)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"kind,day,place,n\ndownloads,2024-03-01,,-1\n", "row 2"),
        (b"kind,day,place,n\ndownloads,2024-03-01,,1.5\n", "row 2"),
        (b"kind,day,place,n\n,2024-03-01,,1\n", "row 2"),
        (b"kind,day,n\n", "no column 'place'"),
    ],
)
def test_wrong_counts_leave_nothing(home: Cairn, tmp_path: Path, content: bytes, part: str) -> None:
    file = tmp_path / "counts.csv"
    file.write_bytes(content)
    assert part in refused_without_a_trace(home, "import", "counts", file)


@pytest.mark.parametrize("name", SLACK_READ)
def test_what_can_be_read_safely_is_read(cairn_here: Cairn, tmp_path: Path, name: str) -> None:
    make, skipped = SLACK_READ[name]
    found = cairn_here("import", "slack-export", make(tmp_path / "odd.zip"), "--community", "Odd", "--json").json
    assert found["skipped"] == skipped
    messages = found["signals"].get("message", 0)
    assert (messages, found["engagements"]["new"]) == ((0, 0) if name == "empty export" else (1, 1))


@pytest.mark.parametrize("name", CSV_READ)
def test_rows_that_can_be_read_safely_are_read(cairn_here: Cairn, tmp_path: Path, name: str) -> None:
    file, mapping = tmp_path / "rows.csv", tmp_path / "mapping.yaml"
    file.write_bytes(CSV_READ[name])
    mapping.write_text(MAPPING)
    command = ("import", "participation", file, "--mapping", mapping, "--community", "Odd", "--json")
    assert cairn_here(*command).json["engagements"]["new"] == 1


def test_wrong_rows_are_skipped_and_kept_apart_where_told_to(cairn_here: Cairn, tmp_path: Path) -> None:
    file, mapping = tmp_path / "rows.csv", tmp_path / "mapping.yaml"
    file.write_bytes(HEADER + ROW + b"ada,one,someday,mentor\n" + b"bob,one\n")
    mapping.write_text(MAPPING)
    command = ("import", "participation", file, "--mapping", mapping, "--community", "Odd", "--on-error", "skip")
    dry = cairn_here(*command, "--dry-run", "--json").json
    assert not list(tmp_path.glob("*rejects*"))
    ran = cairn_here(*command, "--json")
    assert ran.json["skipped"] == dry["skipped"] == {"ragged row": 1, "wrong date": 1}
    assert ran.json["engagements"]["new"] == 1
    assert ran.err == f"Rows that could not be read are in {tmp_path / 'rows.rejects.csv'}.\n"
    assert (tmp_path / "rows.rejects.csv").read_text().splitlines()[1].startswith("3,")


def test_rejects_that_cannot_be_written_are_a_failure_that_leaves_nothing(home: Cairn, tmp_path: Path) -> None:
    file, mapping = tmp_path / "rows.csv", tmp_path / "mapping.yaml"
    file.write_bytes(HEADER + ROW * 3_000 + b"bob,one\n")
    mapping.write_text(MAPPING)
    before = dump(home.url)
    skip = ("--on-error", "skip", "--rejects", tmp_path / "none" / "rejects.csv")
    command = ("import", "participation", file, "--mapping", mapping, "--community", "Home", *skip)
    assert "rejected rows cannot be written" in home(*command, "--json").refused(2)
    assert differences(dump(home.url), before) == {}


def test_file_with_a_name_that_is_no_text_is_imported(cairn_here: Cairn, tmp_path: Path) -> None:
    file = not_utf8_name(tmp_path, earlier(tmp_path / "earlier.zip"))
    assert cairn_here("import", "slack-export", file, "--community", "Home", "--json").json["engagements"]["new"] > 0
    assert cairn_here("import", "list", "--json").json["imports"][0]["file"] == "caf?.zip"


WRONG_RULES: dict[str, tuple[str | bytes, str]] = {
    "unknown kind": (changed("{kind: message}", "{kind: massage}"), "message"),
    "negative points": (changed("points: 5", "points: -5"), "-5"),
    "NaN": (changed("points: 5", "points: .nan"), "nan"),
    "no bands": (SMALL[: SMALL.index("bands:")] + "bands: []\n" + SMALL[SMALL.index("engagements:") :], "bands"),
    "unknown band": (changed("band: Taking part", "band: Taking prat"), "Taking part"),
    "alias bomb": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "&"),
    "binary": (b"\x7fELF\0\0\1", ""),
    "other encoding": ("name: Caf\xe9\n".encode("latin-1"), ""),
}


@pytest.mark.parametrize("name", WRONG_RULES)
@pytest.mark.parametrize("command", ["check", "explain", "rehearse", "apply"])
def test_wrong_rules_are_told_line_by_line(cairn_here: Cairn, tmp_path: Path, name: str, command: str) -> None:
    content, part = WRONG_RULES[name]
    file = tmp_path / "mine.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = cairn_here("rules", command, file, "--json")
    assert (ran.code, ran.out) == (1, "")
    assert part in ran.err
    assert all(str(file) in line for line in ran.sentences)
    assert "Traceback" not in ran.err


def test_all_that_is_wrong_with_rules_is_told_at_once(cairn_here: Cairn, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(changed("{kind: message}", "{kind: massage}").replace("points: 5", "points: -5"))
    assert len(cairn_here("rules", "check", file).sentences) == 2


def test_wrong_rules_of_the_folder_stop_only_what_needs_them(home: Cairn, tmp_path: Path) -> None:
    (tmp_path / "mountain.yaml").write_text("bands: 7\n")
    again = ("import", "slack-export", tmp_path / "earlier.zip", "--json")
    assert home(*again, "--community", "Home").json["engagements"]["known"] > 0
    assert home("report", "--json").json["community"] == "Home"
    ran = home(*again, "--community", "New")
    assert (ran.code, ran.out) == (1, "")
    assert "mountain.yaml" in ran.err
    assert [one[0] for one in dump(home.url)["community"]] == ["Home"]


@pytest.mark.parametrize(
    ("command", "part"),
    [
        (("nonsense",), "Unknown command"),
        (("report", "--form", "2024-01-01"), "--from"),
        (("report", "--from"), "requires"),
        (("report", "--from", "2024-13-01"), "--from: '2024-13-01' is not a day; expected YYYY-MM-DD"),
        (("report", "--to", "20240101"), "--to: '20240101' is not a day"),
        (("report", "--as-of", "9999-12-31"), "--as-of: '9999-12-31' is not a day"),
        (("report", "--as-of", "tomorrow"), "--as-of: 'tomorrow' is not a day"),
        (("report", "--from", "2024-02-01", "--to", "2024-01-31"), "--from: 2024-02-01 is after --to 2024-01-31"),
        (("report", "--community", "Hom"), "there is no community 'Hom'; did you mean 'Home'?"),
        (("report", "--community", "[/red]"), "there is no community '[/red]'; there are: Home"),
        (("report", "--programme", "x"), "there is no programme 'x'; there are: none yet"),
        (("network", "--ties", "reply,loves"), "--ties: loves is no kind of tie"),
        (("network", "--ties", ","), "--ties: nothing is no kind of tie"),
        (("member", "list", "--band", "Leeding"), "there is no band 'Leeding'; did you mean 'Leading'?"),
        (("member", "list", "--step", "join"), "there is no step 'join'; did you mean 'join-in'?"),
        (("member", "show", "U404"), "no member has the id or account 'U404'"),
        (("member", "show", "99999999999999999999"), "no member has the id or account"),
        (("pathways", "--programme", "x", "--from", "a", "--to", "b"), "there is no programme 'x'"),
        (("pathways", "--programme", "x", "--from", "a"), "--to"),
        (("import", "undo", "7"), "there is no import 7"),
        (("import", "undo", "99999999999999999999"), "there is no import 99999999999999999999"),
        (("import", "undo", "-1"), "-1"),
        (("import", "undo", "seven"), "NUMBER"),
        (("import", "list", "--community", "Hom"), "did you mean 'Home'?"),
        (("import", "counts", "x.csv", "--community", "Home", "--keep", "0"), "--keep: 0 is no number of days"),
        (("import", "counts", "x.csv", "--community", "Home", "--keep", "99999999999"), "--keep"),
        (("import", "counts", "x.csv", "--community", "Home", "--on-error", "maybe"), "--on-error"),
        (("import", "counts", "x.csv", "--community", "Home", "--consent", "maybe"), "--consent"),
        (("import", "counts", "x.csv", "--community", "Home"), "x.csv: there is no such file"),
        (("import", "counts", "keys", "--community", "  "), "keys"),
        (("import", "slack-export", "earlier.zip", "--community", ""), "--community: expected a name"),
        (("import", "slack-export", "earlier.zip", "--community", "a" * 201), "--community: expected a name"),
        (("import", "slack-export", "earlier.zip", "--community", "\udcff"), "--community: expected a name"),
        (("import", "slack-export", "earlier.zip", "--community", "a\nb"), "--community: expected a name"),
        (("import", "slack-export", "."), "no channels.json"),
        (("import", "participation", "x.csv", "--community", "Home"), "--mapping"),
        (("rules", "check", "none.yaml"), "none.yaml"),
        (("rules", "check", "."), "folder"),
        (("rules", "new", "keys"), "there is a file of that name already"),
        (("rules", "new", "x.yaml", "--starter", "none"), "there is no starter 'none'"),
    ],
)
def test_wrong_word_on_the_command_line_is_one_sentence(home: Cairn, command: tuple[str, ...], part: str) -> None:
    before = dump(home.url)
    assert part in home(*command).refused()
    assert differences(dump(home.url), before) == {}


def test_several_communities_must_be_told_apart(home: Cairn, tmp_path: Path) -> None:
    assert home("import", "slack-export", tmp_path / "earlier.zip", "--community", "Away").code == 0
    pathways = ("pathways", "--programme", "x", "--from", "a", "--to", "b")
    again = ("import", "slack-export", tmp_path / "earlier.zip")
    others = ("report",), ("network",), ("member", "list"), ("member", "show", "U1"), ("rules", "explain")
    for command in (pathways, again, *others):
        said = home(*command, "--json").refused()
        assert said == "there are several communities; choose one with --community: Away, Home"
    assert home("report", "--community", "Away", "--json").json["community"] == "Away"


def test_failed_import_leaves_nothing_on_either_system(cairn: Cairn, tmp_path: Path) -> None:
    file, mapping = tmp_path / "rows.csv", tmp_path / "mapping.yaml"
    file.write_bytes(CSV_REFUSED["wrong behind 2,500 rows"][0])
    mapping.write_text(MAPPING)
    command = ("import", "participation", file, "--mapping", mapping, "--community", "New", "--json")
    assert "row 2502" in cairn(*command).refused()
    assert {name for name, rows in dump(cairn.url).items() if rows} == set()
    assert cairn("import", "list", "--json").json == {"community": None, "imports": []}
    assert cairn(*command, "--on-error", "skip").json["engagements"]["new"] == 2_500
    assert cairn("db", "check").code == 0
