"""The key file: made once, for its owner only, and either whole or refused."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.errors import ConfigError, MachineError
from bot.keys import Keys, add_sealing_key, open_keys
from scoring.signals import Account

ANN = Account("slack", "T1", "U1")


def written(path: Path, **changes: object) -> Path:
    """Make a key file and change some of it."""
    open_keys(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    return path


def test_key_file_is_made_once_and_read_again(tmp_path: Path) -> None:
    first, second = (open_keys(tmp_path / "new folder" / "keys.json") for _ in range(2))

    assert first.handle(ANN) == second.handle(ANN)
    assert second.open(first.seal(ANN)) == ANN
    assert first.fingerprint == second.fingerprint
    assert [one.name for one in (tmp_path / "new folder").iterdir()] == ["keys.json"]


def test_key_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    open_keys(tmp_path / "keys.json")

    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_handles_differ_by_key_and_by_every_part_of_an_identity() -> None:
    sealing = [Fernet.generate_key().decode()]
    one, other = (Keys(key * 32, sealing) for key in (b"a", b"b"))
    identities = [ANN, Account("slack", "T2", "U1"), Account("slack", "T1", "U2"), Account("discord", "T1", "U1"),
                  Account("slack", "T1U1", ""), Account("slack", "", "T1U1")]  # fmt: skip

    assert len({keys.handle(identity) for keys in (one, other) for identity in identities}) == 12
    assert one.handle(Account("slack", "T1", "U1", bot=True)) == one.handle(ANN)


def test_odd_identities_have_handles_and_can_be_opened_again() -> None:
    keys = Keys(b"k" * 32, [Fernet.generate_key().decode()])
    for odd in ("", "\0", "\ud800", "é" * 1000):
        identity = Account("x", odd, odd)
        assert len(keys.handle(identity)) == 16
        assert keys.open(keys.seal(identity)) == identity


def test_new_sealing_key_in_front_still_opens_what_the_old_one_sealed() -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))

    assert Keys(b"k" * 32, [new, old]).open(Keys(b"k" * 32, [old]).seal(ANN)) == ANN


def test_identities_of_another_key_file_are_refused_in_one_sentence() -> None:
    one, other = (Keys(b"k" * 32, [Fernet.generate_key().decode()]) for _ in range(2))

    with pytest.raises(ConfigError, match="the key file cannot open") as caught:
        one.open(other.seal(ANN))
    assert "U1" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"3", b'"text"', b"\xff\xfe", b'{"pseudonym": 3, "sealing": []}', b"{" * 50],
)
def test_file_that_is_none_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)

    with pytest.raises(ConfigError, match="not a key file of Cairn"):
        open_keys(path)


@pytest.mark.parametrize(
    "changes",
    [{"sealing": []}, {"sealing": ["short"]}, {"sealing": None}, {"sealing": [None]}, {"pseudonym": None}],
)
def test_key_file_with_a_part_missing_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="not a key file of Cairn"):
        open_keys(written(tmp_path / "keys.json", **changes))


@pytest.mark.parametrize("pseudonym", ["", "c2hvcnQ=", "?" * 44])
def test_key_file_with_a_short_pseudonym_key_is_refused(tmp_path: Path, pseudonym: str) -> None:
    with pytest.raises(ConfigError, match="not a key file of Cairn"):
        open_keys(written(tmp_path / "keys.json", pseudonym=pseudonym))


def test_folder_that_cannot_be_made_is_the_machine_s_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(MachineError, match="cannot be read or made"):
        open_keys(tmp_path / "file" / "keys.json")


def test_what_a_row_holds_is_opened_as_that_row_s_only() -> None:
    keys = Keys(b"k" * 32, [Fernet.generate_key().decode()])
    sealed = keys.seal_row(("installation", "slack", "T1"), b"content")

    assert keys.open_row(("installation", "slack", "T1"), sealed) == b"content"
    assert keys.seal_row(("installation", "slack", "T1"), b"content") != sealed
    for row in (("installation", "slack", "T2"), ("installation", "slackT1"), ("other", "slack", "T1")):
        with pytest.raises(ConfigError, match="the key file cannot open"):
            keys.open_row(row, sealed)


def test_what_a_row_holds_is_refused_when_any_part_of_it_was_changed_or_another_key_is_given() -> None:
    keys = Keys(b"k" * 32, [Fernet.generate_key().decode()])
    sealed = keys.seal_row(("one",), b"content")
    broken = [sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :] for n in range(len(sealed))]

    for wrong in (*broken, sealed[:-1], sealed[:9], b""):
        with pytest.raises(ConfigError, match="give the one made with it"):
            keys.open_row(("one",), wrong)
    with pytest.raises(ConfigError, match="give the one made with it"):
        Keys(b"k" * 32, [Fernet.generate_key().decode()]).open_row(("one",), sealed)


def test_key_that_is_added_is_known_at_once_to_who_has_the_file_open(tmp_path: Path) -> None:
    """What was sealed before is still opened, and what a process seals that does not know the new key yet, too."""
    path = tmp_path / "keys.json"
    running = open_keys(path)
    before = running.seal(ANN), running.seal_row(("one",), b"before")
    add_sealing_key(path)
    fresh = open_keys(path)
    old = running.seal_row(("one",), b"old")

    assert (running.open(fresh.seal(ANN)), running.open_bytes(fresh.seal_bytes(b"x"))) == (ANN, b"x")
    assert running.open_row(("one",), fresh.seal_row(("one",), b"new")) == b"new"
    assert (fresh.open(before[0]), fresh.open_row(("one",), before[1]), fresh.open_row(("one",), old)) == (
        ANN, b"before", b"old",
    )  # fmt: skip
    assert fresh.handle(ANN) == running.handle(ANN)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["keys.json"]


def test_key_is_added_to_a_sound_file_only(tmp_path: Path) -> None:
    path = written(tmp_path / "keys.json", sealing=["short"])
    before = path.read_bytes()

    with pytest.raises(ConfigError, match="not a key file of Cairn"):
        add_sealing_key(path)
    assert path.read_bytes() == before


def test_what_was_signed_differs_by_key_purpose_and_text() -> None:
    sealing = [Fernet.generate_key().decode()]
    one, other = (Keys(key * 32, sealing) for key in (b"a", b"b"))
    made = {keys.signed(purpose, text) for keys in (one, other) for purpose in ("p", "q") for text in ("t", "u")}

    assert len(made) == 8
    assert one.signed("p", "t") in made
