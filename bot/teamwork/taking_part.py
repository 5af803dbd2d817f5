"""That somebody takes part in a programme, as the team tells it and as roles do: one act, whoever said it."""

from __future__ import annotations

from urllib.parse import quote

from scoring.signals import Account, Context, Kind, Signal

KEY_DAY = 0
"""The day inside the key of such a participation: it has none, so that it is there only once."""


def key_of(context: Context) -> str:
    """Return the natural key of a part in a cohort, without the person in it."""
    return "t:p:" + ":".join(quote(one, safe=" ") for one in (context.programme, context.cohort, context.role))


def taking_part(who: Account, context: Context, at: int, version: int) -> Signal:
    """Return that somebody takes part (`at` in ms); the word with the higher version holds."""
    return Signal(Kind.PARTICIPATION, key_of(context), KEY_DAY, at, who, version, context, key_person=who)
