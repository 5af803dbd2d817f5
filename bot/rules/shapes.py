"""The shape of a rules file: its groups of fields, what each field is for, and nothing beyond them.

What people read can stand once, for everybody, or in several languages: `title: {en: wrote a message, de: schrieb eine
Nachricht}`. Names stay the same in all of them.

The docstrings below a field are what editors show beside it (through the JSON Schema).
"""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from bot.rules.fields import (
    CreditField,
    Day,
    DayCount,
    Flag,
    Kinds,
    Line,
    Minutes,
    Name,
    Names,
    Patterns,
    Points,
    Seconds,
    Share,
    Threshold,
    Times,
    ToldLine,
    ToldName,
    ToldProse,
    TouchField,
    Window,
)
from scoring.mountain import Credit


class Shape(BaseModel):
    """A group of fields; a field that is not named here is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, arbitrary_types_allowed=True)


class BandShape(Shape):
    """A tier of the Mountain; the file lists them from the lowest to the highest."""

    name: Name
    """What the band is called, here and in reports."""
    title: ToldName | None = None
    """What members read instead of the name, for other languages: `{en: Learning, de: Lernen}`."""
    touch: TouchField
    """How close the relationship is: low (we share, people spread) or high (we know one another)."""
    entry: Threshold
    """Points in this band from which a member is in it."""
    gives: ToldProse = ""
    """What people in this band get from the community."""
    gets: ToldProse = ""
    """What the community gets from people in this band."""
    focus: Flag = False
    """Whether the community gives this band most of its attention; reports look closer here."""


class WhenShape(Shape):
    """What an engagement must be to count as this type. Texts may hold * and ? as in file names; case is ignored."""

    kind: Kinds
    """What was observed. One, or a list of several."""
    place: Patterns = ()
    """Names or ids of channels: `help-*`. One, or a list of several."""
    programme: Patterns = ()
    """Names of programmes. One, or a list of several."""
    cohort: Patterns = ()
    """Names of cohorts. One, or a list of several."""
    role: Patterns = ()
    """Roles held: `mentor`. One, or a list of several."""
    completed: Flag | None = None
    """Only participations that were completed (true) or not (false)."""
    to_others: Flag = False
    """Leave out answers and reactions to oneself, and those to people who are not known."""


class EngagementShape(Shape):
    """A way of engaging. An engagement counts as the first type of the file whose conditions hold."""

    name: Name
    """A short name for reports; stays the same when the title is reworded."""
    title: ToldLine | None = None
    """What a member did, in words that follow their name: `mentored somebody`."""
    band: Name
    """The band its points count for."""
    when: WhenShape
    """What an engagement must be to count as this type."""
    points: Points | None = None
    """Points of the first one of a day. Left out where `curve` is given."""
    each_next: Share | None = None
    """What each next one of a day gives, as a share of the one before: 0.5 is half. Without it, all give the same."""
    daily_cap: Points | None = None
    """The most points a day can give. Without it (and without each_next) one counts a day."""
    curve: tuple[Points, ...] | None = Field(None, min_length=1, max_length=1000)
    """The day's points after the first, the second, the third ... : [1, 1.5, 1.75]; the last one is the day's most."""
    cooldown: Seconds | None = None
    """One counts in each slot of this length: `10 minutes`."""
    per: Minutes | None = None
    """For stays: one counts for each such time spent, over the whole day: `30 minutes`."""
    different_people: Flag = False
    """One counts for each different person it concerns."""
    credit: CreditField = Credit.AUTHOR
    """Whose points they are: the author's, or (thanks only) the receiver's."""


class MultiplierShape(Shape):
    """More points for members of a declared group or of a programme, to draw attention to their engagements."""

    name: Name
    """A short name that explains itself in a member's points."""
    title: ToldName | None = None
    """What members read instead of the name, for other languages."""
    times: Times
    """How many times the points count: 2 doubles them."""
    group: Name | None = None
    """A declared group, with `values`. Exactly one of group and programme is given."""
    values: Names = ()
    """The values of the group it holds for, written as members' records have them."""
    programme: Name | None = None
    """A programme whose members it holds for, written as their records have it."""
    first: Day | None = Field(None, alias="from")
    """The first day it holds; open where left out."""
    last: Day | None = Field(None, alias="to")
    """The last day it holds; open where left out."""


class StepShape(Shape):
    """An invitation: at this threshold, offer that."""

    name: Name
    """A short name for reports; stays the same when the title is reworded."""
    title: ToldLine | None = None
    """What the step is, as an imperative: `Become a mentor`."""
    band: Name
    """The band whose points lead to it."""
    points: Threshold
    """Points in that band within the window from which it is offered."""
    days: DayCount = Decimal(1)
    """On how many different days at least those points must have been earned."""
    without_role: Line | None = None
    """It is not for members who have held this role in a programme already."""
    leads_to: Name | None = None
    """The band or the step it leads to; without it, the next band up."""
    host: ToldLine | None = None
    """Who receives the member: a person's or team's name, as members know it."""
    offer: ToldProse = ""
    """The wording of the invitation."""


class RulesShape(Shape):
    """A whole rules file: who does what counts for which band, and what is offered when."""

    name: ToldLine = "Mountain of Engagement"
    """What these rules are called."""
    window: Window = Decimal(365)
    """How many days points count for."""
    groups: Names = ()
    """Declared attributes of members (`country`) by which reports may split figures."""
    sensitive: Names = ()
    """Those of the groups that are reported (never for fewer than five people) but can never be scored."""
    bands: tuple[BandShape, ...] = ()
    """The tiers of the Mountain, from the lowest to the highest."""
    engagements: tuple[EngagementShape, ...] = ()
    """The ways of engaging. An engagement counts as the first one whose conditions hold."""
    multipliers: tuple[MultiplierShape, ...] = ()
    """What counts more, for whom and how long."""
    multiplier_cap: Times = Decimal(3)
    """The most that all multipliers of a member together can be."""
    steps: tuple[StepShape, ...] = ()
    """The invitations."""
