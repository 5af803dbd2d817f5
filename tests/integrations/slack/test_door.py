"""What is posted to Cairn as if by Slack: forged, repeated, broken, of unknown shape (S1, S2, S13, R9)."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
import orjson
import pytest

from bot.ports import Host, MachineError, Meter, Signal, SpaceSettings
from integrations.sandbox.slack.delivery.forging import Forgery, forgeries, junk, unsigned
from integrations.sandbox.slack.delivery.signing import signed
from integrations.slack.receiving.bodies import DEEPEST, LARGEST, BodyError, from_form, from_json
from integrations.slack.receiving.bolt import Bolt
from integrations.slack.receiving.door import Door
from integrations.slack.receiving.ear import Ear
from integrations.slack.receiving.signing import Signatures
from tests.integrations.sandbox.slack.clients import served
from tests.integrations.slack.listening import GENERAL, NOW, TEAM, ListeningHost, NobodyToAsk

SECRET = "5eca5eca" * 4
WORDS = "my kea-blue secret"
EVENTS = "/slack/events"


def event(number: str = "Ev01", **more: Any) -> dict[str, Any]:
    """Return an event in its envelope: a message in #general."""
    said = {
        "type": "message", "channel": GENERAL, "user": "U01", "text": WORDS, "ts": "1699999000.000100",
        "team": TEAM, "event_ts": "1699999000.000100", "channel_type": "channel",
    }  # fmt: skip
    return {"type": "event_callback", "team_id": TEAM, "event_id": number, "event": said} | more


@dataclass
class Reached:
    """A Cairn's door, and what came in through it."""

    address: str
    host: ListeningHost
    session: aiohttp.ClientSession
    calls: list[Any] = field(default_factory=list)

    async def posts(self, body: bytes, headers: dict[str, str]) -> int:
        """Post something; returns the status of the answer, and checks that it quotes nothing."""
        async with self.session.post(self.address, data=body, headers=headers) as answer:
            assert WORDS not in await answer.text()
            return answer.status

    async def tells(self, body: dict[str, Any], **headers: str) -> int:
        """Post something as Slack does."""
        packed = orjson.dumps(body)
        return await self.posts(packed, {"Content-Type": "application/json", **signed(SECRET, packed), **headers})

    @property
    def stored(self) -> Sequence[Signal]:
        return self.host.stored


@asynccontextmanager
async def reached() -> AsyncIterator[Reached]:
    """Open a door on a port of this machine, behind which a workspace is listened to."""
    host, calls = ListeningHost(SpaceSettings()), list[Any]()

    async def interact(body: Any, ack: Any) -> None:
        calls.append(body)
        await ack()

    async def token(team: str) -> str | None:
        return "xoxb-1" if team == TEAM else None

    ear = Ear(cast(Host, host), NobodyToAsk(host), lambda: NOW)
    door = Door(Signatures(SECRET), Bolt(ear, interact, token).take, host.count)
    app = aiohttp.web.Application()
    app.router.add_post(EVENTS, door.take)
    async with served(app) as root, aiohttp.ClientSession() as session:
        yield Reached(root + EVENTS, host, session, calls)


