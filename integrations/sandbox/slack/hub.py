"""What every change needs: the world, who is to be told, and where it is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.sandbox.faults import Faults
from integrations.sandbox.ledger import Act, Ledger
from integrations.sandbox.slack.clock import Time
from integrations.sandbox.slack.delivery.courier import Courier
from integrations.sandbox.slack.grants import Grant
from integrations.sandbox.slack.interactions.triggers import Triggers
from integrations.sandbox.slack.interactions.urls import ResponseUrls
from integrations.sandbox.slack.limits import Limits
from integrations.sandbox.slack.model import Channel, Json, Message
from integrations.sandbox.slack.private import Private
from integrations.sandbox.slack.world import World
from integrations.sandbox.watching import Changes


@dataclass(frozen=True, slots=True)
class By:
    """Who does something. With `at` (ms) it is placed in the past: history, of which nobody is told unless `told`."""

    user_id: str
    at: int | None = None
    told: bool = False

    @property
    def quiet(self) -> bool:
        """Whether nobody is told."""
        return self.at is not None and not self.told


@dataclass(slots=True)
class Hub:
    """The parts of a sandbox. `private` is what single people see, `triggers` and `urls` are how apps go on with an
    interaction, `grants` by code what people agreed to. `root` is where it is reached, without a slash, `sockets_root`
    where its sockets are, if that is elsewhere (a proxy).
    """

    world: World
    time: Time
    ledger: Ledger
    faults: Faults
    limits: Limits
    courier: Courier
    private: Private
    triggers: Triggers
    urls: ResponseUrls = field(default_factory=ResponseUrls)
    grants: dict[str, Grant] = field(default_factory=dict)
    root: str = ""
    sockets_root: str = ""
    _changes: Changes = field(default_factory=Changes)

    def now(self, by: By) -> int:
        """Return the moment of what somebody does, in ms."""
        return self.world.clock() if by.at is None else by.at

    def stamp(self, by: By, channel: Channel) -> str:
        """Return a timestamp for what somebody does in a channel."""
        return self.world.stamps.now() if by.at is None else self.world.stamps.at(by.at, channel.messages)

    def event_stamp(self, by: By) -> str:
        """Return a timestamp for something that is no message."""
        return self.world.stamps.now() if by.at is None else self.world.stamps.at(by.at, ())

    def tell(self, by: By, team_id: str, event: Json) -> None:
        """Tell the apps of a workspace of something that concerns all of it."""
        if not by.quiet:
            for app_id in self.world.teams[team_id].installed:
                self.courier.tell(self.world, app_id, team_id, event)

    def tell_in(self, by: By, channel: Channel, event: Json) -> None:
        """Tell the apps that are in a conversation; one that is in it from several workspaces hears once."""
        if by.quiet:
            return
        told: set[str] = set()
        for team_id in channel.teams:
            for app_id, known in self.world.teams[team_id].installed.items():
                if known.bot_user in channel.members and app_id not in told:
                    told.add(app_id)
                    self.courier.tell(self.world, app_id, team_id, event, channel)

    def note(self, by: By, kind: str, channel: Channel | None = None, **more: object) -> None:
        """Write down what a person did; the acts of our apps' bots stand in the ledger as their requests."""
        self.wake()
        if self.world.of_app(by.user_id) is not None:
            return
        space = more.pop("space", None if channel is None else channel.team_id)
        place = "" if channel is None else channel.id
        said = {key: str(value) for key, value in more.items() if value is not None}
        known = self.world.users.get(by.user_id)
        bot = known is None or known.bot
        self.ledger.add(Act(self.now(by), kind, by.user_id, str(space or ""), place, bot=bot, **said))

    async def until(self, condition: Callable[[], object], within: float = 5.0) -> None:
        """Wait until something holds in this world. Raises TimeoutError after `within` seconds."""
        await self._changes.until(condition, within)

    def wake(self) -> None:
        """Let those who wait in `until` look again."""
        self._changes.wake()

    def sees(self, user_id: str, channel: Channel) -> bool:
        """Whether somebody is in a conversation."""
        return user_id in channel.members

    def home(self, message: Message) -> Channel:
        """Return the conversation of a message."""
        return self.world.home(message)
