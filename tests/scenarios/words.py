"""What several sources say of a few things that happened, in all the ways they can; and what then holds, worked out
from the set of it all, so that no order can matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from hypothesis import strategies as st

from scoring.signals import DAY_MS, WRITTEN, Account, Context, Kind, Signal, day_of
from tests.scenarios.oracle import About, Deed

FIRST_DAY = 18_290
"""28 January 2020: two first days of a month follow within five weeks."""
START = FIRST_DAY * DAY_MS
HOUR = DAY_MS // 24
PEOPLE = ("ann", "bob", "cat", "dan")
MACHINE = "mac"
"""Somebody whom some words know to be a bot and some do not."""
_PARTS = (
    Context(programme="Leaders", cohort="one", role="Mentor"),
    Context(programme="leaders", cohort="two", role="participant"),
    Context(programme="Sprint", role="ÉLÈVE"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """An import or the live platform; `names` are what channels were called when it was captured."""

    captured: int
    names: tuple[str, str]
    live: bool = False


FIRST = Source(START + 10 * DAY_MS, ("help-old", "random"))
SECOND = Source(START + 20 * DAY_MS, ("chat", "helpers"))
LIVE = Source(START + 15 * DAY_MS, ("help-new", "random"), live=True)
SOURCES = (FIRST, SECOND, LIVE)


class Word(NamedTuple):
    """A signal and who gives it."""

    source: Source
    signal: Signal


class Happening(NamedTuple):
    """An engagement that holds, as anybody would describe it."""

    kind: Kind
    who: str
    day: int
    at: int
    channel: str
    place: str
    role: str
    target: str | None
    parent: str | None
    amount: int


class Message(NamedTuple):
    """A message that people speak of."""

    number: int
    channel: int
    author: str
    at: int
    parent: tuple[int, str] | None

    @property
    def key(self) -> tuple[int, str]:
        """The message's natural key."""
        return day_of(self.at), f"s:C{self.channel}:{self.number}"


def account(name: str, *, bot: bool = False) -> Account:
    """Return somebody's account."""
    return Account("x", "", name, bot)


_times = st.builds(lambda day, time: START + day * DAY_MS + time, st.sampled_from([0, 0, 1, 4, 5]), st.integers(0, 99))
_sources = st.sampled_from(SOURCES)


@st.composite
def happened(draw: st.DrawFn) -> list[Message]:
    """Draw a few messages, some of which answer others."""
    found: list[Message] = []
    for number in range(draw(st.integers(1, 5))):
        known = [None, (FIRST_DAY, "s:C9:never"), *(one.key for one in found)]
        channel, author = draw(st.integers(0, 1)), draw(st.sampled_from([*PEOPLE, MACHINE]))
        found.append(Message(number, channel, author, draw(_times), draw(st.sampled_from(known))))
    return found


def _place(source: Source, channel: int) -> Context:
    return Context(place=f"C{channel}", name=source.names[channel])


@st.composite
def _written(draw: st.DrawFn, one: Message) -> Word:
    source, machine = draw(_sources), one.author == MACHINE
    retracted = draw(st.sampled_from([False, False, True]))
    # What a machine's message goes on to say depends on when it was found out; that it is gone does not.
    version = one.at + draw(st.integers(0, 2)) * 1000 + (9_000 if retracted and machine else 0)
    author = account(one.author, bot=machine and draw(st.booleans()))
    captured = draw(st.sampled_from([0, source.captured])) if not source.live and not machine else 0
    return Word(source, Signal(
        Kind.REPLY if one.parent else Kind.MESSAGE, one.key[1], one.key[0], one.at,
        None if retracted and draw(st.booleans()) else author, version, _place(source, one.channel),
        parent=one.parent[1] if one.parent else "", parent_day=one.parent[0] if one.parent else 0,
        captured=captured, retracted=retracted,
    ))  # fmt: skip


@st.composite
def _reactions(draw: st.DrawFn, one: Message) -> Word:
    source = draw(_sources)
    who = draw(st.sampled_from([*PEOPLE, MACHINE]))
    version = source.captured + (draw(st.integers(-6, 6)) * DAY_MS if source.live else 0)
    person = account(who, bot=who == MACHINE and draw(st.booleans()))
    key = f"{one.key[1]}/r/{draw(st.sampled_from(['+1', 'tada']))}"
    return Word(source, Signal(
        Kind.REACTION, key, one.key[0], version if source.live else one.at, person, version,
        _place(source, one.channel), person, one.key[1], one.key[0],
        estimated=not source.live, retracted=source.live and draw(st.booleans()),
    ))  # fmt: skip


@st.composite
def _mentions(draw: st.DrawFn, one: Message) -> Word:
    source = draw(_sources)
    who = draw(st.sampled_from([*PEOPLE, MACHINE]))
    named = account(who, bot=who == MACHINE and draw(st.booleans()))
    version = one.at + draw(st.integers(0, 2)) * 1000
    author = account(one.author)
    return Word(source, Signal(
        Kind.MENTION, f"{one.key[1]}/m", one.key[0], one.at, author, version, _place(source, one.channel), named,
        one.key[1], one.key[0], target=named,
    ))  # fmt: skip


