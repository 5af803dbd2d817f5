"""The outbox: once a key, nothing in clear, lines for whom they are; and blocks come out of bytes as they went in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import speech
from bot.chat.speech import Action, Bold, Button, Controls, File, Paragraph, Select, Style, Table, Who
from bot.errors import ConfigError
from bot.gate import Invite, Purpose
from bot.keys import Keys
from bot.sending.outbox import HELD_DAYS, Letter
from bot.sending.parcels import packed, unpacked
from bot.storage import contacts, outgoing
from scoring.signals import Account
from tests.scenarios.post import DAY, HOUR, NOON, street

NAME = "Canary-Q7X"
SPOKEN = [one for one in vars(speech).values() if isinstance(one, type) and is_dataclass(one)]


@given(st.one_of([st.from_type(one) for one in get_args(speech.Block)]))
def test_blocks_come_out_as_they_went_in(block: speech.Block) -> None:
    assert repr(unpacked(packed((block,)))) == repr((block,))


def test_every_sort_of_block_can_be_packed() -> None:
    account = Account("chat", "T1", "\ud800", bot=True)
    blocks = (
        Paragraph((Bold("b"), Who(account), "\0")), File("a.csv", b"\0\xff"), Table(("a",), (("1",),), frozenset({0})),
        Controls((Button("Yes", Action("a", ("1",)), Style.DANGER), Select(Action("s"), (speech.Choice("v", "l"),)))),
    )  # fmt: skip

    assert unpacked(packed(blocks)) == blocks
    assert all("is" not in {field.name for field in fields(one)} for one in SPOKEN)


@pytest.mark.parametrize("bad", [b"", b"nonsense", b'[{"is": "Nothing"}]', b'[{"a": 1}]', b'[{"is": "Bold"}]', b"\xff"])
def test_what_are_no_blocks_is_refused(bad: bytes) -> None:
    with pytest.raises(ValueError, match="."):
        unpacked(bad)


async def test_nothing_of_a_message_lies_in_clear_in_any_file(tmp_path: Path) -> None:
    async with street(f"sqlite:///{tmp_path / 'cairn.db'}") as place:
        blocks = (Paragraph((f"Dear {NAME}", Who(Account("chat", "", f"id-{NAME}")))),)
        ann = await place.somebody("ann")
        await place.post(place.letter(ann, blocks=blocks), place.letter(ann, blocks=blocks, line=True))

        files = _contents(tmp_path)
        assert len(files) >= 2
        assert not [one for one in files if NAME.encode() in one or b"Paragraph" in one]
        await place.courier.once()
        with closing(sqlite3.connect(tmp_path / "cairn.db")) as connection:
            rows = connection.execute("SELECT state, content IS NULL FROM outbox ORDER BY id").fetchall()
        assert rows == [("sent", 1), ("pending", 0)]


def _contents(folder: Path) -> list[bytes]:
    return [one.read_bytes() for one in folder.iterdir()]


@pytest.mark.parametrize(
    "changes",
    [{"member": None}, {"due": 0}, {"expires": NOON}, {"expires": NOON - 1}, {"due": -5}],
    ids=str,
)
async def test_letter_that_cannot_go_is_refused_when_it_is_posted(sqlite_url: str, changes: dict[str, Any]) -> None:
    async with street(sqlite_url) as place:
        with pytest.raises(ValueError, match="a letter"):
            await place.post(place.letter(**({"member": 1} | changes)))


async def test_key_is_taken_once_in_a_community_whatever_is_posted_under_it(database_url: str) -> None:
    async with street(database_url) as place:
        ann, bob = await place.somebody("ann"), await place.somebody("bob")

        letters = [place.letter(one, key="the same", due=place.at + n) for n, one in enumerate((ann, bob, ann))]
        assert await place.post(*letters) == [True, False, False]
        assert await place.post(letters[1]) == [False]


async def test_letter_that_is_rolled_back_was_never_posted(database_url: str) -> None:
    async with street(database_url) as place:
        letter = place.letter(await place.somebody("ann"))
        with pytest.raises(ValueError, match="a letter"):
            await place.post(letter, Letter(place.community, place.spaces[0], "bad", Purpose.NUDGE, ()))

        assert await place.states() == []
        assert await place.post(letter) == [True]


async def test_message_lives_a_week_and_a_line_as_long_as_it_says(database_url: str) -> None:
    async with street(database_url) as place:
        ann = await place.somebody("ann", Invite.HERE)
        late = {"expires": NOON + 60 * DAY}
        await place.post(place.letter(ann, **late), place.letter(ann, line=True, **late))

        assert await place.rows("SELECT expires FROM outbox ORDER BY id") == [
            (NOON + HELD_DAYS * DAY,), (NOON + 60 * DAY,),
        ]  # fmt: skip


async def test_line_is_shown_once_to_whom_it_is_for_in_its_space(database_url: str) -> None:
    async with street(database_url) as place:
        ann, bob = await place.somebody("ann", Invite.HERE), await place.somebody("bob")
        await place.post(place.letter(ann, key="a", line=True))
        place.at += 5 * HOUR

        assert await place.line(bob) is None
        assert await place.line(ann, place.spaces[1]) is None
        assert await place.line(99_999) is None
        shown = await place.line(ann)
        assert shown is not None
        assert (shown.key, shown.kind) == ("a", Purpose.INVITATION)
        assert await place.line(ann) is None
        assert await place.rows("SELECT state, content, claimed_at FROM outbox") == [("sent", None, place.at)]


async def test_lines_pass_the_gate_and_count(database_url: str) -> None:
    async with street(database_url) as place:
        ann = await place.somebody("ann")
        late = NOON + 30 * DAY
        await place.post(*(place.letter(ann, key=key, line=True, expires=late) for key in ("a", "b")))
        await place.post(place.letter(ann, key="dm"))
        async with place.database.write() as connection:
            await outgoing.pause(connection, place.community, place.at)
        assert await place.line(ann) is None
        async with place.database.write() as connection:
            await outgoing.resume(connection, place.community, place.at)

        shown = await place.line(ann)
        assert shown is not None
        assert shown.key == "a"
        assert await place.line(ann) is None
        assert await place.courier.once() == 0
        assert (await place.refusals())["had one in 7 days"] >= 2
        async with place.database.write() as connection:
            await contacts.set_invite(connection, place.community, ann, place.spaces[0], Invite.NO)
        assert await place.line(ann) is None
        assert ("failed", "no consent") in await place.states()


async def test_line_that_nobody_fetched_ends_when_it_expires(database_url: str) -> None:
    async with street(database_url) as place:
        ann = await place.somebody("ann")
        await place.post(place.letter(ann, line=True, expires=NOON + 20 * DAY))
        place.at = NOON + 20 * DAY
        assert await place.line(ann) is None
        await place.courier.once()

        assert await place.states() == [("failed", "expired")]
        assert await place.rows("SELECT content FROM outbox WHERE content IS NOT NULL") == []


async def test_settled_rows_are_swept_and_others_stay(database_url: str) -> None:
    async with street(database_url) as place:
        ann = await place.somebody("ann")
        await place.post(place.letter(ann), place.letter(channel="7", kind=Purpose.POST, due=NOON + DAY))
        await place.courier.once()
        async with place.database.write() as connection:
            assert not await outgoing.sweep(connection, place.community, NOON)
            assert not await outgoing.sweep(connection, place.community, NOON + 1)

        assert await place.states() == [("pending", "")]


def test_other_keys_cannot_open_what_waits() -> None:
    one, other = (Keys(b"k" * 32, [Fernet.generate_key().decode()]) for _ in range(2))
    assert one.open_bytes(one.seal_bytes(b"x")) == b"x"
    with pytest.raises(ConfigError):
        other.open_bytes(one.seal_bytes(b"x"))
