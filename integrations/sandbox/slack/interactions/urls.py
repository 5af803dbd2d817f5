"""Response URLs: five uses within thirty minutes, for anybody who has one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from integrations.sandbox.slack.interactions.uses import Use
from integrations.sandbox.slack.limits import Limits
from integrations.sandbox.slack.model import Channel, Message
from integrations.sandbox.slack.refusals import Refused

_KEPT = 10_000


@dataclass(slots=True)
class Response:
    """One response URL: for an interaction in a place, on a message or not."""

    use: Use
    app_id: str
    team_id: str
    place: Channel
    made: float
    original: Message | None = None
    used: int = 0


@dataclass(slots=True)
class ResponseUrls:
    """All response URLs; the oldest are forgotten in the end."""

    _known: dict[str, Response] = field(default_factory=dict)

    def new(self, root: str, made: Response, kind: str) -> str:
        """Return a URL below a root for an interaction; `kind` is `commands` or `actions`."""
        if len(self._known) >= _KEPT:
            del self._known[next(iter(self._known))]
        name = secrets.token_urlsafe(18)
        self._known[name] = made
        return f"{root}/{kind}/{made.team_id}/{name}"

    def find(self, limits: Limits, now: float, name: str) -> Response:
        """Count a use of a URL. Refuses one that is unknown, used up or too old."""
        known = self._known.get(name)
        times, seconds = limits.response
        if known is None:
            raise Refused("invalid_url")
        if now - known.made > seconds:
            raise Refused("expired_url")
        if known.used >= times:
            raise Refused("used_url")
        known.used += 1
        return known
