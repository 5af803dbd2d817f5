"""What fits into forms and messages of the live platforms, for checking surveys before anybody sees them.

Discord: https://discord.com/developers/docs/components/reference; Slack: https://docs.slack.dev/reference/block-kit.
"""

from __future__ import annotations

from bot.ports import Limits

DISCORD = Limits(
    "Discord",
    buttons=25,
    radio=10,
    ticks=10,
    list=25,
    button=80,
    option=100,
    about=100,
    title=45,
    label=45,
    hint=100,
    post=4_000,
    text=4_000,
)
SLACK = Limits(
    "Slack",
    buttons=25,
    radio=10,
    ticks=10,
    list=100,
    button=75,
    option=75,
    about=75,
    title=24,
    label=2_000,
    hint=2_000,
    post=3_000,
    text=3_000,
)

LIMITS = (DISCORD, SLACK)
"""Of all live platforms."""
