"""The schema and the reference of survey files are what the code says, and what is shown there can be used."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from bot.surveys.kinds import Kind
from bot.surveys.reading import parse_survey
from bot.surveys.ready import ready
from bot.surveys.registry import kinds
from bot.surveys.schema import schema, schema_text
from integrations.discord.speaking import controls as discord_controls
from integrations.discord.speaking import forms as discord_forms
from integrations.limits import DISCORD, LIMITS, SLACK
from integrations.slack.speaking import controls as slack_controls
from integrations.slack.speaking import forms as slack_forms

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "surveys.md").read_text("utf-8")
RECIPE = (ROOT / "docs" / "recipes" / "add-a-question.md").read_text("utf-8")


def test_schema_file_is_what_the_code_generates() -> None:
    written = (ROOT / "docs" / "survey.schema.json").read_text("utf-8")

    assert written == schema_text(), "regenerate it: python -m bot.surveys > docs/survey.schema.json"


def test_schema_explains_every_field() -> None:
    shapes = [schema(), *schema()["$defs"].values()]

    for shape in shapes:
        assert shape["additionalProperties"] is False
        assert [name for name, one in shape["properties"].items() if not one.get("description")] == []


def test_reference_names_every_field_and_type() -> None:
    fields = {name for shape in [schema(), *schema()["$defs"].values()] for name in shape["properties"]}

    assert sorted(name for name in fields if f"`{name}`" not in REFERENCE) == []
    assert [name for name in kinds() if f"| `{name}` |" not in REFERENCE] == []
    assert [name for name in ready() if f"[{name}](../bot/surveys/ready/{name}.yaml)" not in REFERENCE] == []


def test_reference_s_small_file_is_valid() -> None:
    survey = parse_survey(REFERENCE.split("```yaml\n")[1].split("```")[0], "small.yaml", LIMITS)

    assert [one.name for one in survey.questions] == ["welcome", "found-help", "what-was-missing"]


@pytest.mark.parametrize("name", ready())
def test_ready_survey_keeps_to_the_schema_that_its_first_line_leads_to(name: str) -> None:
    file = ready()[name]
    first = file.read_text("utf-8").splitlines()[0]
    mark = "# yaml-language-server: $schema="

    assert (file.parent / first.removeprefix(mark)).resolve() == ROOT / "docs" / "survey.schema.json"
    jsonschema.validate(YAML(typ="safe").load(file.read_text("utf-8")), schema())


def test_recipe_s_type_of_question_is_one(tmp_path: Path) -> None:
    file = tmp_path / "yes_no.py"
    file.write_text(RECIPE.split("```python\n")[1].split("```")[0], "utf-8")
    spec = importlib.util.spec_from_file_location("yes_no", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    kind = module.KIND
    assert isinstance(kind, Kind)
    shape = kind.shape.model_validate({"name": "q", "type": "yes-no", "ask": "Well?"})
    assert kind.column(shape, [kind.accept(shape, "yes"), None]).state.tolist() == [2, 1]
    assert list(kind.needs(shape))


def test_limits_are_those_that_forms_are_drawn_with() -> None:
    assert (DISCORD.list, SLACK.list) == (discord_controls.MOST_CHOICES, slack_controls.MOST_CHOICES)
    assert (DISCORD.text, SLACK.text) == (discord_forms.LONGEST_TEXT, slack_forms.LONGEST_TEXT)
