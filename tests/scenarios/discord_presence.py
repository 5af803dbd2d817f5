"""How long people listened where a convening was open, by the sandbox's ledger alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping

from integrations.sandbox.discord.server import Sandbox
from integrations.sandbox.ledger import Act
from scoring.signals import DAY_MS, Kind
from tests.scenarios.discord_truth import Fact, Missed

MINUTE = 60_000


class Presence:
    """Reads who was where, and when. `counts` is whether what is done in a channel counts."""

    def __init__(self, server: Sandbox, counts: Callable[[str], bool], missed: tuple[Missed, ...]) -> None:
        self._server = server
        self._world = server.world
        self._counts = counts
        self._missed = missed
        self._acts = [(n, one) for n, one in enumerate(server.ledger.entries) if isinstance(one, Act)]

    def minutes(self) -> Iterator[tuple[tuple[str, str, int], int, int]]:
        """Yield for each person, channel and day the least and the most minutes that should be stored."""
        for key, pieces in self._pieces().items():
            sure = sum(end - start for start, end, heard in pieces if heard)
            most = sum(end - start for start, end, _ in pieces)
            # each stay is cut to whole minutes, and may have been heard a moment late
            yield key, max(sure // MINUTE - len(pieces), 0), most // MINUTE + 1

    def attendances(self) -> Iterator[tuple[Fact, int, int]]:
        """Yield who was at which convening, and for how long at least and at most, in ms."""
        found: defaultdict[tuple[str, str], list[tuple[int, int, bool]]] = defaultdict(list)
        for event, who, start, end, heard in self._presence(among=1):
            found[event, who].append((start, end, heard))
        for (event, who), pieces in found.items():
            sure = max((end - start for start, end, heard in pieces if heard), default=0)
            most = sum(end - start for start, end, _ in pieces)
            yield Fact(Kind.ATTENDANCE, f"d:{event}/here", who), sure, most

    def _pieces(self) -> Mapping[tuple[str, str, int], list[tuple[int, int, bool]]]:
        found: defaultdict[tuple[str, str, int], list[tuple[int, int, bool]]] = defaultdict(list)
        for event, who, start, end, heard in self._presence(among=2):
            channel = str(self._event_channel(event))
            while start < end:
                midnight = (start // DAY_MS + 1) * DAY_MS
                until = min(end, midnight)
                found[who, channel, start // DAY_MS].append((start, until, heard))
                start = until
        return found

    def _event_channel(self, event: str) -> int:
        return next(
            one.channel_id or 0
            for guild in self._world.guilds.values()
            for one in guild.events.values()
            if one.id == int(event)
        )

    def _presence(self, among: int) -> list[tuple[str, str, int, int, bool]]:
        """Return event, person, start and end of each time that at least so many listened where an event was open.

        A stay needs somebody else to be there; who comes to a convening alone has come to it all the same.
        Times are cut wherever anything happened, and glued where nothing was missed between.
        """
        here: dict[str, tuple[str, bool]] = {}
        open_now: dict[str, str] = {}
        since: dict[tuple[str, str], tuple[int, int]] = {}
        found: list[tuple[str, str, int, int, bool]] = []

        def look(n: int, at: int) -> None:
            there = Counter(place for place, deaf in here.values() if not deaf)
            listening = {
                (event, who)
                for who, (place, deaf) in here.items()
                for event, channel in open_now.items()
                if place == channel and not deaf and there[place] >= among and self._counts(place)
            }
            for pair in [one for one in since if one not in listening]:
                first, start = since.pop(pair)
                found.append((*pair, start, at, self._quiet(first, n)))
            for pair in listening - since.keys():
                since[pair] = (n, at)

        for n, act in self._acts:
            if act.kind == "voice_join" and not act.bot:
                here[act.who] = (act.place, here.get(act.who, ("", False))[1])
            elif act.kind == "voice_leave":
                here.pop(act.who, None)
            elif act.kind == "voice_state" and act.who in here:
                here[act.who] = (here[act.who][0], act.detail == "self_deaf")
            elif act.kind == "event_changed":
                open_now.pop(act.what, None)
                if act.detail == "2":
                    open_now[act.what] = str(self._event_channel(act.what))
            else:
                continue
            look(n, act.at)
        here.clear()
        look(len(self._server.ledger.entries), self._world.clock())
        return found

    def _quiet(self, first: int, last: int) -> bool:
        """Whether nothing was missed from one place of the ledger to another."""
        return not any(one.first <= last and first < one.end for one in self._missed)
