"""The benchmark of a part still measures that part: it says itself where its two sides do not do the same."""

from __future__ import annotations

import time
from itertools import islice

from benchmarks.cases import wire_discord
from benchmarks.made_events import Talk
from benchmarks.measuring import Size
from integrations.sandbox.slack.limits import LIFTED
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.slack.receiving.bodies import from_json
from integrations.slack.receiving.signing import Signatures


def test_wire_is_measured_at_its_small_size() -> None:
    figures = list(wire_discord.run(Size(quick=True)))
    assert figures
    for figure in figures:  # which goal is reached says more about the machine than about the code
        assert figure.ours > 0, figure


async def test_events_of_the_made_up_slack_are_good_and_forged_ones_are_not() -> None:
    async with Sandbox(Settings(limits=LIFTED)) as server:
        server.app.reached_at("http://127.0.0.1:9/")
        talk = Talk([server.team("Bench")], members=50, channels=2)
        signatures = Signatures(server.app.signing_secret)
        now = time.time_ns() // 1_000_000
        events = []
        for one in (talk.request(now) for _ in range(100)):
            headers, body = parts(one)
            assert signatures.holds(headers, body, now / 1000)
            events.append(from_json(body))
        for one in islice(talk.forged(), 15):
            headers, body = parts(one)
            assert not signatures.holds(headers, body, now / 1000)
    assert len({event["event_id"] for event in events}) == len({event["event"]["ts"] for event in events}) == 100
    assert 10 < sum("thread_ts" in event["event"] for event in events) < 50


def parts(request: bytes) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of a request."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line.decode("utf-8", "surrogateescape").split(": ", 1) for line in head.split(b"\r\n")[1:]]
    headers = {name: value for name, value in lines}
    assert int(headers["Content-Length"]) == len(body)
    return headers, body
