"""What the audit log and the clock tell of can be said in every language: each phrase in the code has its text."""

from __future__ import annotations

import ast
import importlib
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clockwork.duties import everything
from bot.commands.everyone.privacy import _did
from bot.gate import Reason
from bot.language import LANGUAGES, Words
from bot.operating.logs import unexpected
from bot.rights.inventory import Sort, inventory
from bot.rights.telling import INNER, slug
from bot.sending import claiming, outcomes, sorting
from bot.sending.delivering import Delivered

ROOT = Path(__file__).resolve().parents[2]
_WHAT = {"did": 3, "audit.put": 4, "_put_down": 3}
"""Which argument of a call names what was done."""


def phrases() -> Iterator[str]:
    """Yield what calls in `bot` put into the audit log: they name it by a constant."""
    for file in sorted((ROOT / "bot").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and ast.unparse(one.func) in _WHAT]
        module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts)) if calls else None
        for call in calls:
            place = _WHAT[ast.unparse(call.func)]
            name = ast.unparse(call.args[place]) if len(call.args) > place else ""
            if name.rpartition(".")[2].isupper():
                found: object = module
                for part in name.split("."):
                    found = getattr(found, part)
                yield str(found)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_each_phrase_of_the_audit_log_has_its_text(tag: str) -> None:
    words, said = Words(tag), set(phrases())

    assert len(said) > 25
    assert [one for one in sorted(said) if not words.has(_did(one))] == []


def test_english_texts_are_what_the_log_holds() -> None:
    assert [one for one in sorted(set(phrases())) if Words("en").plain(_did(one)) != one] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_each_job_is_called_something(tag: str) -> None:
    assert [name for name in everything().by_name if not Words(tag).has(f"jobs.name.{name}")] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_each_sort_of_thing_that_is_kept_of_people_can_be_told_to_them(tag: str) -> None:
    words = Words(tag)
    personal = {name: one for name, one in inventory().items() if one.personal}
    wanted = [f"table.{name}.{one}" for name in personal for one in ("name", "why")]
    wanted += [f"kept.{slug(one.kept)}" for one in personal.values()]

    assert len(personal) > 30
    assert [one for one in wanted if not words.has(f"export.{one}")] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_each_field_that_means_something_to_people_can_be_told_to_them(tag: str) -> None:
    words = Words(tag)
    said = (Sort.TIME, Sort.FACT, Sort.DECLARED, Sort.WORDS)
    fields = {name for one in inventory().values() if one.personal for name in one.of(*said)} - INNER
    missing = {name for name in fields if not (words.has(f"export.label.{name}") or words.has(f"export.flag.{name}"))}

    assert missing <= {"kind", "holds", "day", "at", "month"}  # said in their own way, or before the rest


def reasons() -> set[str]:
    """Return why a message may wait or not go, of what `bot` itself says."""
    said = {str(one) for one in (*Reason, *Delivered)} - {Delivered.SENT.value}
    said |= {claiming.NOBODY, claiming.NOT_REPEATED, sorting.PACED, sorting.SLOWED, outcomes.NOT_FOUND}
    calls = ast.walk(ast.parse((ROOT / "bot" / "courier.py").read_text(encoding="utf-8")))
    given = [word.value for one in calls if isinstance(one, ast.Call) for word in one.keywords if word.arg == "reason"]
    return said | {str(one.value) for one in given if isinstance(one, ast.Constant)}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_each_reason_why_a_message_did_not_go_can_be_told_to_whom_it_was_for(tag: str) -> None:
    words = Words(tag)

    assert len(reasons()) > 25
    assert "cannot be read" in reasons()
    assert [one for one in sorted(reasons()) if not words.has(f"unsent.{slug(one)}")] == []
    went_wrong = unexpected(logging.getLogger("test"), "this", ValueError())
    assert words.has(f"unsent.{slug(went_wrong.partition(' (')[0])}")
