"""The Gate: whether a message may go out now, as one decision over what is known; it reads and remembers nothing.

What is asked for (an answer to a member's own act, a report they ordered) needs no further consent and uses up no
contact. Everything else that reaches a person is a contact: it needs their yes, the right hour, and room among the
others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.sending.quiet import ends_at
from scoring.signals import DAY_MS

CONTACT_DAYS = 183
"""So long after a member last came to us (or wished to stay) may we come to them."""
CLOSED_DAYS = 90
"""So long nobody is written to directly who took no direct message."""
WEEK_DAYS, MONTH_DAYS = 7, 30
CONTACTS_A_MONTH, KEPT_FOR_INVITATIONS = 3, 2
IGNORED_IN_A_ROW = 3
QUIET_DAYS = 30
"""So long nothing comes by itself to who asked for a month without."""
ASK_AGAIN_MS = 3_600_000
"""How soon is asked again where nobody can say when the answer changes."""


class Purpose(StrEnum):
    """What a message is for."""

    INVITATION = "invitation"
    """To the next step."""
    NUDGE = "nudge"
    """Anything else that we begin: a reminder, a survey, a thank-you."""
    QUESTION = "question"
    """Whether to go on: before contact lapses, or after some invitations were let pass."""
    ANSWER = "answer"
    """To an act of the member's own."""
    DIGEST = "digest"
    """A report, to a channel or to who ordered it."""
    NOTICE = "notice"
    """What Cairn does here, and what anybody can choose: to a channel, or beside an act of somebody's own."""
    POST = "post"
    """To a channel: a survey, an open call, a follow-up of a convening."""


class Way(StrEnum):
    """How a message reaches its reader."""

    DM = "dm"
    LINE = "line"
    """A private line that is shown when the member next uses Cairn."""
    CHANNEL = "channel"
    BESIDE = "beside"
    """To one person alone, in the channel where they have just done something; it lies nowhere."""


class Invite(StrEnum):
    """What a member chose about being invited; nothing is preselected."""

    DM = "dm"
    HERE = "here"
    """Only when they use Cairn."""
    NO = "no"


class Reason(StrEnum):
    """Why a message may not go."""

    EXPIRED = "expired"
    NOT_LIVE = "not live yet"
    PAUSED = "paused"
    LEFT_OUT = "left out"
    UNDER_AGE = "under age"
    LEFT = "left"
    NO_CONSENT = "no consent"
    ONLY_HERE = "only when they use Cairn"
    CLOSED = "takes no direct messages"
    LAPSED = "no contact for 183 days"
    IGNORED = "let three pass"
    QUIET = "quiet hours"
    WEEK = "had one in 7 days"
    MONTH = "had enough in 30 days"
    LATER = "asked for a month without"


@dataclass(frozen=True, slots=True)
class Contact:
    """One that went out before (ms), or may have."""

    at: int
    invitation: bool


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of whom a message is for. `met_at` (ms, 0 never) is their last contact that they began themselves.

    `sent` are the contacts of the last 30 days; `closed_at` is when they last took no direct message. `asked`: they
    were asked whether to go on after they let some pass, and have not said. `quiet_until`: they want nothing before.
    """

    invite: Invite | None = None
    met_at: int = 0
    zone: str | None = None
    ignored: int = 0
    asked: bool = False
    closed_at: int | None = None
    left: bool = False
    left_out: bool = False
    minor: bool = False
    quiet_until: int = 0
    sent: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds in the community: whether anything goes out, its zone, and whether weekends are quiet."""

    live: bool = False
    paused: bool = False
    zone: str = "UTC"
    quiet_weekends: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the decision rests on. `person` is None for what only a channel reads; times are in ms."""

    now: int
    expires: int
    purpose: Purpose
    way: Way
    standing: Standing
    person: Person | None = None
    pings: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision. A `reason` refuses; `again` (ms) is then when to ask again, None never.

    `line`: it may wait as a private line until the member uses Cairn.
    """

    reason: Reason | None = None
    again: int | None = None
    line: bool = False

    @property
    def allowed(self) -> bool:
        """Whether it may go now."""
        return self.reason is None


YES = Verdict()
_UNTIL_SOMEBODY_ACTS = frozenset({Reason.NOT_LIVE, Reason.PAUSED})
_ASKED_FOR = frozenset({Purpose.ANSWER, Purpose.DIGEST})


def decide(facts: Facts) -> Verdict:
    """Return whether a message may go now. What never can is said before what only has to wait."""
    for check in _CHECKS:
        found = check(facts)
        if found is not None and found.again is not None and found.again >= facts.expires:
            return found if found.reason in _UNTIL_SOMEBODY_ACTS else replace(found, again=None)
        if found is not None:
            return found
    return YES


