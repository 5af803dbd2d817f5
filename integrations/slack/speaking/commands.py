"""Cairn's commands on Slack, where a slash command is one line of text: what was meant, and a form for what is missing.

`/cairn-team log @somebody a talk` is the command `cairn-team log` with a person and a text. What takes more than one
person and one text, or does not get what it needs, asks for it in a form. Words that no option is left for are let be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.ports import Account, Action, Asks, Field, Form, Given, Offered, Option

OPTIONS = "slack-options"
"""The name of this integration's own action: a command whose options are given in a form."""
ASK = "?"
"""What stands behind a command whose options somebody wants to be asked for, also those that may be left out."""
_NAMED = re.compile(
    r"<@([UW][A-Z0-9]{1,30})(?:\|[^>]*)?>|<#([CG][A-Z0-9]{1,30})(?:\|[^>]*)?>|<!subteam\^(S[A-Z0-9]{1,30})[^>]*>"
)
_LIVE = {Asks.PERSON: 0, Asks.CHANNEL: 1, Asks.ROLE: 2}
_WRITTEN = (Asks.TEXT, Asks.LONG_TEXT, Asks.CHOICE, Asks.NUMBER, Asks.DAY)
_MOST_FIELDS = 20
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


@dataclass(frozen=True, slots=True)
class Meant:
    """What a line of text means: a command, what is given for its options, and whether that is enough.

    `spare` says that there are words which nothing takes, behind all that the command does take.
    """

    offered: Offered
    given: Mapping[str, Given]
    enough: bool
    spare: bool = False


def meant(root: str, text: str, offered: Sequence[Offered], account: Callable[[str], Account]) -> Meant | None:
    """Return what `/root text` means; None where no command has that name (`root` alone means its help)."""
    written = text.split()
    commands = {one.path: one for one in offered if one.menu is None and one.path.split()[0] == root}
    for n in range(min(len(written), 3), -1, -1):
        found = commands.get(" ".join((root, *(word.casefold() for word in written[:n]))))
        if found is not None:
            return _with(found, _rest(text, n), account)
    return None


def _rest(text: str, words: int) -> str:
    """Return what stands behind so many words."""
    return text.split(maxsplit=words)[words] if len(text.split()) > words else ""


def _with(offered: Offered, text: str, account: Callable[[str], Account]) -> Meant:
    given: dict[str, Given] = {}
    text, live = _taken(text)
    for option in offered.options:
        place = _LIVE.get(option.asks)
        if place is not None and live[place]:
            number = live[place].pop(0)
            given[option.name] = account(number) if option.asks is Asks.PERSON else number
    if text == ASK:
        return Meant(offered, given, enough=False)
    written = [one for one in offered.options if one.asks in _WRITTEN]
    if text and written:
        value = _value(written[0], text)
        if value is not None:
            given[written[0].name] = value
            text = ""
    spare = bool(text and offered.options) and all(one.name in given for one in offered.options)
    needed = all(one.name in given for one in offered.options if one.required)
    return Meant(offered, given, needed and not any(live) and (spare or not text), spare)


def _taken(text: str) -> tuple[str, tuple[list[str], list[str], list[str]]]:
    """Return a text without the people, channels and groups that it names, and those."""
    live: tuple[list[str], list[str], list[str]] = ([], [], [])
    for found in _NAMED.finditer(text):
        for place, number in enumerate(found.groups()):
            if number:
                live[place].append(number)
    rest = " ".join(_NAMED.sub(" ", text).split())
    for entity, letter in _ENTITIES:
        rest = rest.replace(entity, letter)
    return rest, live


def _value(option: Option, text: str) -> Given:
    """Return a text as what an option takes, None where it cannot be that."""
    if option.asks is Asks.CHOICE and option.choices:
        wanted = text.casefold()
        fits = (one.value for one in option.choices if wanted in (one.value.casefold(), one.label.casefold()))
        return next(fits, None)
    if option.asks is Asks.NUMBER:
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return None
    return text


def form(of: Offered, given: Mapping[str, Given]) -> Form:
    """Return the form that asks for a command's options; what was given stands in it."""
    fields = tuple(_field(one, given.get(one.name)) for one in of.options[:_MOST_FIELDS])
    return Form("/" + of.path, fields, Action(OPTIONS))


def suggested(of: Offered) -> frozenset[str]:
    """Return the options for which choices are asked for while somebody types."""
    return frozenset(one.name for one in of.options if one.suggests)


def _field(of: Option, given: Given) -> Field:
    value = given.id if isinstance(given, Account) else "" if given is None else str(given)
    return Field(of.name, of.about, of.asks, of.required, value, choices=of.choices, longest=1_000)


def of_path(path: str, offered: Iterable[Offered]) -> Offered | None:
    """Return a command by its path."""
    return next((one for one in offered if one.path == path), None)
