"""Every setting that a community file can have is told of in docs/community.md, and every value to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from bot.community.shapes import CommunityShape
from bot.language import LANGUAGES
from bot.ports import Consent, Stays

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "community.md").read_text(encoding="utf-8")
TOLD = set(re.findall(r"`([a-z_]+)(?::[^`]*)?`", "\n".join(re.findall(r"^\|.*$", TEXT, re.MULTILINE))))
"""What stands in tables as the name of a setting or a value."""


def shapes(shape: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield a group of settings, and all groups within it."""
    yield shape
    for one in shape.model_fields.values():
        for kind in (one.annotation, *get_args(one.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from shapes(kind)


SETTINGS = sorted(
    {field.alias or name for shape in shapes(CommunityShape) for name, field in shape.model_fields.items()}
)


def test_settings_of_all_groups_are_looked_at() -> None:
    assert {"name", "purge_after", "weekday", "backfill", "private", "in", "under_age"} <= set(SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_told_of(setting: str) -> None:
    assert setting in TOLD


@pytest.mark.parametrize("value", [*Consent, *Stays, *LANGUAGES])
def test_every_value_to_choose_from_is_told_of(value: str) -> None:
    assert str(value) in TOLD
