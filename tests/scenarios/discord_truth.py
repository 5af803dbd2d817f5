"""What a database should hold after people were busy in a sandbox: worked out from the sandbox's ledger alone.

Written from the design and Discord's reference, with nothing of `integrations/discord`. `must` is what has to be
stored, `may` what can be: of what happened while Cairn was not there, Discord does not show everything afterwards
(reactions to older messages, who left, what was deleted). Those times are `Missed`, as places in the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from integrations.sandbox.discord.model import ChannelType
from integrations.sandbox.discord.server import Sandbox
from integrations.sandbox.ledger import Act
from scoring.signals import DAY_MS, Kind


class Fact(NamedTuple):
    """An engagement by its natural key: `thing` is the object, `who` did it; `whom` it names, `about` what it is on."""

    kind: Kind
    thing: str
    who: str
    whom: str = ""
    about: str = ""


class Missed(NamedTuple):
    """A stretch of the ledger that was not heard live. `anew`: Cairn's memory was new after it, as after a restart."""

    first: int
    end: int
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts: `thanks` are emoji, `hidden` channels that do not, `members` whether joins and leaves are heard."""

    thanks: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    members: bool = True


@dataclass(slots=True)
class _Item:
    """Something that comes and goes: a message, a reaction. `turns` are places in the ledger, and whether it came."""

    fact: Fact
    turns: list[tuple[int, bool]] = field(default_factory=list)

    @property
    def there(self) -> bool:
        return self.turns[-1][1]

    @property
    def last(self) -> int:
        return self.turns[-1][0]


class Truth:
    """Reads a ledger from its beginning to its end."""

    def __init__(self, server: Sandbox, rules: Rules, missed: tuple[Missed, ...] = ()) -> None:
        self.must: set[Fact] = set()
        self.may: set[Fact] = set()
        self.rules = rules
        self._missed = missed
        self._server = server
        self._world = server.world
        self._acts = [(n, one) for n, one in enumerate(server.ledger.entries) if isinstance(one, Act)]
        self._parents = {act.what: act.place for _, act in self._acts if act.kind == "thread"}
        self._written: dict[str, _Item] = {}
        self._author: dict[str, tuple[str, bool]] = {}
        self._home: dict[str, str] = {}
        self._edited = {act.what for _, act in self._acts if act.kind == "edit"}
        self._gone_places = {act.what: n for n, act in self._acts if act.kind == "thread_deleted"}
        self._read_messages()
        self._read_mentions()
        self._read_reactions()
        self._read_threads()
        self._read_members_of_threads()
        self._read_belonging()
        self._read_roles()
        self._read_organizers()
        self._read_answers()

    # where and when

    def counts(self, place: str) -> bool:
        """Whether what is done in a channel or thread counts."""
        root = self._parents.get(place, place)
        channel = self._world.channels.get(int(place))
        private = channel is not None and channel.type in (ChannelType.PRIVATE_THREAD, ChannelType.DM)
        return root not in self.rules.hidden and place not in self.rules.hidden and not private

    def window(self, n: int) -> Missed | None:
        """Return the stretch in which a place of the ledger was missed."""
        return next((one for one in self._missed if one.first <= n < one.end), None)

    def _heard(self, n: int) -> bool:
        return self.window(n) is None

    def _human(self, who: str) -> bool:
        return not self._world.users[int(who)].bot

    def _put(self, fact: Fact, sure: bool) -> None:
        (self.must if sure else self.may).add(fact)

    # messages and what hangs on them

    def _read_messages(self) -> None:
        for n, act in self._acts:
            if act.kind in ("message", "reply"):
                self._author[act.what], self._home[act.what] = (act.who, not act.bot), act.place
                kind = Kind.REPLY if act.kind == "reply" else Kind.MESSAGE
                about = f"d:{act.about}" if act.kind == "reply" and act.about else ""
                self._written[act.what] = _Item(Fact(kind, f"d:{act.what}", act.who, "", about), [(n, True)])
            elif act.kind == "delete" and act.what in self._written:
                self._written[act.what].turns.append((n, False))
        for number, item in self._written.items():
            if self._author[number][1] and self.counts(self._home[number]):
                state = self._state(number)
                if state is not False:
                    self._put(item.fact, state is True)

    def _state(self, number: str) -> bool | None:
        """Return whether a message has to be stored (True), must not be (False), or may be (None)."""
        item = self._written[number]
        made, last = item.turns[0][0], item.last
        lost = self._gone_places.get(self._home[number])
        if item.there:
            return True if self._heard(made) or lost is None else None
        if self._heard(last):
            return False
        return False if self.window(made) == self.window(last) else None

    def _read_mentions(self) -> None:
        for n, act in self._acts:
            if act.kind == "mention":
                self._mention(act.what, act.about, sure=True)
            elif act.kind == "reply" and act.about in self._author:
                answered = self._written[act.about]
                there = answered.there or answered.last > n
                pinged = self._author[act.about][0]
                if there and pinged != act.who:
                    dropped = act.what in self._edited and not answered.there
                    self._mention(act.what, pinged, sure=not dropped)

    def _mention(self, number: str, named: str, *, sure: bool) -> None:
        item = self._written[number]
        state = self._state(number)
        if not self._human(named) or not self._human(item.fact.who) or not self.counts(self._home[number]):
            return
        if state is not False:
            fact = Fact(Kind.MENTION, f"d:{number}/m", item.fact.who, named, f"d:{number}")
            if fact not in self.must:
                self._put(fact, state is True and sure)

    def _read_reactions(self) -> None:
        for (number, emoji, who), turns in self._reactions().items():
            if not self._human(who) or not self.counts(self._home[number]):
                continue
            state = self._reaction(number, turns)
            on = self._state(number)
            if state is not False and on is not False:
                fact = Fact(Kind.REACTION, f"d:{number}/r/{emoji}", who, "", f"d:{number}")
                self._put(fact, state is True and on is True)
            self._thanked(number, emoji, who, turns, shown=state is True and on is True)

    def _reactions(self) -> Mapping[tuple[str, str, str], list[tuple[int, str]]]:
        """Return what became of each reaction: given (+), taken back (-), cleared away by others (!)."""
        found: defaultdict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
        for n, act in self._acts:
            if act.what not in self._author:
                continue
            if act.kind == "reaction":
                found[act.what, act.detail, act.who].append((n, "+"))
            elif act.kind == "reaction_removed":
                found[act.what, act.detail, act.about].append((n, "-"))
            elif act.kind == "reactions_cleared":
                for (number, emoji, _), turns in found.items():
                    if number == act.what and act.detail in ("", emoji) and turns[-1][1] == "+":
                        turns.append((n, "!"))
        return found

    def _reaction(self, number: str, turns: list[tuple[int, str]]) -> bool | None:
        n, turn = turns[-1]
        if self._heard(n):
            return turn == "+"
        # a message of the same stretch is read with all its reactions, as they are then
        made = self._written[number].turns[0][0]
        return turn == "+" if self.window(made) == self.window(n) else None

    def _thanked(self, number: str, emoji: str, who: str, turns: list[tuple[int, str]], *, shown: bool) -> None:
        """Read thanks; `shown` says that Discord's history shows the reaction that says them."""
        author, person = self._author[number]
        own = [turn for turn in turns if turn[1] != "!"]
        if emoji not in self.rules.thanks or author == who:
            return
        fact = Fact(Kind.THANKS, f"d:{number}/thanks/{emoji}", who, author, f"d:{number}")
        n, turn = own[-1]
        if not person:
            # a machine that has not been heard since Cairn started is not known to be one
            self._put(fact, sure=False)
        elif turn == "+":
            self._put(fact, self._heard(n) or shown)
        elif not self._heard(n):
            self._put(fact, sure=False)

    def _read_threads(self) -> None:
        for n, act in self._acts:
            if act.kind != "thread" or act.bot or not self.counts(act.place) or not self.counts(act.what):
                continue
            parent = self._world.channels.get(int(act.place))
            if parent is None or parent.type == ChannelType.FORUM:
                continue
            # one that begins at a message is told of by nothing in the channel's history
            self._put(Fact(Kind.THREAD, f"d:{act.what}/thread", act.who), self._heard(n) or not act.about)

    def _read_members_of_threads(self) -> None:
        """Discord tells of who is in a thread only while it happens, and only who may hear of members."""
        last: dict[tuple[str, str], tuple[int, bool]] = {}
        for n, act in self._acts:
            if act.kind in ("thread_joined", "thread_left") and not act.bot and self.counts(act.what):
                last[act.what, act.who] = n, act.kind == "thread_joined"
        for (thread, who), (n, joined) in last.items():
            if self.rules.members and (joined or not self._heard(n)):
                self._put(Fact(Kind.JOIN, f"d:{thread}/in", who), self._heard(n))

    # belonging

    def _read_belonging(self) -> None:
        for n, act in self._acts:
            if act.bot or act.kind not in ("join", "leave"):
                continue
            day = act.at // DAY_MS
            if act.kind == "join":
                greeted = self._world.guilds[int(act.space)].system_channel_id is not None
                heard = self.rules.members and self._heard(n)
                if greeted or self.rules.members:
                    self._put(Fact(Kind.JOIN, f"d:{act.space}/join@{day}", act.who), greeted or heard)
            elif self.rules.members:
                self._put(Fact(Kind.LEAVE, f"d:{act.space}/leave@{day}", act.who), self._heard(n))

    def _read_roles(self) -> None:
        """What somebody holds is known from their joining, or from a change that was heard; a new memory knows none."""
        if not self.rules.members:
            return
        known: set[tuple[str, str]] = set()
        state: dict[Fact, bool | None] = {}
        windows = [one for one in self._missed if one.anew]
        for n, act in self._acts:
            while windows and n >= windows[0].end:
                known.clear()
                windows.pop(0)
            if act.kind not in ("join", "leave", "role", "role_lost", "onboarding") or act.bot:
                continue
            person, heard = (act.space, act.who), self._heard(n)
            sure = person in known and heard
            if act.kind in ("role", "role_lost"):
                fact = Fact(Kind.ROLE, f"d:{act.what}/holds", act.who)
                state[fact] = (act.kind == "role") if sure else None
            known.discard(person)
            if heard and act.kind != "leave":
                known.add(person)
        for fact, there in state.items():
            if there is not False:
                self._put(fact, there is True)

    # convenings and polls

    def _read_organizers(self) -> None:
        """Who scheduled a convening organized it once it takes place; one that passes unheard leaves no trace."""
        planners = {act.what: act.who for _, act in self._acts if act.kind == "event" and not act.bot}
        for n, act in self._acts:
            if act.kind == "event_changed" and act.detail in ("2", "3") and act.what in planners:
                fact = Fact(Kind.PARTICIPATION, f"d:{act.what}/as/organizer", planners[act.what])
                self._put(fact, self._heard(n))

    def _read_answers(self) -> None:
        for kind, (yes, no), suffix in (
            (Kind.RSVP, ("rsvp", "rsvp_withdrawn"), "rsvp"),
            (Kind.POLL_VOTE, ("poll_vote", "poll_vote_removed"), "vote"),
        ):
            for (thing, who), turns in self._turns(yes, no).items():
                about = f"d:{thing}" if kind is Kind.POLL_VOTE else ""
                fact = Fact(kind, f"d:{thing}/{suffix}", who, "", about)
                chosen = _chosen(turns)
                steady = all(self._heard(n) for n, _, _ in turns)
                if steady and chosen:
                    self._put(fact, sure=True)
                elif not steady:
                    self._put(fact, sure=False)

    def _turns(self, yes: str, no: str) -> Mapping[tuple[str, str], list[tuple[int, bool, str]]]:
        found: defaultdict[tuple[str, str], list[tuple[int, bool, str]]] = defaultdict(list)
        for n, act in self._acts:
            if act.kind in (yes, no) and not act.bot and (not act.place or self.counts(act.place)):
                found[act.what, act.who].append((n, act.kind == yes, act.detail))
        return found


def _chosen(turns: list[tuple[int, bool, str]]) -> bool:
    held: set[str] = set()
    for _, yes, answer in turns:
        (held.add if yes else held.discard)(answer)
    return bool(held)
