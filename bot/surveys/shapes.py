"""The shape of a survey file but for its questions, whose types each have their own."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from bot.community.fields import Weekday
from bot.rules.fields import Flag, Names, ToldLine, ToldName, ToldProse
from bot.rules.shapes import Shape
from bot.surveys.fields import (
    Cap,
    EveryField,
    Hour,
    KeepDays,
    Key,
    LaterDays,
    LongSeconds,
    ModeField,
    OpenDays,
    Reminders,
    Results,
    ResultsField,
    Strata,
    Stratum,
)


class AudienceShape(Shape):
    """Whom it is for: whoever fits each of these that is given. None of them: everybody."""

    bands: Names = ()
    """Bands of the Mountain."""
    programmes: Names = ()
    """Programmes they take or took part in."""
    cohorts: Names = ()
    """Cohorts of these."""
    chapters: Names = ()
    """Chapters they belong to."""
    channels: Names = ()
    """Channels in which they were seen."""
    roles: Names = ()
    """Roles (on Slack: user groups) they have."""
    attended: Names = ()
    """Convenings they came to; `the last one` is the one after which it is asked."""


class ScheduleShape(Shape):
    """When it is asked by itself. Exactly one of `every`, `after_convening` and `at_step` is given."""

    every: EveryField | None = None
    """How often it comes again: each week, month, quarter or year."""
    weekday: Weekday | None = None
    """With `every: week`: the day of the week."""
    hour: Hour = 10
    """The hour in the community's zone."""
    after_convening: LaterDays | None = None
    """So many days after each convening."""
    at_step: ToldLine | None = None
    """When a member reaches this step of the Mountain, they are asked."""


class SurveyShape(Shape):
    """A survey: its purpose, who sees what, whom it is for and when."""

    name: Key
    """A short name; runs of surveys of one name are compared with one another."""
    title: ToldName
    """What it is called, in at most 24 characters."""
    purpose: ToldProse
    """Why it is asked and what the answers are used for; everybody who is asked reads it."""
    seconds: LongSeconds
    """How long it takes; everybody who is asked reads it, so it has to be true."""
    mode: ModeField
    """`named`, `confidential` (the team sees figures only) or `anonymous` (nobody can tell who answered what)."""
    results: ResultsField = Results.EVERYONE
    """Who is shown the figures after it closed: team, respondents or everyone."""
    live: Flag = False
    """Whether figures are shown before it closes; they sway those who have not answered."""
    keep: KeepDays = 365
    """How long the answers are kept after it closed: `90 days`, `6 months`."""
    open_for: OpenDays = 7
    """How long it is open: `5 days`, `2 weeks`."""
    reminders: Reminders = Decimal(1)
    """How many reminders there are, at most two, and none by direct message."""
    thanks: ToldProse = ""
    """What is said to whoever has answered."""
    audience: AudienceShape = AudienceShape()
    """Whom it is for; left out: everybody."""
    cap: Cap | None = None
    """How many are asked at most, drawn at random; left out: all."""
    strata: Strata = (Stratum.BAND, Stratum.REGION)
    """By what they are drawn in proportion."""
    schedule: ScheduleShape | None = None
    """When it is asked by itself; left out: when somebody opens it."""
    questions: tuple[object, ...] = Field((), exclude=True)
    """The questions, in their order."""
