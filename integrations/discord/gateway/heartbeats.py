"""The threads by which discord.py keeps connections alive, ended where it leaves them behind.

discord.py starts one when Discord says hello. If the connection is cut before the session has begun, nobody tells the
thread, and it tries to speak on the dead connection until its next beat is due, or the event loop is gone.
"""

from __future__ import annotations

import threading

import discord
from discord.gateway import KeepAliveHandler


def end_heartbeats(client: discord.Client, *, of_all: bool = False) -> None:
    """End a client's threads whose connections are closed; with `of_all` also the others, because it stops."""
    for thread in threading.enumerate():
        if not isinstance(thread, KeepAliveHandler):
            continue
        own = getattr(thread.ws, "_connection", None) is client._connection  # noqa: SLF001 - shown nowhere else
        if own and (of_all or not thread.ws.open):
            thread.stop()
