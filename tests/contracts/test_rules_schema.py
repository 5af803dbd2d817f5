"""The rules' schema and reference are what the code says, and every file that ships keeps to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rules import read_rules, schema, schema_text, starters
from scoring.signals import MEANINGS

ROOT = Path(__file__).parents[2]
SHIPPED = {"default": ROOT / "mountain.yaml", **starters()}


def test_schema_file_is_what_the_code_generates() -> None:
    written = (ROOT / "docs" / "mountain.schema.json").read_text("utf-8")

    assert written == schema_text(), "regenerate it: python -m bot.rules > docs/mountain.schema.json"


def test_schema_explains_every_field() -> None:
    shapes = [schema(), *schema()["$defs"].values()]

    for shape in shapes:
        assert shape["additionalProperties"] is False
        assert [name for name, one in shape["properties"].items() if not one.get("description")] == []


def test_reference_names_every_field_and_kind() -> None:
    reference = (ROOT / "docs" / "rules.md").read_text("utf-8")
    fields = {name for shape in [schema(), *schema()["$defs"].values()] for name in shape["properties"]}

    assert sorted(name for name in fields if f"`{name}`" not in reference) == []
    for kind, meaning in MEANINGS.items():
        assert f"| `{kind.label}` | {meaning} |" in reference


def test_reference_s_small_file_is_valid(tmp_path: Path) -> None:
    reference = (ROOT / "docs" / "rules.md").read_text("utf-8")
    file = tmp_path / "small.yaml"
    file.write_text(reference.split("```yaml\n")[1].split("```")[0], "utf-8")

    assert [band.name for band in read_rules(file).bands] == ["Following", "Taking part"]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_file_names_the_schema_by_a_path_that_leads_to_it(name: str) -> None:
    file = SHIPPED[name]
    first = file.read_text("utf-8").splitlines()[0]
    mark = "# yaml-language-server: $schema="

    assert first.startswith(mark)
    assert (file.parent / first.removeprefix(mark)).resolve() == ROOT / "docs" / "mountain.schema.json"


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_file_is_valid_and_complete(name: str) -> None:
    mountain = read_rules(SHIPPED[name])

    assert all(band.gives and band.gets for band in mountain.bands)
    assert all(one.title != one.name for one in mountain.types)
    assert all(step.offer and step.host and step.title != step.name for step in mountain.steps)
    assert {one.band for one in mountain.types} == set(range(len(mountain.bands)))


def test_starters_are_three_and_differ_in_their_bands() -> None:
    bands = {name: tuple(band.name for band in read_rules(file).bands) for name, file in starters().items()}

    assert sorted(bands) == ["mentoring-programme", "network-of-chapters", "open-source-project"]
    assert len(set(bands.values())) == len(bands)
