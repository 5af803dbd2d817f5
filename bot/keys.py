"""The key file: pseudonyms for identities, and their encryption.

It lies apart from the database and its backups. The pseudonym key never rotates (a new one would orphan everybody);
sealing keys may be added in front, older ones still open what they sealed. A process that runs meanwhile reads the file
again when it meets what it cannot open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import ConfigError, MachineError
from bot.row_seals import RowSeals
from scoring.signals import Account

_HANDLE_BYTES = 12
_KEY_BYTES = 32
_CANNOT_OPEN = "the key file cannot open what this database holds; give the one made with it"
_Opened = TypeVar("_Opened")


class Keys:
    """What the key file allows: pseudonyms (`handle`), sealing and opening."""

    def __init__(
        self,
        pseudonym: bytes,
        sealing: list[str],
        beside: Path | None = None,
        again: Callable[[], list[str]] | None = None,
    ) -> None:
        """Take the pseudonym key, the sealing keys, newest first, and where the markers of who was erased lie.

        `again` reads the sealing keys anew (none: it cannot): some may have been added since.
        """
        if len(pseudonym) < _KEY_BYTES:
            raise ValueError("the pseudonym key is too short")
        self._pseudonym = pseudonym
        self.erased = beside
        self._again = again
        self._take(sealing)
        self.handle = lru_cache(maxsize=20_000)(self._handle)

    def _take(self, sealing: list[str]) -> None:
        self._sealing = list(sealing)
        self._box = MultiFernet([Fernet(key) for key in sealing])
        self._rows = RowSeals([base64.urlsafe_b64decode(key) for key in sealing])

    def _handle(self, account: Account) -> str:
        """Return the keyed pseudonym of an identity: 16 characters that only this key file can work out."""
        text = json.dumps([account.platform, account.realm, account.id]).encode()
        digest = hmac.digest(self._pseudonym, text, hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:_HANDLE_BYTES]).decode()

    def passing(self, account: Account, purpose: str) -> str:
        """Return a pseudonym for a passing purpose; without the key it cannot be matched with any other one."""
        text = json.dumps([purpose, account.platform, account.realm, account.id]).encode()
        return base64.urlsafe_b64encode(hmac.digest(self._pseudonym, text, hashlib.sha256)[:_HANDLE_BYTES]).decode()

    def marker(self, handle: str) -> str:
        """Return what stands for somebody who asked to be forgotten, made of their pseudonym."""
        digest = hmac.digest(self._pseudonym, b"forgotten" + handle.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:_HANDLE_BYTES]).decode()

    def seal(self, account: Account) -> bytes:
        """Encrypt an identity."""
        return self._box.encrypt(json.dumps([account.platform, account.realm, account.id]).encode())

    def open(self, sealed: bytes) -> Account:
        """Decrypt an identity; ConfigError where these keys did not seal it."""
        try:
            platform, realm, external = json.loads(self._opening(lambda: self._box.decrypt(sealed)))
        except InvalidToken:
            raise ConfigError(
                "the key file cannot open this database's identities; give the one made with it"
            ) from None
        return Account(platform, realm, external)

    def seal_bytes(self, content: bytes) -> bytes:
        """Encrypt anything that is not to lie in clear, such as a message on its way out."""
        return self._box.encrypt(content)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Decrypt what `seal_bytes` gave; ConfigError where these keys did not seal it."""
        try:
            return self._opening(lambda: self._box.decrypt(sealed))
        except InvalidToken:
            raise ConfigError(_CANNOT_OPEN) from None

    def seal_row(self, row: Sequence[str], content: bytes) -> bytes:
        """Encrypt what a row holds; `row` names it (table and key), and it can be opened as that row's only."""
        return self._rows.seal(row, content)

    def open_row(self, row: Sequence[str], sealed: bytes) -> bytes:
        """Decrypt what `seal_row` gave for a row; ConfigError where these keys did not seal it, or not for that row."""
        try:
            return self._opening(lambda: self._rows.open(row, sealed))
        except InvalidToken:
            raise ConfigError(_CANNOT_OPEN) from None

    def signed(self, purpose: str, text: str) -> str:
        """Return what only this key file can make of a text, so that it is known again as Cairn's own word."""
        digest = hmac.digest(self._pseudonym, json.dumps(["signed", purpose, text]).encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def _opening(self, opened: Callable[[], _Opened]) -> _Opened:
        """Open something, and once more where keys were added since they were read. Raises InvalidToken."""
        try:
            return opened()
        except InvalidToken:
            fresh = self._again() if self._again is not None else []
            if not fresh or fresh == self._sealing:
                raise
        self._take(fresh)
        return opened()

    @property
    def fingerprint(self) -> str:
        """A name for the pseudonym key by which a database knows its key file."""
        return hashlib.sha256(b"cairn:" + self._pseudonym).hexdigest()[:16]


def open_keys(path: Path) -> Keys:
    """Read the key file, making one (readable by its owner only) where there is none."""
    try:
        if not path.exists():
            _create(path)
        content = json.loads(path.read_text())
        pseudonym, sealing = base64.b64decode(content["pseudonym"]), list(content["sealing"])
        return Keys(pseudonym, sealing, erased_beside(path), lambda: _sealing_of(path))
    except OSError as error:
        raise MachineError(f"{path}: the key file cannot be read or made: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise ConfigError(f"{path}: this is not a key file of Cairn; restore it from where you keep it") from None


def add_sealing_key(path: Path) -> None:
    """Put a new sealing key in front of those of a key file; all that is sealed from now on takes it.

    Raises ConfigError for a file that is none, MachineError where it cannot be written.
    """
    open_keys(path)  # only a sound file is changed
    fresh = path.with_name(f"{path.name}.new")
    try:
        content = json.loads(path.read_text())
        content["sealing"] = [Fernet.generate_key().decode(), *content["sealing"]]
        _write(fresh, content)
        fresh.replace(path)
    except FileExistsError:
        raise MachineError(f"{fresh}: somebody else is adding a key now; delete this file where nobody is") from None
    except OSError as error:
        raise MachineError(f"{path}: the key file cannot be written: {error.strerror}") from None


def _sealing_of(path: Path) -> list[str]:
    """Return the sealing keys that are in a file now; none where it cannot be read."""
    try:
        found = list(json.loads(path.read_text())["sealing"])
        for key in found:
            Fernet(key)
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return found


def erased_beside(keys_file: Path) -> Path:
    """Return where, beside a key file, the markers of people lie who were erased."""
    return keys_file.with_name(f"{keys_file.name}.erased")


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "pseudonym": base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode(),
        "sealing": [Fernet.generate_key().decode()],
    }
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    _write(fresh, content)
    try:
        os.link(fresh, path)  # fails where another process was faster: its file counts
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _write(path: Path, content: Mapping[str, object]) -> None:
    """Write a file that only its owner can read. Raises FileExistsError where it is there."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(json.dumps(content, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
