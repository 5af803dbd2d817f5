"""Finds the commands by scanning their folders."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import TypeVar

from bot.chat.calling import Menu, Offered, Option
from bot.chat.speech import Choice
from bot.commands import everyone, team
from bot.commands.spec import Act, Asked, Command, Role
from bot.language import Words

_Named = TypeVar("_Named")
_FOLDERS = (everyone, team)


class Registry:
    """Commands by what calls them: their path, their menu's label in any language, or an action of theirs."""

    def __init__(self, commands: Iterable[Command]) -> None:
        """Take the commands; ValueError where two of them bear one name."""
        self.commands = tuple(commands)
        self._paths: dict[str, Command] = {}
        self._acts: dict[str, Act] = {}
        for command in self.commands:
            _add(self._paths, command.path, command)
            for name, act in command.acts.items():
                _add(self._acts, name, act)

    def command(self, path: str) -> Command | None:
        """Return the command of a path."""
        return self._paths.get(path)

    def act(self, name: str) -> Act | None:
        """Return what an action's name leads to."""
        return self._acts.get(name)

    def offered(self, words: Words) -> list[Offered]:
        """Return all commands as they are offered in a language, menus after the commands."""
        plain = [self._offer(one, words) for one in self.commands]
        return plain + [_menu(one, menu, words) for one in self.commands for menu in one.menus]

    def _offer(self, command: Command, words: Words) -> Offered:
        return Offered(
            command.path,
            words.plain(f"{command.name}.about"),
            tuple(_option(command, one, words) for one in command.options),
            staff=command.role is not Role.EVERYONE,
            opens_form=command.opens_form,
            names=words.others(f"{command.name}.about"),
        )


def _menu(command: Command, menu: Menu, words: Words) -> Offered:
    key = f"{command.name}.menu"
    staff = command.role is not Role.EVERYONE
    return Offered(
        command.path,
        words.plain(key),
        staff=staff,
        opens_form=command.opens_form,
        menu=menu,
        names=words.others(key),
    )


def _option(command: Command, one: Asked, words: Words) -> Option:
    choices = tuple(Choice(value, words.plain(f"{command.name}.choice.{value}")) for value in one.choices)
    about = words.plain(f"{command.name}.option.{one.name}")
    return Option(one.name, about, one.asks, one.required, choices, one.suggest is not None, one.least, one.most)


def _add(table: dict[str, _Named], name: str, what: _Named) -> None:
    if name in table:
        raise ValueError(f"two commands are called {name}")
    table[name] = what


@cache
def registry() -> Registry:
    """Return all commands there are."""
    return Registry(_scan())


def _scan() -> Iterator[Command]:
    for folder in _FOLDERS:
        for found in sorted(pkgutil.iter_modules(folder.__path__), key=lambda one: one.name):
            module = import_module(f"{folder.__name__}.{found.name}")
            yield from module.COMMANDS if hasattr(module, "COMMANDS") else (module.COMMAND,)
