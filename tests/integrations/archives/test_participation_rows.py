"""What a row of a participation file becomes, and what becomes of a bad one."""

from __future__ import annotations

import csv
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ports import Account, Archive, Context, InputError, Item, Person, Signal, date_of
from integrations.archives.csv_archive import Rejects
from integrations.archives.csv_cells import escaped
from integrations.archives.mapping import Mapping
from integrations.archives.participation import Participation

PLAIN = {
    "source": "school",
    "person": ["handle", {"column": "mail", "as": "email"}],
    "columns": {"cohort": "cohort", "date": "date", "role": "role", "project": "project", "completed": "done"},
    "constants": {"programme": "Open Leaders"},
    "values": {"role": {"mentee": "participant"}},
    "attributes": {"country": "country"},
}
HEADER = "cohort,date,role,project,done,handle,mail,country\n"
ROW = "ol-5,2018-02-01,mentee,maps,yes,ada,ada@example.org,Peru\n"
BY_ID = {"source": "s", "person": ["who"], "columns": {"id": "n", "date": "day", "role": "role"}}


def mapping(**changes: object) -> Mapping:
    return Mapping.model_validate({**PLAIN, **changes})


def read(path: Path, content: str | bytes, how: Mapping | None = None, rejects: Path | None = None) -> list[Item]:
    return opened(path, content, how, rejects)[1]


def opened(
    path: Path, content: str | bytes, how: Mapping | None = None, rejects: Path | None = None
) -> tuple[Participation, list[Item]]:
    file = path / "rows.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    archive = Participation(file, how or mapping(), 7, Rejects(rejects) if rejects else None)
    try:
        return archive, list(archive.items())
    finally:
        archive.close()


