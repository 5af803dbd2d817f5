"""The whole made-up Slack: everything in it, found by id."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from integrations.sandbox.slack.ids import Ids, Stamps
from integrations.sandbox.slack.model import Channel, File, Installation, Kind, Message, Team, Token, User
from integrations.sandbox.slack.registered import App

_YEAR_MS = 365 * 86_400_000
SLACKBOT = "USLACKBOT"
_MARK = "5eca5eca"
"""What an app's secrets begin with, which have no shape otherwise: so that tests find them where they may not be."""


class World:
    """Workspaces, channels, people and apps. `clock` returns ms since 1970."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.clock = clock
        self.ids = Ids()
        self.stamps = Stamps(clock)
        self.files_root = ""
        self.born = max(clock() - _YEAR_MS, 1_000)
        self.teams: dict[str, Team] = {}
        self.apps: dict[str, App] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.tokens: dict[str, Token] = {}
        self.refreshes: dict[str, Token] = {}
        self.huddles: dict[str, Message] = {}
        self._directs: dict[tuple[str, str], Channel] = {}

    def app(self, name: str) -> App:
        """Register an app."""
        made = App(
            id=self.ids.new("A"),
            name=name,
            client_id=f"{secrets.randbelow(10**12):012d}.{secrets.randbelow(10**13):013d}",
            client_secret=_MARK + secrets.token_hex(12),
            signing_secret=_MARK + secrets.token_hex(12),
            verification=_MARK + secrets.token_hex(8),
            app_token=f"xapp-1-{secrets.token_hex(24)}",
        )
        self.apps[made.id] = made
        self.tokens[made.app_token] = Token(made.app_token, "app", made.id, "", "", made.app_scopes)
        return made

    def team(self, name: str) -> Team:
        """Make a workspace with its first owner."""
        plain = "".join(one for one in name.lower() if one.isalnum()) or "team"
        made = Team(self.ids.new("T"), name, plain, self.born)
        self.teams[made.id] = made
        owner = self.user(made, f"{name} owner")
        owner.admin = owner.owner = True
        return made

    def user(self, team: Team, name: str) -> User:
        """Make a person in a workspace, who has been there for a year."""
        handle = "".join(one for one in name.lower() if one.isalnum() or one in "._-") or "somebody"
        made = User(self.ids.new("U"), team.id, handle, name, self.born)
        team.users[made.id] = self.users[made.id] = made
        return made

    def owner(self, team: Team) -> User:
        """Return the first owner of a workspace."""
        return next(one for one in team.users.values() if one.owner)

    def bot(self, team: Team, name: str, app: App | None = None) -> User:
        """Make a bot in a workspace."""
        made = self.user(team, name)
        made.bot_id = self.ids.new("B")
        made.app_id = self.ids.new("A") if app is None else app.id
        return made

    def channel(self, team: Team, name: str, kind: Kind, creator: str) -> Channel:
        """Make a conversation without anybody in it."""
        letter = {Kind.DIRECT: "D", Kind.MANY: "G"}.get(kind, "C")
        made = Channel(self.ids.new(letter), kind, name, team.id, creator, self.clock(), teams=[team.id])
        team.channels[made.id] = self.channels[made.id] = made
        return made

    def direct(self, one: str, other: str) -> Channel:
        """Return the direct conversation of two, made where there is none yet."""
        pair = (min(one, other), max(one, other))
        known = self._directs.get(pair)
        if known is None:
            team = self.teams[self.users[one].team_id]
            known = self._directs[pair] = self.channel(team, "", Kind.DIRECT, one)
            known.members = dict.fromkeys((one, other), self.clock())
        return known

    def direct_known(self, one: str, other: str) -> Channel | None:
        """Return the direct conversation of two, if there is one."""
        return self._directs.get((min(one, other), max(one, other)))

    def of_app(self, user_id: str) -> App | None:
        """Return the registered app whose bot this is."""
        known = self.users.get(user_id)
        return None if known is None or not known.bot_id else self.apps.get(known.app_id)

    def message(self, channel_id: str, ts: str) -> Message | None:
        """Return a message, if it is there."""
        channel = self.channels.get(channel_id)
        return None if channel is None else channel.messages.get(ts)

    def home(self, message: Message) -> Channel:
        """Return the conversation of a message."""
        return self.channels[message.channel_id]

    def installation(self, token: Token) -> Installation:
        """Return the installation that a bot token is for."""
        return self.teams[token.team_id].installed[token.app_id]
