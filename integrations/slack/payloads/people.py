"""Who is who in a workspace: its machines, people of other organisations, and who belongs to which user group."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from bot.ports import Account, Payload, clean, day_of, truth
from integrations.formats.slack import SLACKBOT
from integrations.slack.payloads.ids import UnknownError, group_id, person_id

ROOM = 20_000
"""Accounts kept at most; then they are made anew when they come again."""
SEEN = 250_000
"""Ids of people of whom it is known who they are, at most; then they are asked for anew."""
_LONGEST_ZONE = 60
_MACHINES, _GROUPS, _MEMBERS = 5_000, 2_000, 250_000


class People:
    """Makes the accounts of a workspace. `teams` are its own id and that of its organisation."""

    def __init__(self, team: str, organisation: str = "") -> None:
        self.team = team
        self.teams = frozenset(filter(None, (team, organisation)))
        self.own = ""
        """Cairn's own user in the workspace."""
        self._accounts: dict[str, Account] = {}
        self._machines: dict[str, None] = {SLACKBOT: None}
        self._seen: set[str] = {SLACKBOT}
        self._elsewhere: set[str] = set()
        self._zones: dict[str, str] = {}

    def zone(self, name: str) -> str:
        """Return the name of somebody's time zone, as Slack last told it; nothing where it did not."""
        return self._zones.get(name, "")

    def lives_in(self, name: str, zone: object) -> None:
        """Take the name of somebody's time zone, as Slack gives it."""
        if isinstance(zone, str):
            if len(self._zones) >= SEEN:
                self._zones.clear()
            self._zones[name] = sys.intern(zone[:_LONGEST_ZONE])

    def account(self, name: object) -> Account:
        """Return the account of a user's id. Raises ValueError for what is none."""
        known = self._accounts.get(name) if isinstance(name, str) else None
        if known is not None:
            return known
        number = person_id(name)
        if len(self._accounts) >= ROOM:
            self._accounts.clear()
        made = Account("slack", self.team, number, number in self._machines or number == self.own)
        return self._accounts.setdefault(number, made)

    def known(self, name: str) -> Account:
        """Return the account of somebody of whom an event says nothing but the id; raises `UnknownError`.

        It could be a machine, or somebody of another organisation.
        """
        if name not in self._seen and name != self.own:
            raise UnknownError("person", person_id(name))
        return self.account(name)

    def everyone(self) -> frozenset[str]:
        """Return the ids of all of whom it is known who they are."""
        return frozenset(self._seen)

    def is_stranger(self, name: str) -> bool:
        """Whether somebody is known to belong to another organisation."""
        return name in self._elsewhere

    def see(self, user: Payload) -> None:
        """Take a user, as Slack's Web API and its events give them."""
        name = person_id(user["id"])
        if truth(user.get("is_bot")) or truth(user.get("is_workflow_bot")):
            if len(self._machines) >= _MACHINES:
                self._machines.pop(next(iter(self._machines)))
            self._machines[name] = None
            self._accounts.pop(name, None)
        stranger = truth(user.get("is_stranger")) or self.is_elsewhere(user.get("team_id"))
        self._note(name, stranger=stranger)

    def is_elsewhere(self, team: object) -> bool:
        """Whether a team's id is another one than the workspace's own; nothing is its own."""
        return bool(team) and team not in self.teams

    def unknown(self, name: str) -> None:
        """Remember that Slack does not tell who somebody is: they count as from elsewhere."""
        self._note(person_id(name), stranger=True)

    def _note(self, name: str, *, stranger: bool) -> None:
        if len(self._seen) >= SEEN:
            self._seen.clear()
            self._elsewhere.clear()
        self._seen.add(name)
        (self._elsewhere.add if stranger else self._elsewhere.discard)(name)


@dataclass(slots=True)
class Group:
    """A user group: its handle, the day it was made (`Signal.key_day`), and who is in it."""

    name: str
    day: int
    people: frozenset[str] = frozenset()
    at: int = 0
    """When its people last changed, as far as was heard (ms)."""


class Groups:
    """A workspace's user groups and who is in them: they serve as the roles of moderators, managers and cohorts."""

    def __init__(self) -> None:
        self.all: dict[str, Group] = {}
        self.of_person: dict[str, frozenset[str]] = {}
        """The groups of each person who is in any."""
        self.doubtful = False
        """Whether what is known of them may be wrong, because changes came out of their order; ask for them anew."""

    def replace(self, groups: Iterable[Payload]) -> None:
        """Take the whole list of groups with their people. A broken one raises, and changes nothing."""
        found: dict[str, Group] = {}
        for one in groups:
            if len(found) < _GROUPS and not one.get("date_delete"):
                found[group_id(one["id"])] = _group(one, people_of(one.get("users") or ()))
        self.all, self.doubtful = found, False
        self._turn_round()

    def change(self, group: str, now: Iterable[object]) -> tuple[frozenset[str], frozenset[str]]:
        """Take who is in a group from now on; returns who came and who went. Unknown groups say nothing."""
        found = self.all.get(group)
        if found is None:
            return frozenset(), frozenset()
        before, found.people = found.people, people_of(now)
        self._turn_round()
        return found.people - before, before - found.people

    def move(self, group: str, came: frozenset[str], went: frozenset[str], at: int) -> None:
        """Take who came to a group and who went (ms); a change that is older than another one is only doubted."""
        found = self.all.get(group)
        if found is None or at < found.at:
            self.doubtful = True
            return
        found.at, found.people = at, (found.people | came) - went
        self._turn_round()

    def put(self, one: Payload) -> None:
        """Take what a group says of itself, new or changed; who is in it stays."""
        number = group_id(one["id"])
        if number in self.all or len(self.all) < _GROUPS:
            before = self.all.get(number)
            self.all[number] = _group(one, before.people if before else frozenset())
            self.all[number].at = before.at if before else 0

    def empty(self, group: str) -> frozenset[str]:
        """Let nobody be in a group any more; returns who was."""
        return self.change(group, ())[1]

    def drop(self, group: str) -> None:
        """Forget a group that was switched off."""
        self.all.pop(group, None)

    def _turn_round(self) -> None:
        found: dict[str, set[str]] = {}
        for number, group in self.all.items():
            for one in group.people:
                found.setdefault(one, set()).add(number)
        self.of_person = {one: frozenset(groups) for one, groups in found.items()}


def _group(one: Payload, people: frozenset[str]) -> Group:
    made = one.get("date_create")
    if type(made) is not int or made < 0:
        raise ValueError("not a time")
    return Group(clean(one.get("handle") or one.get("name")), day_of(made * 1_000), people)


def people_of(names: Iterable[object]) -> frozenset[str]:
    """Return the ids in a list of people. Raises ValueError for what is none."""
    found = frozenset(person_id(one) for one in names)
    if len(found) > _MEMBERS:
        raise ValueError("more people than a group can hold")
    return found
