"""Slack's signature of a request. Source: Slack's page "Verifying requests from Slack"."""

from __future__ import annotations

import hashlib
import hmac
import time


def sign(secret: str, moment: str, body: bytes) -> str:
    """Return the signature of a body sent at a moment (seconds, as text)."""
    whole = b"v0:" + moment.encode() + b":" + body
    return f"v0={hmac.new(secret.encode(), whole, hashlib.sha256).hexdigest()}"


def signed(secret: str, body: bytes, moment: float | None = None) -> dict[str, str]:
    """Return the two headers of a signed request. Unless a moment is given, it is the wall clock's: an app compares
    it with its own.
    """
    said = str(int(time.time() if moment is None else moment))
    return {"X-Slack-Request-Timestamp": said, "X-Slack-Signature": sign(secret, said, body)}
