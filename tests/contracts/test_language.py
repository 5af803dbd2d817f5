"""The languages say the same: one name, one set of values, nothing missing."""

from __future__ import annotations

import re

import pytest

from bot.commands.registry import registry
from bot.commands.spec import Command
from bot.language import LANGUAGES, Words, texts

OTHERS = sorted(set(LANGUAGES) - {"en"})
COMMANDS = registry().commands


def values(text: str) -> set[str]:
    """Return what a text has to be given."""
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("tag", OTHERS)
def test_each_language_has_the_texts_that_english_has(tag: str) -> None:
    assert set(texts(tag)) == set(texts("en"))


@pytest.mark.parametrize("tag", OTHERS)
def test_texts_take_the_same_values_in_each_language(tag: str) -> None:
    other = texts(tag)

    assert {key: values(other[key]) for key in texts("en")} == {key: values(text) for key, text in texts("en").items()}


def test_no_text_is_empty_in_any_language() -> None:
    assert [key for tag in LANGUAGES for key, text in texts(tag).items() if not text] == []


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
@pytest.mark.parametrize("command", COMMANDS, ids=[one.path for one in COMMANDS])
def test_command_says_what_it_is_for_as_briefly_as_platforms_want(command: Command, tag: str) -> None:
    words = Words(tag)
    abouts = [f"{command.name}.about", *(f"{command.name}.option.{one.name}" for one in command.options)]

    assert [key for key in abouts if not 1 <= len(words.plain(key)) <= 100] == []
    assert all(1 <= len(words.plain(f"{command.name}.menu")) <= 32 for _ in command.menus)
