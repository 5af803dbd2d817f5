"""Single signals for tests that tell one small story."""

from __future__ import annotations

from scoring.signals import DAY_MS, Context, Kind, Signal
from tests.scenarios.words import FIRST_DAY, START, account

HELP = Context(place="C0", name="help")


def message(number: int, who: str, *, day: int = 0, parent: int | None = None, version: int = 1) -> Signal:
    """Return a message in the channel `help`, as an answer where it has a parent (of the first day)."""
    at = START + day * DAY_MS + number
    return Signal(
        Kind.MESSAGE if parent is None else Kind.REPLY, f"s:C0:{number}", FIRST_DAY + day, at, account(who), version,
        HELP, None, "" if parent is None else f"s:C0:{parent}", 0 if parent is None else FIRST_DAY,
    )  # fmt: skip


def gone(one: Signal, *, version: int = 9, named: bool = True) -> Signal:
    """Return the retraction of a signal, that may not say whose it was."""
    return one._replace(retracted=True, version=version, account=one.account if named else None)


def reaction(to: int, who: str, *, version: int = 1, day: int = 0, emoji: str = "+1") -> Signal:
    """Return a reaction to a message of the first day."""
    at = START + day * DAY_MS + to
    return Signal(
        Kind.REACTION, f"s:C0:{to}/r/{emoji}", FIRST_DAY, at, account(who), version, HELP, account(who), f"s:C0:{to}",
        FIRST_DAY,
    )  # fmt: skip


def mention(within: int, who: str, named: str, *, bot: bool = False) -> Signal:
    """Return that a message of the first day names somebody."""
    target = account(named, bot=bot)
    return Signal(
        Kind.MENTION, f"s:C0:{within}/m", FIRST_DAY, START + within, account(who), 1, HELP, target, f"s:C0:{within}",
        FIRST_DAY, target,
    )  # fmt: skip


def thanks(number: int, who: str, whom: str, context: Context = HELP) -> Signal:
    """Return that somebody thanked somebody."""
    return Signal(Kind.THANKS, f"t:{number}", FIRST_DAY, START + number, account(who), 1, context, target=account(whom))


def part(number: int, who: str, role: str, *, programme: str = "Leaders", day: int = 0, version: int = 1) -> Signal:
    """Return a participation."""
    context = Context(programme=programme, cohort="one", role=role)
    at = START + day * DAY_MS
    return Signal(Kind.PARTICIPATION, f"p:{number}", FIRST_DAY, at, account(who), version, context)
