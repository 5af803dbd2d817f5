"""What apps ask for by OAuth, and what people agreed to."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sandbox.slack.registered import App


@dataclass(frozen=True, slots=True)
class Asked:
    """What an app asks for: its scopes, and where it wants to hear the answer."""

    app: App
    scopes: tuple[str, ...]
    redirect: str
    state: str


@dataclass(slots=True)
class Grant:
    """What somebody agreed to; the code for it is used once, within ten minutes."""

    code: str
    asked: Asked
    team_id: str
    user_id: str
    made: float
    used: bool = False
