"""A port of our own on which an integration takes what its platform sends."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from bot.operating.plain_http import Take


_NO_PAGES: Mapping[str, Take] = MappingProxyType({})


def serve(takes: Mapping[str, Take], shows: Mapping[str, Take] = _NO_PAGES) -> web.ServerRunner:
    """Return what runs a server that takes what is posted to some paths, and tells nothing of itself.

    `shows` are pages that browsers get.
    """
    # asked for here only: an HTTP server is thirty megabytes that no import and no report needs
    from bot.operating.plain_http import runner

    return runner({}, takes, shows)
