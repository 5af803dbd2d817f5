"""discord.py, imported once: it looks for a module of the standard library that is on its way out, and says so."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    from discord import app_commands, gateway, http

__all__ = ["app_commands", "discord", "gateway", "http"]
