"""The courier: what is let through is sent once, what is refused is not, and each answer of a platform has its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.courier import nonce_of
from bot.delivering import Delivered, Outcome
from bot.gate import Invite, Purpose
from bot.storage import contacts, outgoing
from scoring.signals import Account
from tests.scenarios.post import DAY, HELLO, HOUR, MINUTE, Lost, Street, street


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[Street]:
    async with street(database_url) as one:
        yield one


async def test_letter_to_a_member_is_sent_once_and_its_content_deleted(place: Street) -> None:
    ann = await place.somebody("ann")
    letter = place.letter(ann)

    assert await place.post(letter, letter) == [True, False]
    assert await place.courier.once() == 1
    assert await place.courier.once() == 0

    (sent,) = place.platform.ledger
    assert (sent.space, sent.person, sent.blocks) == ("100", Account("chat", "", "ann"), HELLO)
    assert sent.pings is None
    assert 1 <= len(sent.nonce) <= 25
    ((state, content, message),) = await place.rows("SELECT state, content, message FROM outbox")
    assert (state, content, message) == ("sent", None, f"message {sent.nonce}")
    assert await place.post(letter) == [False]
