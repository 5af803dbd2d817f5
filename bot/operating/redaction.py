"""Takes out of texts what no log may hold: the configured secrets, and whatever has the shape of one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

REMOVED = "[removed]"
SHORTEST = 4
"""Secrets of fewer characters are not looked for: they would be found everywhere."""

_SHAPES = re.compile(
    r"(?P<url>://[^\s/@:]*:)[^\s/@]+(?=@)"  # a password in an address
    r"|(?P<head>\b(?:authorization|bearer|bot|basic|token|password|passwd|secret|api[_-]?key)\b[\"']?(?:\s*[:=]\s*|\s+))"
    r"(?:bearer\s+|bot\s+|basic\s+)?[\"']?(?=[^\s\"',;]*[0-9._-])[^\s\"',;]{8,}"
    r"|(?P<path>/(?:webhooks|interactions)/[0-9]+/)[\w.-]{16,}"
    r"|\bxox[a-z](?:\.xox[a-z])?-[\w-]{6,}|\bxapp-[\w-]{6,}"
    r"|(?<![\w.-])(?:mfa\.[\w-]{20,}|[\w-]{22,30}\.[\w-]{5,8}\.[\w-]{25,})",
    re.IGNORECASE | re.ASCII,
)


class Redactor:
    """Knows the secrets of one configuration."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Take the secrets that are configured; they are also found percent-encoded."""
        known = {one for one in secrets if len(one) >= SHORTEST}
        known |= {quote(one, safe="") for one in known}
        ordered = sorted(known, key=lambda one: (-len(one), one))
        self._known = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def clean(self, text: str) -> str:
        """Return a text without secrets."""
        if self._known is not None:
            text = self._known.sub(REMOVED, text)
        return _SHAPES.sub(_kept, text)


def _kept(found: re.Match[str]) -> str:
    return (found["url"] or found["head"] or found["path"] or "") + REMOVED
