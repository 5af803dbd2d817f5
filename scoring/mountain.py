"""The rules: bands, engagement types, multipliers and steps, as plain frozen values.

`bot.rules` reads them from a `mountain.yaml` and checks them; everything here may assume a valid Mountain.
Points are integer thousandths and multipliers integer hundredths, so that sums are exact; the only rounding is at
display.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from scoring.signals import Context, Kind

POINT = 1000
"""One point in stored units."""
TIMES_ONE = 100
"""A multiplier of one in stored units."""


class Touch(StrEnum):
    """How close the relationship is that a band describes."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Band:
    """A tier of the Mountain. A member is in it while their points in it reach `entry`.

    `name` is the same in every language, `title` what people read in this one; where it is empty they read the name.
    """

    name: str
    touch: Touch
    entry: int
    gives: str
    gets: str
    focus: bool
    title: str = ""

    @property
    def called(self) -> str:
        """What people call it."""
        return self.title or self.name


class Credit(StrEnum):
    """Whose points an engagement gives: its author's, or (thanks only) those of the person it is about."""

    AUTHOR = "author"
    RECEIVER = "receiver"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an engagement must be to match a type. An empty tuple asks nothing; texts are shell patterns (`help-*`).

    `places` are matched against a channel's name and id. `to_others` leaves out answers to oneself.
    """

    kinds: tuple[Kind, ...]
    places: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    completed: bool | None = None
    to_others: bool = False

    def hold(self, kind: Kind, context: Context) -> bool:
        """Whether an engagement of this kind in this context matches (`to_others` is judged apart, by counterpart)."""
        return (
            kind in self.kinds
            and (_any(self.places, context.name) or _any(self.places, context.place))
            and _any(self.programmes, context.programme)
            and _any(self.cohorts, context.cohort)
            and _any(self.roles, context.role)
            and (self.completed is None or self.completed is context.completed)
        )


@dataclass(frozen=True, slots=True)
class EngagementType:
    """A way of engaging: what it is, the band it counts for, and what a day of it gives.

    Of a member's engagements of one type on one day, one counts per `slot` seconds (0: each counts), or one per
    different person where `different_people`, or one per `per_amount` units (minutes) where that is above 0. The n-th
    counted one of the day lifts the day's points to `curve[min(n, len(curve) - 1)]` thousandths; `curve[0]` is 0 and
    its last value the daily cap.
    """

    name: str
    title: str
    band: int
    when: Conditions
    curve: tuple[int, ...]
    slot: int = 0
    different_people: bool = False
    per_amount: int = 0
    credit: Credit = Credit.AUTHOR


@dataclass(frozen=True, slots=True)
class Multiplier:
    """Points times `times` hundredths for members of a declared group or of a programme, from a day to a day.

    Exactly one of `group` (with `values`) and `programme` is set; days are day numbers, both ends included; None is
    open.
    """

    name: str
    times: int
    group: str = ""
    values: tuple[str, ...] = ()
    programme: str = ""
    first: int | None = None
    last: int | None = None
    title: str = ""

    @property
    def called(self) -> str:
        """What people call it."""
        return self.title or self.name


@dataclass(frozen=True, slots=True)
class Step:
    """A threshold and what it leads to: `points` thousandths in `band` within the window, on `days` different days.

    It is not for members who have held the role `without_role` in a programme by then.
    """

    name: str
    title: str
    band: int
    points: int
    days: int = 1
    without_role: str = ""
    leads_to: str = ""
    host: str = ""
    offer: str = ""


@dataclass(frozen=True, slots=True)
class Mountain:
    """A whole set of rules. Bands run from the lowest to the highest; `version` names the file's content.

    `window` is in days, `multiplier_cap` in hundredths, `groups` are the declared attributes reports may split by, and
    `sensitive` those of them that are never scored. `others` are the same rules in the words of other languages, where
    the file has such: only texts that people read differ.
    """

    name: str
    version: str
    bands: tuple[Band, ...]
    types: tuple[EngagementType, ...]
    multipliers: tuple[Multiplier, ...] = ()
    steps: tuple[Step, ...] = ()
    window: int = 365
    multiplier_cap: int = 300
    groups: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    others: tuple[tuple[str, Mountain], ...] = ()

    def in_language(self, tag: str) -> Mountain:
        """Return the same rules in the words of a language; as they are where the file has none in it."""
        return dict(self.others).get(tag, self)

    def called(self, name: str) -> str:
        """Return what people call the band or step of a name, by which steps say what they lead to."""
        titles = {step.name: step.title for step in self.steps} | {band.name: band.called for band in self.bands}
        return titles.get(name, name)

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds that some type of this Mountain uses."""
        return frozenset(kind for one in self.types for kind in one.when.kinds)


def _any(patterns: tuple[str, ...], text: str) -> bool:
    return not patterns or any(fnmatchcase(text.casefold(), pattern.casefold()) for pattern in patterns)
