"""Forms that wait to be opened: platforms show a form only at once, and Discord never in answer to a form.

So somebody is given a button first. What it opens is kept for as long as the button can be used, in memory: it may hold
what a person wrote.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.chat.calling import Attachment, Given
from bot.chat.speech import Action, Field, Form
from scoring.signals import Account

KEPT_MS = 900_000
"""How long a private answer, and the button on it, is good for: fifteen minutes."""
MOST = 1_000


class Waiting:
    """The forms of one process that somebody may open."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._forms: OrderedDict[str, tuple[int, Account, str, Form]] = OrderedDict()
        self._shown: OrderedDict[tuple[Account, str, Action], tuple[int, Form]] = OrderedDict()

    def keep(self, whose: Account, space: str, form: Form) -> str:
        """Keep a form for one person, in a space; returns its number."""
        number = secrets.token_urlsafe(12)
        self._forms[number] = (self._clock() + KEPT_MS, whose, space, form)
        while len(self._forms) > MOST:
            self._forms.popitem(last=False)
        return number

    def opened(self, whose: Account, space: str, form: Form) -> None:
        """Put down that somebody has a form before them, in case that it comes back with something wrong in it."""
        self._shown[whose, space, form.action] = self._clock() + KEPT_MS, form
        self._shown.move_to_end((whose, space, form.action))
        while len(self._shown) > MOST:
            self._shown.popitem(last=False)

    def before(self, whose: Account, space: str, action: Action) -> Form | None:
        """Return the form with an action that somebody was shown last."""
        until, form = self._shown.get((whose, space, action), (0, None))
        return form if until > self._clock() else None

    def find(self, number: str, whose: Account, space: str) -> Form | None:
        """Return somebody's own form, as often as they open it."""
        until, owner, where, form = self._forms.get(number, (0, None, "", None))
        return form if owner == whose and where == space and until > self._clock() else None


def once_more(form: Form, given: Mapping[str, Given], wrong: Mapping[str, str]) -> Form:
    """Return a form with what was given in it, and beside each field what is wrong with it."""
    return replace(form, fields=tuple(_again(one, given.get(one.name), wrong.get(one.name, "")) for one in form.fields))


def _again(one: Field, given: Given, wrong: str) -> Field:
    return replace(one, value=_standing(given), hint=wrong or one.hint)


def _standing(given: Given) -> str:
    """Return what was given as it stands in a field; files have to be given again."""
    match given:
        case bool():
            return "yes" if given else ""
        case float():
            return f"{given:.9f}".rstrip("0").rstrip(".")
        case Account():
            return given.id
        case str():
            return given
        case None | Attachment():
            return ""
