"""What Cairn says, in each of its languages: one folder per language, one YAML file per topic.

A file's texts stand under `<file>.<key>...`. `{name}` stands for a value, `**so**` for words that stand out. A text
that depends on a number has the forms `one` and `other`, chosen by the value `n`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from bot.chat.speech import Bold, Span, Text

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""The languages that Cairn speaks, by their BCP 47 tag; a regional form (`en-GB`) is spoken as its language."""
_PARTS = re.compile(r"\{(\w+)\}|\*\*(.+?)\*\*")


class Words:
    """What is said in one language."""

    def __init__(self, tag: str) -> None:
        """Take a BCP 47 tag; English where the language is not spoken."""
        self.tag = spoken(tag) or "en"
        self._texts = texts(self.tag)

    def text(self, key: str, /, **values: Span | int) -> Text:
        """Return a text with its values filled in; KeyError where there is none of that name."""
        return tuple(_filled(self._form(key, values), values))

    def plain(self, key: str, /, **values: str | int) -> str:
        """Return a text as one string, for labels and descriptions."""
        return "".join(one.text if isinstance(one, Bold) else str(one) for one in self.text(key, **values))

    def others(self, key: str) -> Mapping[str, str]:
        """Return a text without values in the other languages, by their tag."""
        return {tag: Words(tag).plain(key) for tag in LANGUAGES if tag != self.tag}

    def has(self, key: str) -> bool:
        """Whether there is a text of that name."""
        return key in self._texts

    def _form(self, key: str, values: Mapping[str, Span | int]) -> str:
        if key in self._texts:
            return self._texts[key]
        return self._texts[f"{key}.{'one' if values.get('n') == 1 else 'other'}"]


def spoken(tag: str) -> str | None:
    """Return the language that is spoken for a BCP 47 tag, None where none is."""
    begin = tag.replace("_", "-").split("-")[0].lower()
    return begin if begin in LANGUAGES else None


@cache
def texts(tag: str) -> Mapping[str, str]:
    """Return all texts of a language by their names."""
    found: dict[str, str] = {}
    for file in sorted(files("bot.language").joinpath(tag).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml"):
            tree = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
            found.update(_flat(file.name.removesuffix(".yaml"), tree))
    return found


def _flat(name: str, tree: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - YAML holds anything
    if isinstance(tree, dict):
        for key, below in tree.items():
            yield from _flat(f"{name}.{key}", below)
    else:
        yield name, str(tree).strip()


def _filled(text: str, values: Mapping[str, Span | int]) -> Iterator[Span]:
    end = 0
    for found in _PARTS.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        value = values[found[1]] if found[1] else Bold(_plain(found[2], values))
        yield str(value) if isinstance(value, int) else value
        end = found.end()
    if end < len(text):
        yield text[end:]


def _plain(text: str, values: Mapping[str, Span | int]) -> str:
    """Fill values into words that stand out; they are plain there."""
    return "".join(str(one) for one in _filled(text, values))
