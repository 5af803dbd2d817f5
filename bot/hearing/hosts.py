"""What an integration is given to run, and what is asked of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from bot.chat.calling import Call, Caller, Offered
from bot.chat.speech import Choice, Reply
from bot.hearing.installations import Installations
from bot.hearing.occasions import Occasion
from bot.hearing.space_settings import Space, SpaceSettings
from bot.hearing.unread import Unread
from bot.history.past import Past
from bot.operating.figures import Level, Meter
from scoring.signals import Account, Kind, Signal


@dataclass(slots=True)
class Receipt:
    """What became of recorded signals. `again` counts those this very source had given before, by kind.

    `dropped` counts, by reason, what was not stored: kinds no rule uses, people who are left out, poisoned signals.
    """

    new: int = 0
    known: int = 0
    changed: int = 0
    retracted: int = 0
    again: Counter[Kind] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)


class Inbox(Protocol):
    """Where an integration hands in signals."""

    async def record(self, signals: Sequence[Signal]) -> Receipt:
        """Store signals; returns after the commit, so that the platform can be acknowledged then."""
        ...


@dataclass(frozen=True, slots=True)
class Platform:
    """What Cairn knows of a live platform before it speaks to it.

    `ids` is the pattern (a regular expression) of its ids of spaces and people, `like` one made up. `own_ids` says that
    people's ids hold only inside a space, which then is their realm.
    """

    name: str
    ids: str
    like: str
    own_ids: bool = False

    def account(self, space: str, person: str) -> Account:
        """Return the identity of a person of a space."""
        return Account(self.name, space if self.own_ids else "", person)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `cairn doctor` looked at: what there is to say of it, and whether it is as it should be."""

    about: str
    said: str
    ok: bool = True


class Held(NamedTuple):
    """What is stored of one person at an object; `counts` says that it was not taken back."""

    who: Account
    amount: int
    counts: bool


class Notes(Protocol):
    """What an integration puts down for itself, so that it knows it after a restart."""

    async def read(self, name: str) -> str | None:
        """Return what was put down under a name, None where nothing was."""
        ...

    async def write(self, name: str, value: str) -> None:
        """Put something down; it replaces what was there."""
        ...


