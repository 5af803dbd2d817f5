"""The live platforms that a `community.yaml` can name: what their ids look like and where those hold."""

from __future__ import annotations

from bot.ports import Platform

DISCORD = Platform("discord", r"[0-9]{15,20}", "123456789012345678")
SLACK = Platform("slack", r"[TEWU][A-Z0-9]{1,30}", "T0123ABCD", own_ids=True)

PLATFORMS = {one.name: one for one in (DISCORD, SLACK)}
"""By name."""
