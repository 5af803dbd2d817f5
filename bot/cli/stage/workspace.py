"""The workspace of the made-up Slack in which some people of the Garden talk, one of whom is in Discord, too."""

from __future__ import annotations

from bot.cli.stage.garden import NAME
from bot.demo.story import MANAGER as ALMA
from bot.demo.story import MEMBER
from integrations.sandbox.slack.model import Channel, Kind
from integrations.sandbox.slack.server import Sandbox
from integrations.sandbox.slack.teams import TeamHandle

PEOPLE = (ALMA, MEMBER, "Kofi", "Lena")
CHANNEL = "allotment"
THANKS = "pray"
EMOJI = {"🙏": THANKS, "👍": "+1", "🎉": "tada", "🌱": "seedling"}
"""What Slack calls emoji that people use here."""
ADMIN = "Admin"
"""What the first one is: who runs the workspace manages its community, too."""


class Workspace:
    """The workspace, its people, and the channel in which they talk."""

    def __init__(self, server: Sandbox) -> None:
        """Furnish a workspace of a made-up Slack."""
        self.server = server
        self.team: TeamHandle = server.team(NAME)
        there = [self.team.admin(PEOPLE[0]), *self.team.people(PEOPLE[1:])]
        # made without telling anybody: nobody listens yet
        self.channel: Channel = server.world.channel(self.team.team, CHANNEL, Kind.CHANNEL, there[0].id)
        self.channel.members = dict.fromkeys([self.team.bot.id, *(one.id for one in there)], self.channel.created)
