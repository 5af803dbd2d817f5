"""What every change needs: the world, who is to be told, and where it is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.discord.gateway.gateway import Gateway
from integrations.sandbox.discord.model import Channel, Message
from integrations.sandbox.discord.pending import Interactions
from integrations.sandbox.discord.world import World
from integrations.sandbox.faults import Faults
from integrations.sandbox.ledger import Act, Ledger
from integrations.sandbox.watching import Changes


@dataclass(frozen=True, slots=True)
class By:
    """Who does something. With `at` (ms) it is placed in the past: history, of which nobody is told unless `told`.

    `reason` is what they give for the audit log.
    """

    user_id: int
    at: int | None = None
    told: bool = False
    reason: str = ""

    @property
    def quiet(self) -> bool:
        """Whether nobody is told."""
        return self.at is not None and not self.told


@dataclass(frozen=True, slots=True)
class Limits:
    """Discord's limits, which rehearsals keep and tests may lift.

    `routes` maps a method and route to how many requests in how many seconds each of its channels, guilds or webhooks
    takes; `others` holds for the rest. `dm_opens` is how many new direct conversations in how many seconds; `answer`
    and `token` are the seconds to answer an interaction and to use its token; `nonce` those a nonce is remembered.
    """

    everywhere: tuple[int, float] = (50, 1.0)
    others: tuple[int, float] = (50, 1.0)
    routes: tuple[tuple[str, int, float], ...] = (("POST /channels/{channel_id}/messages", 5, 5.0),)
    dm_opens: tuple[int, float] = (10, 600.0)
    answer: float = 3.0
    token: float = 900.0
    nonce: float = 180.0


@dataclass(slots=True)
class Hub:
    """The parts of a sandbox.

    `timer` returns monotonic seconds, by which limits and deadlines run; for `mark` see `marked`.
    """

    world: World
    gateway: Gateway
    ledger: Ledger
    faults: Faults
    limits: Limits
    timer: Callable[[], float]
    mark: str = ""
    pending: Interactions = field(default_factory=Interactions)
    dms_opened: list[float] = field(default_factory=list)
    nonces: dict[str, tuple[float, Message]] = field(default_factory=dict)
    _changes: Changes = field(default_factory=Changes)

    def marked(self, text: str) -> str:
        """Return what somebody writes with the mark behind it, by which it is found again where it may not be."""
        return f"{text} {self.mark}" if self.mark else text

    def now(self, by: By) -> int:
        """Return the moment of what somebody does, in ms."""
        return self.world.clock() if by.at is None else by.at

    def new_id(self, by: By) -> int:
        """Return an id for what somebody makes."""
        return self.world.ids.now() if by.at is None else self.world.ids.at(by.at)

    def tell(self, by: By, event: str, payload: object, guild_id: int | None) -> None:
        """Tell the sessions of something in a guild, or of something direct where that is None."""
        if not by.quiet and self._concerns_bot(guild_id):
            self.gateway.tell(event, payload, guild_id)

    def tell_in(self, by: By, event: str, payload: object, channel: Channel) -> None:
        """Tell the sessions of something in a channel, if the bot sees it."""
        if self.world.sees(channel):
            self.tell(by, event, payload, channel.guild_id)

    def tell_message(self, by: By, event: str, channel: Channel, render: Callable[[bool], Any]) -> None:
        """Tell the sessions of a message, with its content or without."""
        if not by.quiet and self.world.sees(channel) and self._concerns_bot(channel.guild_id):
            self.gateway.tell_message(event, render, channel.guild_id)

    def note(self, by: By, kind: str, channel: Channel | None = None, **more: object) -> None:
        """Write down what a person did; the bot's acts stand in the ledger as its requests."""
        self.wake()
        if by.user_id == self.world.bot.id:
            return
        space = more.pop("space", None if channel is None else channel.guild_id)
        place = "" if channel is None else str(channel.id)
        said = {key: str(value) for key, value in more.items() if value is not None}
        bot = self.world.users[by.user_id].bot
        self.ledger.add(Act(self.now(by), kind, str(by.user_id), str(space or ""), place, bot=bot, **said))

    async def until(self, condition: Callable[[], object], within: float = 5.0) -> None:
        """Wait until something holds in this world. Raises TimeoutError after `within` seconds."""
        await self._changes.until(condition, within)

    def wake(self) -> None:
        """Let those who wait in `until` look again."""
        self._changes.wake()

    def _concerns_bot(self, guild_id: int | None) -> bool:
        return guild_id is None or self.world.bot.id in self.world.guilds[guild_id].members

    def home(self, message: Message) -> Channel:
        """Return the channel of a message."""
        return self.world.channels[message.channel_id]
