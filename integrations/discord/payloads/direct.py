"""What people write to Cairn alone: that they did is a contact of theirs, and what they wrote is not looked at.

Direct messages come with their text, which goes no further than this door. A mention of Cairn in a channel is no
contact: it is as often about Cairn as it is to it, and being written to follows only from what people do on purpose.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from functools import partial

from bot.ports import Account, Host, Meter
from integrations.discord.payloads.ids import Payload, UnreadableError, readable
from integrations.discord.payloads.people import People

PAUSE_MS = 60_000
"""How long what the same person writes next is the same contact."""
_KNOWN = 10_000


class Direct:
    """Hears direct messages. `do` does something beside all else, and lets it fail."""

    def __init__(self, host: Host, people: People, do: Callable[[Callable[[], Awaitable[None]]], None]) -> None:
        self._host = host
        self._people = people
        self._do = do
        self._lately: OrderedDict[Account, int] = OrderedDict()

    def hear(self, d: Payload, now: int) -> None:
        """Take a direct message (MESSAGE_CREATE without a server) that arrived at `now` (ms)."""
        try:
            who = _writer(d, self._people)
        except UnreadableError:
            self._host.count(Meter.MALFORMED)
            return
        before = self._lately.get(who)
        if who.bot or (before is not None and now < before + PAUSE_MS):
            return
        self._lately[who] = now
        self._lately.move_to_end(who)
        if len(self._lately) > _KNOWN:
            self._lately.popitem(last=False)
        self._do(partial(self._tell, who, now))

    async def _tell(self, who: Account, at: int) -> None:
        """Tell the spaces that know somebody; one of them answers."""
        answers = True
        for space in await self._host.spaces_of(who):
            desk = await self._host.desk(space)
            if desk is not None:
                answers = not await desk.written_to(who, at, answers=answers) and answers


@readable
def _writer(d: Payload, people: People) -> Account:
    return people.user(d["author"])
