"""What one source says of one object, and what holds where several sources speak: a join, so order never matters.

Of two claims the higher version wins; at one version a retraction wins, exact time beats estimated, then the earlier
time. A retraction that names no account takes the details from the claim it beat, and yields to one that names it.
When reactions were captured whole is joined by itself: the latest capture counts.

The time of a reaction, and of thanks in it, is joined by itself as well. A capture knows that it is there, and no
more: its version is high, its time that of the message. So the latest exact moment counts, whoever wins; where nobody
knows one, the earliest guess. (If somebody takes a reaction back and a capture shows it again, it is dated by the
taking back: it is no older.)
"""

from __future__ import annotations

from typing import NamedTuple

from scoring.signals import Kind

_REACTIONS = frozenset((Kind.REACTION, Kind.THANKS))


class Claim(NamedTuple):
    """One source's word on one object; account, context, target and source are the store's numbers."""

    day: int
    at: int
    account: int | None
    kind: int
    context: int
    target: int | None
    parent_day: int | None
    parent: str | None
    amount: int
    estimated: bool
    retracted: bool
    version: int
    captured: int
    source: int


def join(one: Claim, other: Claim) -> Claim:
    """Return what holds of two claims about the same object."""
    if one == other:
        return one
    weight = _weight_of_reaction if one.kind == other.kind and one.kind in _REACTIONS else _weight
    best, rest = (one, other) if weight(one) >= weight(other) else (other, one)
    if best.account is None and rest.account is not None:
        best = rest._replace(retracted=best.retracted, version=best.version, source=best.source)
    best = best._replace(captured=max(one.captured, other.captured))
    return best if weight is _weight else _timed(best, one, other)


def _weight(claim: Claim) -> tuple[object, ...]:
    """Return what decides between claims; from the amount on only so that their order never does."""
    rest = (claim.amount, claim.kind, claim.context, claim.target or 0, claim.parent_day or 0, claim.parent or "")
    who = claim.account or 0
    return claim.version, claim.retracted, who > 0, not claim.estimated, -claim.at, rest, who, -claim.source


def _weight_of_reaction(claim: Claim) -> tuple[object, ...]:
    return _weight(claim._replace(at=0, estimated=False))


def _timed(best: Claim, one: Claim, other: Claim) -> Claim:
    """Return a claim with the better time of two."""
    time = max(one, other, key=lambda claim: (not claim.estimated, claim.at if not claim.estimated else -claim.at))
    return best._replace(day=time.day, at=time.at, estimated=time.estimated)


def same_content(one: Claim, other: Claim) -> bool:
    """Whether two claims say the same, whoever says it and whenever."""
    return one._replace(version=0, captured=0, source=0) == other._replace(version=0, captured=0, source=0)
