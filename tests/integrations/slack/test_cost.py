"""What a message costs: nothing that commands, clicks or forms need is done for it, however many of those there are."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any, cast

from bot.ports import Host, Kind
from integrations.slack.receiving.bolt import Bolt
from integrations.slack.receiving.ear import Ear
from tests.integrations.slack.listening import ALICE, GENERAL, NOW, TEAM, ListeningHost, NobodyToAsk

FOR_COMMANDS = ("/slack_bolt/app/", "/slack_bolt/listener", "/slack_bolt/middleware/", "/slack_bolt/request/")
OURS_FOR_COMMANDS = ("/bot/commands/", "/integrations/slack/speaking/")


class Calls:
    """Counts the functions that are called within a block, by their file."""

    def __init__(self) -> None:
        self.files: Counter[str] = Counter()

    def __enter__(self) -> Calls:
        sys.setprofile(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _called(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            self.files[frame.f_code.co_filename] += 1

    def of(self, *parts: str) -> int:
        return sum(n for name, n in self.files.items() if any(part in name for part in parts))


class Here:
    """What takes Slack's requests, with what serves commands."""

    def __init__(self) -> None:
        self.host = ListeningHost()
        self.served = 0
        self._numbers = 0
        ear = Ear(cast(Host, self.host), NobodyToAsk(self.host), lambda: NOW)
        self.bolt = Bolt(ear, self._serve, self._token)

    async def _serve(self, body: object, ack: Callable[..., Any]) -> None:
        self.served += 1
        await ack()

    async def _token(self, team: str) -> str | None:
        return "xoxb-1"

    async def hears(self) -> Calls:
        self._numbers += 1
        ts = f"{NOW // 1000 - 9_000}.{self._numbers:06d}"
        event = {
            "type": "message", "channel": GENERAL, "channel_type": "channel", "user": ALICE, "team": TEAM, "ts": ts,
            "event_ts": ts, "text": "hello",
        }  # fmt: skip
        body = {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{self._numbers}", "event": event}
        with Calls() as calls:
            answer = await self.bolt.take(body)
        assert answer.status == 200
        return calls

    async def uses_command(self) -> Calls:
        body = {"command": "/cairn", "text": "help", "team_id": TEAM, "user_id": ALICE, "channel_id": GENERAL}
        with Calls() as calls:
            answer = await self.bolt.take(body)
        assert answer.status == 200
        return calls


async def test_no_message_goes_through_what_finds_commands() -> None:
    here = Here()
    calls = await here.hears()
    assert here.host.stored[0].kind is Kind.MESSAGE
    assert calls.of(*FOR_COMMANDS, *OURS_FOR_COMMANDS) == 0
    command = await here.uses_command()
    assert (here.served, command.of(*FOR_COMMANDS) > 0) == (1, True), "commands are found in there"


async def test_message_costs_the_same_however_many_came_before() -> None:
    here = Here()
    await here.hears()
    first = (await here.hears()).files.total()
    for _ in range(500):
        last = await here.hears()
    assert last.files.total() == first
