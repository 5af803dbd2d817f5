"""Whether a request comes from Slack: its signature over the raw body, before anything of it is read.

Source: Slack's reference, "Verifying requests from Slack": HMAC-SHA-256 over `v0:TIME:BODY` with the signing secret,
not older than five minutes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

OLDEST_SECONDS = 300
"""How far a request's time may be from our own clock, either way."""
_LONGEST_TIME = 12


class Signatures:
    """Checks signatures with an app's signing secret."""

    def __init__(self, secret: str) -> None:
        self._begun = hmac.new(secret.encode(), b"v0:", hashlib.sha256)

    def made(self, time: str, body: bytes) -> str:
        """Return the signature that Slack puts on a body at a time (seconds since 1970, as text)."""
        signed = self._begun.copy()
        signed.update(time.encode())
        signed.update(b":")
        signed.update(body)
        return f"v0={signed.hexdigest()}"

    def holds(self, headers: Mapping[str, str], body: bytes, now: float) -> bool:
        """Whether a request is signed and recent; `now` is in seconds since 1970. Never raises."""
        time = headers.get("X-Slack-Request-Timestamp", "")
        given = headers.get("X-Slack-Signature", "")
        if not (time.isascii() and time.isdigit() and len(time) <= _LONGEST_TIME):
            return False
        if abs(now - int(time)) > OLDEST_SECONDS:
            return False
        # compared as bytes: comparing text that is not ASCII raises
        return hmac.compare_digest(self.made(time, body).encode(), given.encode("utf-8", "surrogateescape"))
