"""Reads a rules file: one call from text to Mountain, or one error that names all that is wrong."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from bot.rules.checks import check
from bot.rules.compiling import compiled
from bot.rules.document import read_document, text_of
from bot.rules.draft import draft
from bot.rules.problems import input_error
from bot.rules.shapes import RulesShape
from bot.rules.step_checks import check_steps
from scoring.mountain import Mountain

VERSION_DIGITS = 12


def read_rules(path: Path) -> Mountain:
    """Return the Mountain of a rules file. Raises InputError that lists all that is wrong with it, a line each."""
    return parse_rules(text_of(path), str(path))


@lru_cache(maxsize=32)  # reading YAML takes its time, and the rules in force are asked for again and again
def parse_rules(text: str, name: str) -> Mountain:
    """Return the Mountain of a rules file's text; `name` stands in errors. Raises InputError like `read_rules`."""
    rules = _checked(text, name)
    return compiled(rules, _version(_canonical(rules)))


def canonical(text: str) -> str:
    """Return what rules say in their one canonical form: JSON without spaces, sorted, without what is left at default.

    Comments, layout, the order of fields and the spelling of numbers make no difference. Raises InputError.
    """
    return _canonical(_checked(text, "rules"))


def version(text: str) -> str:
    """Return the rules' version: the first 12 hex digits of the SHA-256 of their canonical form. Raises InputError."""
    return _version(canonical(text))


def _checked(text: str, name: str) -> RulesShape:
    document = read_document(text, name)
    found, problems = draft(document)
    problems = [*document.problems, *problems, *check(found), *check_steps(found)]
    if problems:
        raise input_error(name, document.lines, problems)
    return found.rules


def _canonical(rules: RulesShape) -> str:
    content = rules.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _version(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:VERSION_DIGITS]
