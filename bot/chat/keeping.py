"""Forms that wait to be opened: platforms show a form only at once, and Discord never in answer to a form.

So somebody is given a button first. What it opens is kept for as long as the button can be used, in memory: it may hold
what a person wrote.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable

from bot.chat.speech import Form
from scoring.signals import Account

KEPT_MS = 900_000
"""How long a private answer, and the button on it, is good for: fifteen minutes."""
MOST = 1_000


class Waiting:
    """The forms of one process that somebody may open."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._forms: OrderedDict[str, tuple[int, Account, str, Form]] = OrderedDict()

    def keep(self, whose: Account, space: str, form: Form) -> str:
        """Keep a form for one person, in a space; returns its number."""
        number = secrets.token_urlsafe(12)
        self._forms[number] = (self._clock() + KEPT_MS, whose, space, form)
        while len(self._forms) > MOST:
            self._forms.popitem(last=False)
        return number

    def find(self, number: str, whose: Account, space: str) -> Form | None:
        """Return somebody's own form, as often as they open it."""
        until, owner, where, form = self._forms.get(number, (0, None, "", None))
        return form if owner == whose and where == space and until > self._clock() else None
