"""What is kept in memory of one workspace to understand its events: never more than a bound, and no words."""

from __future__ import annotations

from collections.abc import Mapping

from bot.ports import Account, Kind, SpaceSettings
from integrations.slack.payloads.channels import Channels, Spot
from integrations.slack.payloads.huddles import Huddles
from integrations.slack.payloads.people import Groups, People

_EMOJI = 1_000


class Workspace:
    """One workspace: what holds in it (`settings`, `kinds`), and what its events and Slack's answers told of it."""

    def __init__(self, team: str, settings: SpaceSettings, kinds: frozenset[Kind], organisation: str = "") -> None:
        self.id = team
        self.settings = settings
        self.kinds = kinds
        self.people = People(team, organisation)
        self.groups = Groups()
        self.channels = Channels(settings)
        self.huddles = Huddles()
        self._last = 0
        self._thanks: dict[str, bool] = {}
        self._excluded: frozenset[str] = frozenset()
        self._asked: dict[str, str] = {}
        self._told: set[str] = set()
        self.anew = True
        """Whether it was not told yet who holds the groups that are asked about now."""
        self.regroup()

    def apply(self, settings: SpaceSettings, kinds: frozenset[Kind]) -> None:
        """Take other settings or kinds, which hold from now on; costs nothing where they are the same."""
        if self.settings is not settings or self.kinds is not kinds:
            self.settings, self.kinds = settings, kinds
            self.channels.look_again(settings)
            self._thanks.clear()
            self.regroup()

    def regroup(self) -> None:
        """Work out anew which user groups leave their people out, and which are asked about."""
        names = {number: group.name for number, group in self.groups.all.items()}
        self._excluded = frozenset(one for one in names if self.settings.excluded_roles.has(one, names[one]))
        asked = {one: name for one, name in names.items() if self.settings.asks_about(one, name)}
        self.anew, self._asked = self.anew or asked != self._asked, asked

    def actor(self, name: str, spot: Spot, home: object = None) -> Account | None:
        """Return who did something in a channel; None for machines, people who are left out and those from elsewhere.

        `home` is the team that the event names for them. Where it names none, nobody counts of whom it is not known
        who they are: raises `UnknownError` then.
        """
        if not spot.allowed:
            return None
        who = self.people.account(name) if home else self.people.known(name)
        if who.bot or self.left_out(name):
            return None
        elsewhere = self.people.is_elsewhere(home) if home else self.people.is_stranger(name)
        return who if self.settings.guests or not elsewhere else None

    def left_out(self, name: str) -> bool:
        """Whether somebody is in a user group whose people do not count."""
        return bool(self._excluded) and not self._excluded.isdisjoint(self.groups.of_person.get(name, ()))

    def holding(self) -> Mapping[Account, list[tuple[str, str]]]:
        """Return who holds which of the groups that are asked about: of everyone who is, or was, in any.

        Where it is `anew`, it is told of all who are known. People of other organisations hold nothing unless they
        count.
        """
        if not self.settings.heeds_roles:
            return {}
        self._told.update(*(self.groups.all[one].people for one in self._asked))
        found = {}
        for one in self._told | self.people.everyone() if self.anew else self._told:
            if self.settings.guests or not self.people.is_stranger(one):
                groups = self.groups.of_person.get(one, frozenset()) & self._asked.keys()
                found[self.people.account(one)] = [(group, self._asked[group]) for group in sorted(groups)]
        return found

    def is_thanks(self, emoji: str) -> bool:
        """Whether reacting with this emoji says thanks here; its skin tone does not matter."""
        known = self._thanks.get(emoji)
        if known is None:
            if len(self._thanks) >= _EMOJI:
                self._thanks.clear()
            known = self._thanks[emoji] = self.settings.thanks.has(emoji.partition("::")[0])
        return known

    def stamp(self, now: int) -> int:
        """Return a moment for an act that tells none: now, and later than the one before."""
        self._last = max(self._last + 1, now)
        return self._last
