"""Connections of a made-up world that can be stalled, as by a dead network, and cut off."""

from __future__ import annotations

import asyncio

from aiohttp import web


class Flow:
    """What one connection sends on, or holds back. `request` is what it was opened with."""

    def __init__(self, request: web.Request) -> None:
        """Begin flowing."""
        self._request = request
        self._flowing = asyncio.Event()
        self._flowing.set()

    def abort(self) -> None:
        """Cut the connection off without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()

    def stall(self) -> None:
        """Send nothing from now on and leave the connection open, as a dead network does."""
        self._flowing.clear()

    def flow(self) -> None:
        """End a stall."""
        self._flowing.set()

    @property
    def stalled(self) -> bool:
        """Whether nothing is being sent."""
        return not self._flowing.is_set()