class Desk(Inbox, Protocol):
    """What an integration is given of one space. Its settings and kinds are never older than some seconds."""

    @property
    def notes(self) -> Notes:
        """What the integration has put down about the space."""
        ...

    async def held(self, key_day: int, key: str) -> list[Held]:
        """Return what is stored of each person under a natural key (without `key_person`), whoever said it."""
        ...

    async def known(self, keys: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
        """Return under which natural keys (day, key), or below them, something is stored, whether it counts or not."""
        ...

    async def holding(self, held: Mapping[Account, Collection[tuple[str, str]]]) -> None:
        """Hear which roles (id and name) people hold now, of those that the settings ask about (`asks_about`).

        Whose roles are not known is not told of. Hearing it again changes nothing.
        """
        ...

    async def shut(self, places: Collection[str]) -> None:
        """Hear which channels, all that are known, do not count because of a category that is listed as out."""
        ...

    @property
    def unread(self) -> Unread:
        """What was heard of the space and could not be read."""
        ...

    async def missed(self, since: int, until: int) -> int:
        """Put down that not everything was heard from one moment to another (ms); returns the gap's number."""
        ...

    async def open_gaps(self) -> list[tuple[int, int, int]]:
        """Return the gaps that are not made good: their numbers, and from when to when they are (ms)."""
        ...

    async def made_good(self, gaps: Collection[int]) -> None:
        """Put down that all that can still be seen of these gaps is stored."""
        ...

    async def occasions(self, since: int, until: int) -> list[Occasion]:
        """Return the convenings that the team announced in channels of the space, begun between two moments (ms)."""
        ...

    async def left(self) -> None:
        """Put down that Cairn was removed from the space (not an outage): what is known of it will be deleted."""
        ...

    async def member_left(self, who: Account, at: int) -> None:
        """Hear that somebody left the space (ms), whether or not leaving is a kind worth telling of."""
        ...

    async def member_came(self, who: Account) -> None:
        """Hear that somebody came to the space, or came back."""
        ...

    def acted(self, signals: Sequence[Signal], at: int) -> None:
        """Hear that people just did these things themselves (ms), and that they were stored.

        For platforms that can show something to one person alone, in the channel where they did something: those who
        have not chosen yet are asked there.
        """
        ...

    async def lives_in(self, who: Account, zone: str) -> None:
        """Hear the time zone of somebody's profile, by its name; it is kept of those with a page, for quiet hours."""
        ...

    async def written_to(self, who: Account, at: int, *, answers: bool = True) -> bool:
        """Hear that somebody wrote to Cairn itself (ms), which is a contact of theirs; returns whether they are known.

        With `answers` they are told how Cairn is used.
        """
        ...

    async def returned(self) -> None:
        """Take back that Cairn was removed from the space, if it was."""
        ...

    @property
    def past(self) -> Past:
        """The space's history, from before it was listened to."""
        ...

    @property
    def space(self) -> Space:
        """Which space it is."""
        ...

    @property
    def settings(self) -> SpaceSettings:
        """What holds in the space now."""
        ...

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds worth telling of: those that the rules in force or the reports use."""
        ...

    @property
    def offered(self) -> list[Offered]:
        """The commands, as they are offered in the space's language."""
        ...

    def offered_in(self, language: str) -> list[Offered]:
        """Return the same commands in the same order, as they are offered in another language."""
        ...

    def opens_form(self, call: Call) -> bool:
        """Whether a form may be the answer, which some platforms take only at once."""
        ...

    def may(self, caller: Caller, path: str) -> bool:
        """Whether somebody may use a command, for who asks for its options first; each call looks it up anew."""
        ...

    async def call(self, call: Call) -> Reply:
        """Answer what somebody did in chat; never raises for what they did."""
        ...

    async def suggest(self, caller: Caller, at: int, wanted: tuple[str, str, str]) -> Sequence[Choice]:
        """Return choices while an option is typed; `wanted` is the command's path, the option and what is there."""
        ...


class Host(Protocol):
    """What an integration is given to run: where to hand signals in, and where to tell how it fares."""

    @property
    def notes(self) -> Notes:
        """What the integration has put down about itself."""
        ...

    @property
    def installations(self) -> Installations:
        """The spaces in which Cairn was installed by a link."""
        ...

    async def desk(self, space: Space, *, invited: bool = False) -> Desk | None:
        """Return a space's desk; None where no community takes the space in, for a reason that has been logged.

        A space that is not known yet is put down where the policy takes it: the first one, and those that are
        `invited`, where no community file says otherwise. Raises MachineError as the storage does.
        """
        ...

    async def spaces_of(self, account: Account) -> list[Space]:
        """Return the platform's spaces whose communities know somebody, for what they do in a private conversation."""
        ...

    def count(self, what: Meter, n: int = 1) -> None:
        """Count something that happened."""
        ...

    def level(self, what: Level, value: float) -> None:
        """Tell how high something stands."""
        ...


class Integration(Protocol):
    """A platform that is listened to live."""

    @property
    def name(self) -> str:
        """The platform's name, for logs and figures."""
        ...

    @property
    def connected(self) -> bool:
        """Whether it hears what happens on its platform now."""
        ...

    async def run(self, host: Host) -> None:
        """Listen until cancelled; then close connections and return once all that was heard has been handed in.

        Raises ConfigError for what only a person can put right (a wrong token). After other errors it starts again.
        """
        ...

    async def check(self) -> list[Finding]:
        """Look whether it could run (token, rights, clock), without running; never raises for what it finds."""
        ...
