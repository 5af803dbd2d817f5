"""The JSON Schema of survey files, by which editors complete, explain and check them while one types.

`python -m bot.surveys` prints it; `docs/survey.schema.json` holds it.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import models_json_schema

from bot.rules.shapes import Shape
from bot.surveys.reading import MOST_QUESTIONS
from bot.surveys.registry import kinds
from bot.surveys.shapes import SurveyShape

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a survey file."""
    there = kinds()
    wanted: list[type[Shape]] = [SurveyShape, *(kind.shape for kind in there.values())]
    names, made = models_json_schema([(shape, "validation") for shape in wanted], by_alias=True)
    parts: dict[str, Any] = made["$defs"]
    for name, kind in there.items():
        parts[_name(names[kind.shape, "validation"])]["properties"]["type"] |= {"const": name}
    whole: dict[str, Any] = parts.pop(_name(names[SurveyShape, "validation"]))
    types = [names[kind.shape, "validation"] for kind in there.values()]
    items = {"items": {"oneOf": types}, "minItems": 1, "maxItems": MOST_QUESTIONS}
    about = {"description": whole["properties"]["questions"]["description"], "title": "Questions", "type": "array"}
    whole["properties"]["questions"] = about | items
    whole["required"] = [*whole["required"], "questions"]
    return {"$schema": _DIALECT, "$defs": parts} | whole


def schema_text() -> str:
    """Return the JSON Schema as the text of its file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _name(reference: Any) -> str:  # noqa: ANN401 - as pydantic types it
    return str(reference["$ref"]).rpartition("/")[2]
