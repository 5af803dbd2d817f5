"""What is settled for one space in `community.yaml`, as integrations receive it through `bot.ports`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Consent(StrEnum):
    """How people begin who are seen for the first time in a space."""

    COUNTED = "counted"
    """Under a pseudonym, for group figures only, until they ask for a page."""
    STRICT = "strict"
    """Not at all: nothing is stored before their own yes."""
    NOTICE = "notice"
    """With a page, because the operator vouches that they were told."""


class Stays(StrEnum):
    """Where time spent in voice and stage channels counts."""

    CONVENINGS = "convenings"
    EVERYWHERE = "everywhere"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Space:
    """One Discord server or Slack workspace, as its platform names it; `id` is the platform's own."""

    platform: str
    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A category, channel or thread as its platform names it.

    `private` says that not everyone who sees the place it hangs below (or, on top, the whole space) sees it, too.
    """

    id: str
    name: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """Things picked by id or by name: channels, roles, emoji. Case, and `#`, `@` and `:` around a name, are ignored."""

    entries: frozenset[str] = frozenset()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Listed:
        """Return what a list in a file picks."""
        return cls(frozenset(_plain(one) for one in texts))

    def has(self, id: str, name: str = "") -> bool:  # noqa: A002 - what it is
        """Whether the thing of this id or name is among them."""
        return bool(self.entries) and (_plain(id) in self.entries or (bool(name) and _plain(name) in self.entries))


NONE = Listed()


@dataclass(frozen=True, slots=True)
class ChapterRole:
    """Roles whose holders belong to the chapter of a name."""

    name: str
    roles: Listed


@dataclass(frozen=True, slots=True)
class CohortRole:
    """Roles whose holders take part in a programme's cohort, as what (`part`)."""

    roles: Listed
    programme: str
    cohort: str
    part: str


@dataclass(frozen=True, slots=True)
class SpaceSettings:
    """What holds in one space. `backfill_days` None is all there is, 0 is none; `language` is a BCP 47 tag."""

    consent: Consent = Consent.COUNTED
    language: str = "en"
    zone: str = "UTC"
    private: bool = False
    listed_in: Listed = NONE
    listed_out: Listed = NONE
    moderators: Listed = NONE
    managers: Listed = NONE
    excluded_roles: Listed = NONE
    thanks: Listed = NONE
    stays: Stays = Stays.CONVENINGS
    backfill_days: int | None = 90
    page_roles: Listed = NONE
    """Roles that people choose, and by which they choose a page of their own."""
    under_age_roles: Listed = NONE
    """Roles of people who are too young."""
    chapters: tuple[ChapterRole, ...] = ()
    """Which roles stand for chapters."""
    cohorts: tuple[CohortRole, ...] = ()
    """Which roles stand for a part in a cohort."""
    guests: bool = False
    """Whether people of other organisations count who take part in shared channels."""
    minimum_age: int = 13
    """From which age on anything of people is kept; 0 where it is not asked."""

    def asks_about(self, role: str, name: str) -> bool:
        """Whether anything follows from holding a role (by id and name)."""
        return any(one.has(role, name) for one in self._heeded)

    @property
    def heeds_roles(self) -> bool:
        """Whether anything follows from holding any role."""
        return any(one.entries for one in self._heeded)

    @property
    def _heeded(self) -> tuple[Listed, ...]:
        listed = (self.excluded_roles, self.page_roles, self.under_age_roles)
        return (*listed, *(one.roles for one in self.chapters), *(one.roles for one in self.cohorts))

    def allows(self, place: Place, *around: Place) -> bool:
        """Whether what is done at a place counts; `around` are the places it hangs below, the nearest first.

        The nearest place that is listed decides, `out` before `in`; where none is, all but private places count. That
        a place is listed lets in the private ones below it only where it is private itself.
        """
        hidden = False
        for one in (place, *around):
            if self.listed_out.has(one.id, one.name):
                return False
            if self.listed_in.has(one.id, one.name) and (one.private or not hidden):
                return True
            hidden = hidden or one.private
        return self.private or not hidden


def _plain(text: str) -> str:
    return text.strip().strip("#@:").casefold()
