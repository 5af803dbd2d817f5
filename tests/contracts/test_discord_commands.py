"""All commands there are fit into what Discord takes of commands, in each language."""

from __future__ import annotations

import pytest

from bot.commands.registry import registry
from bot.language import LANGUAGES, Words
from integrations.discord.speaking.commands import MOST_LETTERS, MOST_MENUS, MOST_PARTS, size_of, tree
from integrations.sandbox.discord.registrations import check, check_all


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_commands_are_taken_by_discord(tag: str) -> None:
    offered = {one: registry().offered(Words(one)) for one in LANGUAGES}
    made = tree(offered[tag], offered)
    check_all(made)
    for root in made:
        check(root)
        assert size_of(root) <= MOST_LETTERS
        assert len(root.get("options", ())) <= MOST_PARTS
    paths = {one.path for one in offered[tag] if one.menu is None}
    shown = {f"{root['name']} {part['name']}" for root in made for part in root.get("options", ()) if part["type"] == 1}
    assert {one for one in paths if one.count(" ") == 1} == shown
    assert all(one.count(" ") in (1, 2) for one in paths)


def test_no_context_menu_has_more_entries_than_are_shown() -> None:
    menus = [one.menu for one in registry().offered(Words("en")) if one.menu is not None]
    assert all(menus.count(one) <= MOST_MENUS for one in menus)
