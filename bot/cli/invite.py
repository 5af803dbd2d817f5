"""Print the link by which another Slack workspace installs Cairn."""

from __future__ import annotations

import time

from cyclopts import App

from bot.cli import output
from bot.cli.platforms import invitation
from bot.cli.session import opened
from bot.errors import ConfigError

app = App(name="invite", help="Print the link by which another Slack workspace installs Cairn.")


@app.default
async def invite() -> None:
    """Print a link that holds for a week. Give it only to those whose workspace shall belong to your community."""
    async with opened() as session:
        now = time.time_ns() // 1_000_000
        link = invitation(session.settings, session.database, await session.keys(), now)
    if not link:
        raise ConfigError(
            "there is no link: set CAIRN_SLACK_CLIENT_ID, CAIRN_SLACK_CLIENT_SECRET and CAIRN_SLACK_PUBLIC_URL"
        )
    output.show(link)