def is_contact(purpose: Purpose, way: Way, *, pings: bool) -> bool:
    """Whether a message to a person is a contact: one that they did not ask for and that comes to them.

    A notice beside their own act is none: it stands where they are, and asks whether they want any of this.
    """
    if purpose is Purpose.NOTICE and way is Way.BESIDE:
        return False
    return purpose not in _ASKED_FOR and (way is not Way.CHANNEL or pings)


def _contacted(facts: Facts) -> Person | None:
    """Return whom a message comes to that they did not ask for; None where it does not."""
    return facts.person if is_contact(facts.purpose, facts.way, pings=facts.pings) else None


def _expired(facts: Facts) -> Verdict | None:
    return Verdict(Reason.EXPIRED) if facts.now >= facts.expires else None


def _never(facts: Facts) -> Verdict | None:
    """Refuse what concerns somebody of whom nothing may be kept or who is not there."""
    person = facts.person
    if person is None:
        return None
    if person.left_out:
        return Verdict(Reason.LEFT_OUT)
    if person.minor:
        return Verdict(Reason.UNDER_AGE)
    return Verdict(Reason.LEFT) if person.left and facts.way is not Way.LINE else None


def _unwanted(facts: Facts) -> Verdict | None:
    """Refuse what the member did not say yes to."""
    person = _contacted(facts)
    if person is None:
        return None
    if person.invite is None or person.invite is Invite.NO:
        return Verdict(Reason.NO_CONSENT)
    if person.ignored >= IGNORED_IN_A_ROW and (facts.purpose is not Purpose.QUESTION or person.asked):
        return Verdict(Reason.IGNORED)
    if facts.way is Way.LINE:
        return None
    if person.met_at <= facts.now - CONTACT_DAYS * DAY_MS:
        return Verdict(Reason.LAPSED)
    return Verdict(Reason.ONLY_HERE, line=facts.way is Way.DM) if person.invite is Invite.HERE else None


def _closed(facts: Facts) -> Verdict | None:
    closed_at = facts.person.closed_at if facts.person and facts.way is Way.DM else None
    if closed_at is None or closed_at <= facts.now - CLOSED_DAYS * DAY_MS:
        return None
    return Verdict(Reason.CLOSED, line=True)


def _held(facts: Facts) -> Verdict | None:
    """Hold everything while nothing goes out; Go live and resuming ask again at once."""
    again = min(facts.now + ASK_AGAIN_MS, facts.expires)
    if not facts.standing.live:
        return Verdict(Reason.NOT_LIVE, again)
    return Verdict(Reason.PAUSED, again) if facts.standing.paused else None


def _later(facts: Facts) -> Verdict | None:
    """Hold what comes to somebody who asked for a month without."""
    person = _contacted(facts)
    if person is None or facts.way is Way.LINE or person.quiet_until <= facts.now:
        return None
    return Verdict(Reason.LATER, person.quiet_until)


def _too_much(facts: Facts) -> Verdict | None:
    """Hold what would be one contact too many: one in 7 days, three in 30, of which two are kept for invitations."""
    person = _contacted(facts)
    if person is None:
        return None
    lately = sorted((one for one in person.sent if one.at > facts.now - MONTH_DAYS * DAY_MS), key=lambda one: one.at)
    month, others = [one.at for one in lately], [one.at for one in lately if not one.invitation]
    waits = [(month[-1] + WEEK_DAYS * DAY_MS, Reason.WEEK)] if month else []
    room = CONTACTS_A_MONTH - KEPT_FOR_INVITATIONS
    if len(month) >= CONTACTS_A_MONTH:
        waits.append((month[-CONTACTS_A_MONTH] + MONTH_DAYS * DAY_MS, Reason.MONTH))
    if facts.purpose is not Purpose.INVITATION and len(others) >= room:
        waits.append((others[-room] + MONTH_DAYS * DAY_MS, Reason.MONTH))
    again, reason = max(waits, default=(0, Reason.WEEK))
    return Verdict(reason, again) if again > facts.now else None


def _quiet(facts: Facts) -> Verdict | None:
    """Hold what would come in quiet hours; where no zone can be read, hold it, too."""
    person = _contacted(facts)
    if person is None or facts.way is Way.LINE:
        return None
    again = ends_at(facts.now, (person.zone, facts.standing.zone), weekends=facts.standing.quiet_weekends)
    if again is None:
        return Verdict(Reason.QUIET, min(facts.now + ASK_AGAIN_MS, facts.expires))
    return Verdict(Reason.QUIET, again) if again > facts.now else None


_CHECKS: tuple[Callable[[Facts], Verdict | None], ...] = (
    _expired,
    _never,
    _unwanted,
    _closed,
    _held,
    _later,
    _too_much,
    _quiet,
)
