"""An app as its page at Slack has it: what it may ask for, what it hears, where it is reached."""

from __future__ import annotations

from dataclasses import dataclass, field

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "commands",
    "dnd:read",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "pins:read",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users.profile:read",
    "users:read",
    "users:read.email",
)
"""All bot scopes that something in the sandbox asks for."""


@dataclass(slots=True)
class App:
    """A registered app. Change its fields as its owner would on Slack's pages.

    `scopes` are asked for at the next installation. `events` are the subscriptions by Slack's names
    (`message.channels`), None for all. With `socket_mode`, everything goes to its sockets, otherwise to `events_url`,
    `interactivity_url` and `commands_url`. `rotation` lets its tokens end after twelve hours. `messages_tab` and
    `home_tab` are the switches under "App Home". `distributed` lets it be installed in several workspaces; of a
    `commercial` one outside the Marketplace, Slack takes one request for history a minute.
    `delayed_events` is the switch by which Slack goes on for a day, once an hour, with what was not taken.
    """

    id: str
    name: str
    client_id: str
    client_secret: str = field(repr=False)
    signing_secret: str = field(repr=False)
    verification: str = field(repr=False)
    app_token: str = field(repr=False)
    scopes: tuple[str, ...] = SCOPES
    app_scopes: tuple[str, ...] = ("connections:write", "authorizations:read")
    events: frozenset[str] | None = None
    socket_mode: bool = True
    events_url: str = ""
    interactivity_url: str = ""
    commands_url: str = ""
    redirect_urls: tuple[str, ...] = ()
    rotation: bool = False
    messages_tab: bool = True
    home_tab: bool = True
    distributed: bool = True
    commercial: bool = False
    delayed_events: bool = False

    def reached_at(self, url: str) -> None:
        """Speak HTTP from now on, with one URL for everything, as Bolt has it."""
        self.socket_mode = False
        self.events_url = self.interactivity_url = self.commands_url = url
