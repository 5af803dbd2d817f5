"""Requests that did not come from Slack, or came broken: what an app has to turn away without falling over."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from integrations.sandbox.slack.delivery.signing import sign, signed

_SKEW = 301
_DEEP, _DIGITS = 50_000, 6_000


@dataclass(frozen=True, slots=True)
class Forgery:
    """A request to send: its name for a test, its headers and its body. `signature_holds` says whether it is signed
    well and only its body is broken.
    """

    name: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    signature_holds: bool = False


def forgeries(secret: str, body: bytes, content_type: str = "application/json") -> list[Forgery]:
    """Return a good request's body with signatures and times that do not hold."""
    now = time.time()
    said = str(int(now))
    good = signed(secret, body, now)
    stamp, signature = "X-Slack-Request-Timestamp", "X-Slack-Signature"
    variants: dict[str, dict[str, str]] = {
        "no headers": {},
        "no time": {signature: good[signature]},
        "no signature": {stamp: good[stamp]},
        "too old": signed(secret, body, now - _SKEW),
        "from the future": signed(secret, body, now + _SKEW),
        "time in words": {stamp: "abc", signature: sign(secret, "abc", body)},
        "empty time": {stamp: "", signature: sign(secret, "", body)},
        "time with digits of another script": {stamp: "١٢٣", signature: good[signature]},
        "time beyond all": {stamp: "9" * 400, signature: sign(secret, "9" * 400, body)},
        "wrong signature": {stamp: said, signature: f"v0={'0' * 64}"},
        "signature not in ASCII": {stamp: said, signature: "v0=é"},
        "short signature": {stamp: said, signature: good[signature][:20]},
        "signature of another version": {stamp: said, signature: good[signature].replace("v0", "v1", 1)},
        "empty signature": {stamp: said, signature: ""},
        "another app's secret": signed(secret[::-1] + "x", body, now),
    }
    kind = {"Content-Type": content_type}
    found = [Forgery(name, {**kind, **headers}, body) for name, headers in variants.items()]
    return [*found, Forgery("a changed byte", {**kind, **good}, body[:-1] + bytes([body[-1] ^ 1]))]


def junk(secret: str) -> list[Forgery]:
    """Return requests that are signed well and hold no event."""
    bodies = {
        "nothing": b"",
        "cut JSON": b'{"type": "event_callback", "event": {"type": "mess',
        "a list": b"[1, 2, 3]",
        "a word": b'"event"',
        "null": b"null",
        "deep nesting": b"[" * _DEEP + b"]" * _DEEP,
        "a long number": b'{"type": ' + b"9" * _DIGITS + b"}",
        "no UTF-8": b'{"type": "\xff\xfe"}',
        "no type": b"{}",
        "an event that is none": b'{"type": "event_callback", "event": 7}',
    }
    kind = {"Content-Type": "application/json"}
    return [
        Forgery(name, {**kind, **signed(secret, body)}, body, signature_holds=True) for name, body in bodies.items()
    ]


def unsigned(found: list[Forgery]) -> list[Forgery]:
    """Return the same requests without a signature: an app is to turn them away before it reads them."""
    return [Forgery(f"unsigned: {one.name}", {"Content-Type": "application/json"}, one.body) for one in found]
