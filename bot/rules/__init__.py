"""The rules file: reads and checks `mountain.yaml` into a `scoring.mountain.Mountain`, explains it, helps write it."""

from bot.rules.asking import Ask
from bot.rules.explain import explain
from bot.rules.interview import new_rules
from bot.rules.reading import canonical, parse_rules, read_rules, version
from bot.rules.schema import schema, schema_text
from bot.rules.starters import starters

__all__ = [
    "Ask",
    "canonical",
    "explain",
    "new_rules",
    "parse_rules",
    "read_rules",
    "schema",
    "schema_text",
    "starters",
    "version",
]
