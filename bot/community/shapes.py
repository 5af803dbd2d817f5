"""The shape of a `community.yaml`: its groups of fields and what each is for."""

from __future__ import annotations

from pydantic import Field

from bot.community.fields import (
    Age,
    Backfill,
    Chapters,
    ConsentField,
    Grace,
    Hour,
    Language,
    People,
    PlatformName,
    SpaceId,
    StaysField,
    Texts,
    Weekday,
    Zone,
    days_of,
)
from bot.hearing.space_settings import ChapterRole, CohortRole
from bot.ports import Consent, Listed, Space, SpaceSettings, Stays
from bot.rules.fields import Flag, Line, Name
from bot.rules.shapes import Shape


class DigestShape(Shape):
    """When the weekly report is sent, in the community's zone."""

    weekday: Weekday = "monday"
    """The day of the week."""
    hour: Hour = 9
    """The hour, from 0 to 23."""


class ChannelsShape(Shape):
    """Which channels count. Public ones do, new ones too; private ones only where that is said here."""

    private: Flag = False
    """Whether all private channels count."""
    in_: Texts = Field((), alias="in")
    """Names or ids of channels and categories that count, private ones too."""
    out: Texts = ()
    """Names or ids of channels and categories that do not count."""


class RolesShape(Shape):
    """Who may do what."""

    moderators: Texts = ()
    """Names or ids of the roles (on Slack: user groups) that are moderators."""
    managers: Texts = ()
    """Names or ids of the roles (on Slack: user groups) that are managers."""
    pages: Texts = ()
    """Names or ids of roles that people choose themselves, and that stand for their yes to a page of their own."""
    under_age: Texts = ()
    """Names or ids of roles of people who are too young: what is kept of them is erased."""


class CohortShape(Shape):
    """Who holds a role takes part in a programme's cohort."""

    role: Texts = Field(min_length=1)
    """The role's name or id (on Slack: a user group's handle), or several."""
    programme: Name
    """The programme's name."""
    cohort: Name | None = None
    """The cohort's name; only where the programme has cohorts."""
    as_: Name = Field("participant", alias="as")
    """As what they take part."""


class SpaceShape(Shape):
    """One server or workspace."""

    platform: PlatformName
    """Its platform."""
    id: SpaceId
    """Its id on the platform."""
    name: Line | None = None
    """What it is called; only for people who read this file."""
    consent: ConsentField | None = None
    """How people begin here; the community's `consent` where left out."""
    language: Language | None = None
    """The language spoken here; the community's where left out."""
    channels: ChannelsShape = ChannelsShape()
    """Which channels count."""
    roles: RolesShape = RolesShape()
    """Who may do what."""
    chapters: Chapters = Field({}, max_length=200)
    """Chapters, and names or ids of the roles (on Slack: user groups) whose holders belong to them."""
    cohorts: tuple[CohortShape, ...] = Field((), max_length=200)
    """Roles whose holders take part in a programme's cohort."""
    excluded_roles: Texts = ()
    """Names or ids of roles whose members are left out."""
    excluded_people: People = ()
    """Ids of people who are left out. They are kept as pseudonyms only."""
    guests: Flag = False
    """Whether people of other organisations count who take part in shared channels (Slack Connect)."""
    thanks: Texts = ()
    """Emoji that thank the author of a message, as signs, names or ids."""
    stays: StaysField = Stays.CONVENINGS
    """Where time in voice channels counts: only in convenings, everywhere, or not at all (off)."""
    backfill: Backfill = "90 days"
    """How far back history is read when Cairn joins: `90 days`, `12 months`, `all` or `off`."""

    @property
    def space(self) -> Space:
        """The space that is meant."""
        return Space(self.platform, self.id, self.name or "")


class CommunityShape(Shape):
    """A whole `community.yaml`."""

    name: Name
    """What the community is called."""
    language: Language = "en"
    """The language spoken, as a BCP 47 tag."""
    zone: Zone = "UTC"
    """The time zone, as an IANA name such as Europe/Berlin."""
    quiet_weekends: Flag = False
    """Whether nobody is written to on Saturdays and Sundays, beside the hours from 20 to 8."""
    consent: ConsentField = Consent.COUNTED
    """How people begin: counted, strict (nothing before a yes) or notice (with a page)."""
    digest: DigestShape = DigestShape()
    """When the weekly report is sent."""
    minimum_age: Age = 13
    """From which age on anything is kept of people; 0 where nobody is asked."""
    purge_after: Grace = 30
    """How many days after Cairn was removed from a space what it knew of it is deleted."""
    spaces: tuple[SpaceShape, ...] = Field((), max_length=200)
    """The servers and workspaces of the community."""

    def settings(self, one: SpaceShape) -> SpaceSettings:
        """Return what holds in one of its spaces."""
        return SpaceSettings(
            consent=one.consent or self.consent,
            language=one.language or self.language,
            zone=self.zone,
            private=one.channels.private,
            listed_in=Listed.of(one.channels.in_),
            listed_out=Listed.of(one.channels.out),
            moderators=Listed.of(one.roles.moderators),
            managers=Listed.of(one.roles.managers),
            excluded_roles=Listed.of(one.excluded_roles),
            page_roles=Listed.of(one.roles.pages),
            under_age_roles=Listed.of(one.roles.under_age),
            chapters=tuple(ChapterRole(name, Listed.of(roles)) for name, roles in one.chapters.items()),
            cohorts=tuple(
                CohortRole(Listed.of(each.role), each.programme, each.cohort or "", each.as_) for each in one.cohorts
            ),
            minimum_age=self.minimum_age,
            guests=one.guests,
            thanks=Listed.of(one.thanks),
            stays=one.stays,
            backfill_days=days_of(one.backfill),
        )
