"""A mapping file is read as plain text values, and everything wrong with it is said at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ports import InputError
from integrations.archives.mapping import Identity, read_mapping

GOOD = """\
source: school
person: [handle, {column: mail, as: email}]
columns: {id: n, date: day, role: kind}
constants: {cohort: 2017, completed: no}
values: {role: {yes: 007}}
dates: ["%d/%m/%Y"]
attributes: {country: land}
encoding: cp1252
delimiter: tab
"""
ROOT = Path(__file__).resolve().parents[3]


def written(folder: Path, text: str) -> Path:
    path = folder / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> list[str]:
    path = written(folder, text)
    with pytest.raises(InputError) as caught:
        read_mapping(path)
    return [line.removeprefix(str(path)) for line in str(caught.value).splitlines()]


def test_mapping_keeps_values_as_they_are_written(tmp_path: Path) -> None:
    found = read_mapping(written(tmp_path, GOOD))
    assert found.person == (Identity(column="handle"), Identity.model_validate({"column": "mail", "as": "email"}))
    assert (found.constant("cohort"), found.constant("completed")) == ("2017", "no")
    assert found.values == {"role": {"yes": "007"}}
    assert (found.delimiter, found.encoding) == ("\t", "cp1252")
    assert found.layout.needed == ("n", "day", "kind", "handle", "mail", "land")
    assert found.participation


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "mappings").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_mapping_is_valid(path: Path) -> None:
    assert read_mapping(path).source


def test_all_faults_are_said_at_once_with_line_and_nearest_name(tmp_path: Path) -> None:
    text = """\
sorce: x
person: [{column: b, az: github}]
columns:
  rol: kind
  date: [day]
values: {rolle: {a: b}}
dates: ["%d/%m", "%Q"]
encoding: utf-99
delimiter: ";;"
attributes: {role: x}
"""
    found = faults(tmp_path, text)
    assert [line.split("`")[1] for line in found] == [
        "sorce", "source", "person.1.az", "columns.rol", "columns.date", "values.rolle", "dates.1", "dates.2",
        "encoding", "delimiter", "attributes.role",
    ]  # fmt: skip
    assert [int(line.split(":")[1]) for line in found] == [1, 1, 2, 4, 5, 6, 7, 7, 8, 9, 10]
    assert found[0].endswith("; the nearest is source")
    assert found[1] == ":1: `source` is missing"
    assert found[3].endswith("one of id, cohort, date, role, project, completed, programme; the nearest is role")
    assert found[4].endswith("found a list, expected text")
    assert found[5].endswith("; the nearest is role")
    assert "strptime format with a year" in found[6]
    assert "utf-8, cp1252 or utf-16" in found[8]


def test_participation_without_a_date_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, "source: s\nperson: [a]\ncolumns: {role: b}\n") == [
        ":3: `columns`: found no date, expected a `date` beside the cohort or role, as a column or a constant"
    ]


def test_nobody_to_recognise_people_by_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, "source: s\nperson: []\n") == [
        ":2: `person`: found an empty list, expected at least one column"
    ]


def test_people_without_participation_need_no_date(tmp_path: Path) -> None:
    found = read_mapping(written(tmp_path, "source: s\nperson: [a]\nattributes: {country: b}\n"))
    assert not found.participation


def test_constants_that_mean_nothing_are_refused(tmp_path: Path) -> None:
    text = "source: s\nperson: [a]\nconstants:\n  date: 1/2/2018\n  completed: maybe\n"
    assert faults(tmp_path, text) == [
        ":4: `constants.date`: found '1/2/2018', expected a date such as 2020-01-31",
        ":5: `constants.completed`: found 'maybe', expected yes or no",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "", "- a", "text", "a: [", "a: 1\na: 2", "a: &x b", "a: *x", "&a [*a]", "[a]: b", "--- a\n--- b", "%YAML 1.",
        "a\0b", "[" * 2_000, "x: " + "y" * 100_001, "a: {b: {c: {d: {e: {f: g}}}}}",
    ],
)  # fmt: skip
def test_odd_yaml_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    assert len(faults(tmp_path, text)) == 1


def test_missing_or_binary_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_mapping(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not text in UTF-8"):
        read_mapping(tmp_path / "binary.yaml")


@given(st.text(alphabet="ab:-[]{}&*!|>%@'\"#? \n\t,", max_size=40))
def test_any_text_is_refused_without_a_traceback(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    with pytest.raises(InputError):
        read_mapping(written(tmp_path_factory.mktemp("any"), text))
