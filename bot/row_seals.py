"""Encryption of what a row holds, bound to its row: copied into another one it cannot be opened.

AES-256-GCM. Each key is derived from one of the key file's sealing keys, for this use alone, and named in what it
sealed, so that it is found at once among several.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_LAYOUT = b"\x01"
_NAME, _NONCE, _KEY = 8, 12, 32
_HEAD = len(_LAYOUT) + _NAME + _NONCE


class RowSeals:
    """Seals with the first of its keys, opens with any."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take the sealing keys, newest first."""
        boxes = [_box(key) for key in keys]
        self._newest = boxes[0][0]
        self._boxes = dict(boxes)

    def seal(self, row: Sequence[str], content: bytes) -> bytes:
        """Encrypt what a row holds; `row` names it (table and key)."""
        nonce = secrets.token_bytes(_NONCE)
        head = _LAYOUT + self._newest
        return head + nonce + self._boxes[self._newest].encrypt(nonce, content, head + _bound(row))

    def open(self, row: Sequence[str], sealed: bytes) -> bytes:
        """Decrypt what a row holds. Raises InvalidToken where none of the keys sealed it for that row."""
        head, nonce = sealed[: len(_LAYOUT) + _NAME], sealed[len(_LAYOUT) + _NAME : _HEAD]
        box = self._boxes.get(head[len(_LAYOUT) :])
        if box is None or len(sealed) < _HEAD or not head.startswith(_LAYOUT):
            raise InvalidToken
        try:
            return box.decrypt(nonce, sealed[_HEAD:], head + _bound(row))
        except InvalidTag:
            raise InvalidToken from None


def _bound(row: Sequence[str]) -> bytes:
    return json.dumps(list(row)).encode()


def _box(key: bytes) -> tuple[bytes, AESGCM]:
    """Return the name and the box of a sealing key."""
    derived = HKDF(SHA256(), _KEY, salt=None, info=b"cairn: rows").derive(key)
    return hashlib.sha256(b"cairn: rows: name" + derived).digest()[:_NAME], AESGCM(derived)