def failure(path: Path, content: str | bytes, how: Mapping | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read(path, content, how)
    sentence = str(caught.value)
    assert sentence.startswith(str(path / "rows.csv"))
    return sentence.removeprefix(str(path / "rows.csv"))


def test_row_becomes_a_person_and_a_participation(tmp_path: Path) -> None:
    archive, (person, signal) = opened(tmp_path, HEADER + ROW)
    ada = Account("imported", "", "ada")
    assert person == Person((ada, Account("imported", "email", "ada@example.org")), (("country", "Peru"),))
    assert isinstance(signal, Signal)
    assert signal.key == "p:school:ol-5:participant:maps:2018-02-01"
    assert (signal.account, signal.key_person, signal.version, signal.estimated) == (ada, ada, 7, False)
    assert date_of(signal.key_day).isoformat() == "2018-02-01"
    assert signal.at == signal.key_day * 86_400_000
    assert signal.context == Context(
        programme="Open Leaders", cohort="ol-5", role="participant", project="maps", completed=True
    )
    assert (archive.read.objects, archive.read.first, archive.read.last) == (1, signal.at, signal.at)
    conforming: Archive = archive
    assert (conforming.source, conforming.space, conforming.captured) == ("participation", None, 7)


def test_row_id_is_the_whole_key(tmp_path: Path) -> None:
    _, signal = read(tmp_path, "n,day,role,who\n12,2018-05-10T23:30:00-02:00,fork,ada\n", Mapping.model_validate(BY_ID))
    assert isinstance(signal, Signal)
    assert (signal.key, signal.key_person) == ("p:s:12", None)
    assert date_of(signal.key_day).isoformat() == "2018-05-11"  # the day in UTC


def test_row_without_its_id_is_refused(tmp_path: Path) -> None:
    how = Mapping.model_validate(BY_ID)
    assert failure(tmp_path, "n,day,role,who\n,2018-05-10,fork,ada\n", how).startswith(", row 2: column 'n'")


def test_row_without_cohort_role_and_date_is_a_person_only(tmp_path: Path) -> None:
    items = read(tmp_path, HEADER + ",,,,,ada,,Peru\n")
    assert [type(item) for item in items] == [Person]


def test_first_filled_identity_is_the_person(tmp_path: Path) -> None:
    person, signal = read(tmp_path, HEADER + ROW.replace(",ada,", ",,"))
    assert isinstance(person, Person)
    assert isinstance(signal, Signal)
    assert person.accounts == (Account("imported", "email", "ada@example.org"),)
    assert signal.key_person == person.accounts[0]


def test_same_text_in_another_scheme_is_another_key(tmp_path: Path) -> None:
    rows = "c,2018-02-01,r,,,ada,,\nc,2018-02-01,r,,,,ada,\n"
    found = [item for item in read(tmp_path, HEADER + rows) if isinstance(item, Signal)]
    assert found[0].key == found[1].key
    assert found[0].key_person != found[1].key_person


def test_renamed_to_nothing_is_no_identity(tmp_path: Path) -> None:
    how = mapping(values={"person": {"unknown": ""}, "country": {"USA": "United States"}})
    (person, _) = read(tmp_path, HEADER + "c,2018-02-01,r,,,unknown,a@example.org,USA\n", how)
    assert person == Person((Account("imported", "email", "a@example.org"),), (("country", "United States"),))


@pytest.mark.parametrize(
    ("text", "done"),
    [("yes", True), ("TRUE", True), ("1", True), ("Graduated", True), ("no", False), ("0", False), ("", None)],
)
def test_completed_is_understood(tmp_path: Path, text: str, done: bool | None) -> None:
    _, signal = read(tmp_path, HEADER + ROW.replace("yes", text))
    assert isinstance(signal, Signal)
    assert signal.context.completed is done


def test_own_date_formats_are_tried_in_order(tmp_path: Path) -> None:
    how = mapping(dates=["%d/%m/%Y", "%d %B %Y"])
    rows = ROW.replace("2018-02-01", "03/02/2018") + ROW.replace("2018-02-01", "4 March 2018")
    found = [item for item in read(tmp_path, HEADER + rows, how) if isinstance(item, Signal)]
    assert [date_of(signal.key_day).isoformat() for signal in found] == ["2018-02-03", "2018-03-04"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", pytest.param("utf-16-le-marked", id="little")]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_file_of_any_unicode_form_reads_the_same(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    text = (HEADER + ROW.replace("Peru", "Perú")).replace(",", delimiter).replace("\n", end)
    raw = ("\ufeff" + text).encode("utf-16-le") if encoding.startswith("utf-16-le") else text.encode(encoding)
    assert read(tmp_path, raw) == read(tmp_path, HEADER + ROW.replace("Peru", "Perú"))


def test_declared_encoding_is_read(tmp_path: Path) -> None:
    raw = (HEADER + ROW.replace("Peru", "Perú")).encode("cp1252")
    person, _ = read(tmp_path, raw, mapping(encoding="cp1252"))
    assert isinstance(person, Person)
    assert person.attributes == (("country", "Perú"),)


def test_wrong_bytes_are_named_with_their_row(tmp_path: Path) -> None:
    raw = (HEADER + ROW * 3000 + ROW.replace("Peru", "Perú")).encode("cp1252")
    assert failure(tmp_path, raw).startswith(", row 3002: found bytes that are not utf-8")


def test_wrong_bytes_are_never_skipped(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 2"):
        read(tmp_path, HEADER.encode() + b"\xff\n", rejects=tmp_path / "out.csv")


def test_cut_utf16_is_one_sentence(tmp_path: Path) -> None:
    assert "found bytes that are not utf-16" in failure(tmp_path, (HEADER + ROW).encode("utf-16")[:-1])


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            "ol-5,2018-13-01,mentee,maps,yes,ada,,\n",
            ", row 2: column 'date': found '2018-13-01', expected a date such as",
        ),
        (
            "ol-5,0218-01-01,mentee,maps,yes,ada,,\n",
            ", row 2: column 'date': found '0218-01-01', expected a date such as",
        ),
        ("ol-5,,mentee,maps,yes,ada,,\n", ", row 2: column 'date': found '', expected a date such as"),
        ("ol-5,2018-01-01,mentee,maps,maybe,ada,,\n", ", row 2: column 'done': found 'maybe', expected yes or no"),
        ("ol-5,2018-01-01,mentee,maps,yes, ,,\n", ", row 2: found nothing in 'handle', 'mail', expected at least one"),
        ("ol-5,2018-01-01,mentee\n", ", row 2: found 3 cells, expected 8 as in the header"),
        ("ol-5,2018-01-01,mentee,maps,yes,ada,,,more\n", ", row 2: found 9 cells, expected 8 as in the header"),
        ("ol-5,2018-01-01,mentee,maps,yes,a\0da,,\n", ", row 2: found a NUL byte, expected text"),
        (f"ol-5,2018-01-01,mentee,{'x' * 1001},yes,ada,,\n", ", row 2: column 'project': found 'xxx"),
        (f"ol-5,2018-01-01,mentee,{'x' * 200_000},yes,ada,,\n", ", row 2: found a cell of more than 131072 characters"),
        ('ol-5,2018-01-01,"men"tee,maps,yes,ada,,\n', ', row 2: found a quotation mark (") out of place'),
    ],
)
def test_bad_row_stops_with_its_number_or_is_skipped(tmp_path: Path, row: str, expected: str) -> None:
    assert failure(tmp_path, HEADER + row + ROW).startswith(expected)
    archive, items = opened(tmp_path, HEADER + row + ROW, rejects=tmp_path / "rejects.csv")
    assert items == read(tmp_path, HEADER + ROW)
    assert (archive.read.objects, archive.read.skipped.total()) == (2, 1)
    with (tmp_path / "rejects.csv").open(newline="") as file:
        header, rejected = csv.reader(file)
    assert header == ["row", "error", *HEADER.strip().split(",")]
    assert f", row {rejected[0]}: {rejected[1]}".startswith(expected)


