"""The JSON Schema of rules files, by which editors complete, explain and check them while one types.

`python -m bot.rules` prints it; `docs/mountain.schema.json` holds it.
"""

from __future__ import annotations

import json
from typing import Any

from bot.rules.shapes import RulesShape


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a rules file."""
    made = RulesShape.model_json_schema(by_alias=True)
    made["required"] = ["bands", "engagements"]
    for section in ("bands", "engagements"):
        made["properties"][section]["minItems"] = 1
        made["properties"][section].pop("default")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | made


def schema_text() -> str:
    """Return the JSON Schema as the text of its file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