@st.composite
def _lasting(draw: st.DrawFn) -> Word:
    """Draw thanks, a participation or a stay, whose time a later version may correct."""
    source, number, edit = draw(_sources), draw(st.integers(0, 3)), draw(st.integers(0, 2))
    kind = draw(st.sampled_from([Kind.THANKS, Kind.PARTICIPATION, Kind.STAY]))
    at = draw(_times)
    context = _PARTS[number % 3] if kind is Kind.PARTICIPATION else _place(source, number % 2)
    retracted = draw(st.sampled_from([False, False, False, True]))
    return Word(source, Signal(
        kind, f"{kind.label}:{number}", FIRST_DAY, at, account(PEOPLE[number]), START + edit, context,
        target=account(PEOPLE[(number + number // 2) % 4]) if kind is Kind.THANKS else None,
        amount=(edit + 1) * 20 if kind is Kind.STAY else 0,
        estimated=draw(st.booleans()), retracted=retracted,
    ))  # fmt: skip


def said_hello(who: str) -> Signal:
    """Return a first message of somebody."""
    return Signal(Kind.MESSAGE, f"s:C0:{who}", FIRST_DAY, START, account(who), 1, _place(FIRST, 0))


def said_about(messages: list[Message]) -> st.SearchStrategy[Word]:
    """Draw one word about some messages and about what else goes on."""
    one = st.sampled_from(messages)
    return one.flatmap(_written) | one.flatmap(_written) | one.flatmap(_reactions) | one.flatmap(_mentions) | _lasting()


def _lists(said: st.SearchStrategy[Word], most: int) -> st.SearchStrategy[list[Word]]:
    return st.lists(said, min_size=1, max_size=4) | st.lists(said, min_size=12, max_size=most)


@st.composite
def words(draw: st.DrawFn, most: int = 25) -> list[Word]:
    """Draw what is said."""
    return draw(_lists(said_about(draw(happened())), most))


@st.composite
def before_and_after(draw: st.DrawFn, most: int = 25) -> tuple[list[Word], list[Word]]:
    """Draw what is said at two times about the same messages."""
    said = _lists(said_about(draw(happened())), most)
    return draw(said), draw(said)


Key = tuple[int, str]


class Truth:
    """What holds when all the words are in."""

    def __init__(self, said: Iterable[Word], handle: Callable[[Account], str]) -> None:
        self._by_key: dict[Key, list[Word]] = defaultdict(list)
        self._handle = handle
        self._names: dict[str, tuple[int, str]] = {}
        self.machines: set[str] = set()
        for word in said:
            self._hear(word)

    def _hear(self, word: Word) -> None:
        one = word.signal
        person = f"/{self._handle(account(one.key_person.id))}" if one.key_person else ""
        self._by_key[one.key_day, one.key + person].append(word)
        name = word.source.captured, one.context.name
        self._names[one.context.place] = max(name, self._names.get(one.context.place, name))
        people = (one.account, one.key_person, one.target)
        self.machines |= {who.id for who in people if who is not None and who.bot}

    def _winner(self, key: Key) -> Signal:
        """Return the word that counts: highest version, gone before there, exact before estimated, then the first.

        A reaction is of the last moment that anybody knows exactly, whoever else saw it later.
        """
        signals = [word.signal for word in self._by_key[key]]
        best = [one for one in signals if one.version == max(other.version for other in signals)]
        best = [one for one in best if one.retracted] or best
        best = [one for one in best if not one.estimated] or best
        won = min(best, key=lambda one: one.at)
        known = [one.at for one in signals if not one.estimated]
        return won._replace(at=max(known)) if known and won.kind is Kind.REACTION else won

    def holding(self) -> dict[Key, Happening]:
        """Return the engagements that hold, by natural key."""
        return {key: self._happening(self._winner(key)) for key in self._by_key if self._holds(key)}

    def _holds(self, key: Key) -> bool:
        won = self._winner(key)
        if won.retracted or won.account is None or won.account.id in self.machines:
            return False
        message = key[0], "/".join(key[1].split("/")[:1])
        if won.kind not in (Kind.MENTION, Kind.REACTION) or message not in self._by_key:
            return True
        captured = max(word.signal.captured for word in self._by_key[message])
        return not self._winner(message).retracted and (won.kind is Kind.MENTION or won.version >= captured)

    def _happening(self, one: Signal) -> Happening:
        assert one.account is not None
        target = one.target.id if one.target else None
        name = self._names[one.context.place][1]
        return Happening(
            one.kind, one.account.id, day_of(one.at), one.at, name, one.context.place, one.context.role, target,
            one.parent or None, one.amount,
        )  # fmt: skip

    def deeds(self, member_of: Callable[[str], int]) -> list[Deed]:
        """Return what holds as the oracle of scores takes it."""
        deeds = []
        for key, one in self.holding().items():
            won = self._winner(key)
            context = won.context if not one.place else Context(place=one.place, name=one.channel)
            other = self._counterpart(won)
            deeds.append(
                Deed(member_of(one.who), one.kind, one.at, member_of(other) if other else 0, one.amount, context)
            )
        return deeds

    def _counterpart(self, one: Signal) -> str | None:
        if one.kind in (Kind.MENTION, Kind.THANKS):
            other = one.target.id if one.target else None
        else:
            words = self._by_key.get((one.parent_day, one.parent), ())
            authors = [said.account.id for _, said in words if said.account and said.kind in WRITTEN]
            other = authors[0] if authors else None
        return None if other in self.machines else other

    def about(self, member_of: Callable[[str], int], countries: dict[str, str]) -> About:
        """Return what multipliers and steps ask about members."""
        held: dict[tuple[int, str], int] = {}
        leaders = set()
        for key, one in self.holding().items():
            context = self._winner(key).context
            if one.kind is Kind.PARTICIPATION:
                role = member_of(one.who), context.role.casefold()
                held[role] = min(one.day, held.get(role, one.day))
                leaders |= {role[0]} if context.programme.casefold() == "leaders" else set()
        declared = {member_of(who): country for who, country in countries.items() if who not in self.machines}
        return About({"country": declared}, {"Leaders": frozenset(leaders)}, held)