def test_bad_cell_is_shown_shortened(tmp_path: Path) -> None:
    sentence = failure(tmp_path, HEADER + ROW.replace("2018-02-01", "private " * 100))
    assert len(sentence) < 200


def test_rejected_formulas_are_made_harmless(tmp_path: Path) -> None:
    cells = ["=cmd()", "+1", "-1", "@x", "\tx", "plain", "", "Peru"]
    read(tmp_path, HEADER + ",".join(cells) + "\n", rejects=tmp_path / "rejects.csv")
    with (tmp_path / "rejects.csv").open(newline="") as file:
        rejected = list(csv.reader(file))[1]
    assert rejected[2:] == ["'=cmd()", "'+1", "'-1", "'@x", "'\tx", "plain", "", "Peru"]


def test_good_formulas_are_plain_text(tmp_path: Path) -> None:
    _, signal = read(tmp_path, HEADER + ROW.replace("maps", '"=cmd(""x"")"'))
    assert isinstance(signal, Signal)
    assert signal.context.project == '=cmd("x")'


def test_rejects_never_overwrite_the_file_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is the file to read"):
        read(tmp_path, HEADER + ROW, rejects=tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text() == HEADER + ROW


def test_no_rejects_file_without_bad_rows(tmp_path: Path) -> None:
    read(tmp_path, HEADER + ROW, rejects=tmp_path / "rejects.csv")
    assert not (tmp_path / "rejects.csv").exists()


def test_blank_rows_and_trailing_empty_cells_are_passed_over(tmp_path: Path) -> None:
    archive, items = opened(tmp_path, "\n" + HEADER + "\n,,,,,,,\n" + ROW.replace("\n", ",,\n"))
    assert items == read(tmp_path, HEADER + ROW)
    assert archive.read.objects == 1


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path: Path) -> None:
    two_lines = ROW.replace("maps", '"two\nlines"')
    assert failure(tmp_path, HEADER + two_lines + "\n" + "x\n").startswith(", row 4: found 1 cells")


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n", " \n,,\n"])
def test_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    assert failure(tmp_path, content) == ": the file is empty; expected a header and rows"


def test_header_alone_is_an_empty_history(tmp_path: Path) -> None:
    archive, items = opened(tmp_path, HEADER)
    assert (items, archive.read.objects, archive.read.first) == ([], 0, None)


def test_missing_columns_are_named_with_the_nearest(tmp_path: Path) -> None:
    sentence = failure(tmp_path, HEADER.replace("cohort", "cohorts").replace("handle", "nick") + ROW)
    assert "no column 'cohort' (the nearest is 'cohorts')" in sentence
    assert "no column 'handle' (if the file has no header, name its columns under `header`)" in sentence


def test_column_twice_is_refused_only_where_it_is_read(tmp_path: Path) -> None:
    assert "'role' more than once" in failure(tmp_path, HEADER.replace("project", "role") + ROW)
    doubled = HEADER.replace("\n", ",x,x\n") + ROW.replace("\n", ",1,2\n")
    assert read(tmp_path, doubled) == read(tmp_path, HEADER + ROW)


@pytest.mark.parametrize("on_error", ["stop", "skip"])
def test_open_quotation_mark_is_damage(tmp_path: Path, on_error: str) -> None:
    content = HEADER + ROW + ROW.replace("maps", '"maps') + ROW * 3
    with pytest.raises(InputError, match="row 3: a quotation mark"):
        read(tmp_path, content, rejects=tmp_path / "rejects.csv" if on_error == "skip" else None)


def test_spreadsheet_and_unmarked_utf16_are_recognised(tmp_path: Path) -> None:
    assert "zip or spreadsheet" in failure(tmp_path, b"PK\x03\x04rest")
    assert "is it UTF-16?" in failure(tmp_path, (HEADER + ROW).encode("utf-16-le"))


def test_folder_and_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(InputError, match="there is no such file"):
            Participation(path, mapping(), 1)


def test_endless_line_costs_no_memory(tmp_path: Path) -> None:
    raw = HEADER.encode() + b"x" * 50_000_000
    tracemalloc.start()
    sentence = failure(tmp_path, raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sentence.startswith(", row 2: found more than 4194304 characters in one row")
    assert peak < 40_000_000


def test_position_reaches_the_size(tmp_path: Path) -> None:
    archive, _ = opened(tmp_path, HEADER + ROW * 1000)
    assert archive.position == archive.size == len(HEADER) + 1000 * len(ROW)


@given(st.lists(st.text(max_size=5), min_size=4, max_size=4), st.lists(st.text(max_size=5), min_size=4, max_size=4))
def test_different_parts_never_make_the_same_key(one: list[str], other: list[str]) -> None:
    assert (escaped(*one) == escaped(*other)) is (one == other)


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, skip: bool
) -> None:
    folder = tmp_path_factory.mktemp("any")
    try:
        read(folder, HEADER.encode() + raw, rejects=folder / "rejects.csv" if skip else None)
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017 - a refusal is one of two good outcomes