@pytest.fixture
async def door() -> AsyncIterator[Reached]:
    async with reached() as one:
        yield one


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Hear everything that any logger says in the block."""
    heard = io.StringIO()
    handler, root = logging.StreamHandler(heard), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def bad() -> list[Forgery]:
    """Return every request that is not from Slack: forged, or broken and not even signed."""
    body = orjson.dumps(event())
    form = b"command=%2Fcairn&text=" + WORDS.replace(" ", "+").encode() + b"&team_id=T01"
    packed = b"payload=" + b"%7B%22type%22%3A%22block_actions%22%7D"
    kind = "application/x-www-form-urlencoded"
    return [
        *forgeries(SECRET, body), *forgeries(SECRET, form, kind), *forgeries(SECRET, packed, kind),
        *unsigned(junk(SECRET)),
    ]  # fmt: skip


async def test_what_is_not_from_slack_is_turned_away_and_nothing_of_it_is_kept_or_logged(door: Reached) -> None:
    """S1; M2, M3 and M5: a time that is no number, a signature that is not ASCII, a body that a log would quote."""
    with logged() as log:
        found = {one.name: await door.posts(one.body, one.headers) for one in bad()}
    assert set(found.values()) == {401}, found
    assert (door.stored, door.calls) == ([], [])
    assert "kea-" not in log.getvalue()
    assert await door.tells(event()) == 200  # and who is Slack is let in
    assert len(door.stored) == 1


async def test_what_slack_signed_and_is_broken_is_refused_without_a_fault(door: Reached) -> None:
    """M4 and S13: cut, nested without end, a list, a long number; an event that is none is taken and left."""
    with logged() as log:
        found = {one.name: await door.posts(one.body, one.headers) for one in junk(SECRET)}
    assert found.pop("an event that is none") == 200  # Slack would end what is refused too often
    assert set(found.values()) == {400}, found
    assert door.stored == []
    assert "kea-" not in log.getvalue()


async def test_a_request_told_again_and_again_has_one_effect(door: Reached) -> None:
    """S2: within the five minutes in which its signature holds."""
    body = orjson.dumps(event())
    headers = {"Content-Type": "application/json", **signed(SECRET, body)}
    found = Counter(await asyncio.gather(*(door.posts(body, headers) for _ in range(100))))
    assert found == {200: 100}
    assert len({one.key for one in door.stored}) == 1


@pytest.mark.parametrize("times", [200, pytest.param(10_000, marks=pytest.mark.soak)])
async def test_what_nobody_knows_is_taken_and_left(door: Reached, times: int) -> None:
    """R9: events of other workspaces and of unknown sorts; Slack would end what is refused too often."""
    known = event()["event"]
    strange: list[dict[str, Any]] = [
        event(team_id="T0OTHER", authorizations=[{"team_id": "T0OTHER"}]),
        event(team_id="E0ORG"),
        event(team_id=None),
        event(event={"type": "a_new_sort", "user": "U01"}),
        event(event={"type": "message", "subtype": "a_new_sort", "channel": GENERAL}),
        event(event=known | {"channel": {"id": GENERAL}}),
        event(event=known | {"ts": 7}),
        event(event={}),
        event(event=[]),
        event(event={"type": "tokens_revoked", "tokens": 7}),
        {"type": "a_new_sort", "team_id": TEAM},
    ]
    found = Counter[int]()
    for n in range(times):
        found[await door.tells({**strange[n % len(strange)], "event_id": f"Ev{n}"})] += 1
    assert found == {200: times}
    assert door.stored == []
    assert WORDS not in str(door.host.unreadable)


@pytest.mark.parametrize(
    "body",
    [
        {"type": "block_actions", "team": 7, "user": [], "actions": 7},
        {"type": "view_submission", "view": 7},
        {"type": "shortcut", "callback_id": []},
        {"type": "message_action", "team": {"id": []}},
        {"type": ["block_actions"]},
        {"no": "type"},
    ],
    ids=str,
)
async def test_what_people_did_in_a_shape_that_nobody_knows_is_no_fault(door: Reached, body: dict[str, Any]) -> None:
    packed = b"payload=" + orjson.dumps(body).replace(b"&", b"%26")
    headers = {"Content-Type": "application/x-www-form-urlencoded", **signed(SECRET, packed)}
    assert await door.posts(packed, headers) in (200, 400)
    assert await door.tells(event()) == 200


async def test_an_event_is_acknowledged_when_it_is_stored_and_not_before(door: Reached) -> None:
    """R1 and M1: the listener that takes a second holds the answer back as long."""
    door.host.holds.clear()
    asked = asyncio.create_task(door.tells(event()))
    await door.host.asked.wait()
    assert not asked.done()
    assert door.stored == []
    door.host.holds.set()
    assert await asked == 200
    assert len(door.stored) == 1


async def test_an_event_that_cannot_be_stored_is_not_acknowledged_until_it_comes_again(door: Reached) -> None:
    """With Slack's headers that tell of a second attempt, and without them."""
    door.host.broken = MachineError("the disk is full")
    assert await door.tells(event()) == 503
    assert await door.tells(event(), **{"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_error"}) == 503
    assert door.host.counts[Meter.REFUSED] == 2
    door.host.broken = None
    assert await door.tells(event(), **{"X-Slack-Retry-Num": "2", "X-Slack-Retry-Reason": "http_error"}) == 200
    assert await door.tells(event()) == 200
    assert len(door.stored) == 1
    assert door.host.counts[Meter.TAKEN] == 2


async def test_a_body_that_is_too_large_is_turned_away(door: Reached) -> None:
    body = b"x" * (LARGEST + 1)
    assert await door.posts(body, {"Content-Type": "application/json", **signed(SECRET, body)}) == 413
    assert await door.tells(event()) == 200


def nested(levels: int) -> bytes:
    return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 1e999}', b'{"a": 18446744073709551616}',
        b'{"a": -9223372036854775809}', b'{"a": ' + b"9" * 6_000 + b"}", b'{"a": 1, "a": 2}', b'{"a" : 1, "a": 2}',
        b'{"b": [{"a": 1, "a": 2}]}', b'{"a": "\\": ", "b": {"c":1,"c":2}}', b'{"a": "\\ud800"}', b"[1]", b"7", b"null",
        b"", b'{"a": 1', b'{"a": "\xff"}', nested(DEEPEST + 1), b"[" * 50_000 + b"]" * 50_000,
    ],
)  # fmt: skip
def test_json_beyond_the_limits_is_refused(body: bytes) -> None:
    """S13."""
    with pytest.raises(BodyError):
        from_json(body)
    with pytest.raises(BodyError):
        from_form(b"payload=" + body.replace(b"%", b"%25").replace(b"&", b"%26").replace(b"+", b"%2B"))


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 18446744073709551615}', b'{"a": -9223372036854775808}', b'{"a": {"a": {"a": 1}}}',
        '{"a": "say \\"b\\": 1", "b": "ä 🦉 \\u00e4"}'.encode(), nested(DEEPEST), b'{"id": "12345678901234567890123"}',
    ],
)  # fmt: skip
def test_json_within_the_limits_is_read_as_it_is(body: bytes) -> None:
    assert from_json(body) == json.loads(body)
