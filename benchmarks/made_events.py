"""Messages of busy made-up Slack workspaces, as the Events API tells of them, in signed requests to the last byte.

Shapes are the sandbox's: about 1,000 bytes a message. Three in ten are answers. Who writes is log-normal, as in
`made_history`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
import orjson

from integrations.sandbox.slack.delivery.envelopes import envelope
from integrations.sandbox.slack.delivery.forging import forgeries
from integrations.sandbox.slack.delivery.signing import sign
from integrations.sandbox.slack.model import Channel, Json, Message
from integrations.sandbox.slack.payloads.messages import announced
from integrations.sandbox.slack.people import Person
from integrations.sandbox.slack.teams import TeamHandle

_SPREAD = 1.6
_ANSWERS = 0.3
_AT_ONCE = 10_000
_TEXT = "Has anybody seen the notes of last week's meeting?"
_BLOCKS: list[Json] = [
    {
        "type": "rich_text",
        "block_id": "kT9xQ",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": _TEXT}]}],
    }
]
_HEAD = (
    b"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
    b"Accept: */*\r\nContent-Length: %d\r\n"
)


@dataclass(frozen=True, slots=True)
class _Place:
    channel: str
    plain: bytes
    answer: bytes


class Talk:
    """An endless talk in some workspaces, one after the other, each message in one of its channels."""

    def __init__(self, teams: Sequence[TeamHandle], members: int, channels: int, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        weight = self._random.lognormal(0, _SPREAD, members)
        self._share = weight / weight.sum()
        self._app = teams[0].app
        self._people: list[list[bytes]] = []
        self._places: list[list[_Place]] = []
        for team in teams:
            people = team.people(f"m{n}" for n in range(members))
            self._people.append([one.id.encode() for one in people])
            self._places.append([_place(team, team.channel(f"channel-{n}"), people[0]) for n in range(channels)])
        self._before: dict[str, tuple[bytes, bytes]] = {}
        self._drawn = self._draw()
        self._teams = cycle(range(len(teams)))
        self._number = 0

    def say(self, moment: int) -> bytes:
        """Return the body of the next event, written at a moment (ms since 1970)."""
        team = next(self._teams)
        who, channel, answers = next(self._drawn)
        place, person = self._places[team][channel], self._people[team][who]
        self._number += 1
        ts = b"%d.%06d" % (moment // 1000, self._number % 1_000_000)
        root, author = self._before.get(place.channel, (ts, person))
        self._before[place.channel] = ts, person
        said = {
            b"user": person, b"ts": ts, b"event": b"Ev%010d" % self._number, b"time": b"%d" % (moment // 1000),
            b"client": b"%032x" % self._number, b"root": root, b"author": author,
        }  # fmt: skip
        return (place.answer if answers and root != ts else place.plain) % said

    def request(self, moment: int) -> bytes:
        """Return the next event as a whole signed request."""
        body = self.say(moment)
        now = str(moment // 1000)
        signature = sign(self._app.signing_secret, now, body)
        return whole(body, {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": signature})

    def forged(self) -> Iterator[bytes]:
        """Yield without end requests with an event that Slack has not signed, or not for now, in fifteen ways."""
        found = forgeries(self._app.signing_secret, self.say(time.time_ns() // 1_000_000))
        # what is signed for a time to come is good when that has come
        yield from cycle([whole(one.body, one.headers) for one in found if one.name != "from the future"])

    def _draw(self) -> Iterator[tuple[int, int, bool]]:
        while True:
            who = self._random.choice(len(self._share), _AT_ONCE, p=self._share)
            channels = self._random.integers(0, len(self._places[0]), _AT_ONCE)
            answers = self._random.random(_AT_ONCE) < _ANSWERS
            yield from zip(who.tolist(), channels.tolist(), answers.tolist(), strict=True)


def whole(body: bytes, headers: dict[str, str]) -> bytes:
    """Return a request as it goes over the wire; the connection stays open."""
    more = {"Content-Type": "application/json", **headers}
    lines = b"".join(b"%s: %s\r\n" % (name.encode(), value.encode()) for name, value in more.items())
    return _HEAD % len(body) + lines + b"\r\n" + body


def _place(team: TeamHandle, channel: Channel, person: Person) -> _Place:
    """Return what messages in a channel look like, with names for what differs from one to the next."""
    said = Message("<ts>", channel.id, person.id, team.id, _TEXT, blocks=_BLOCKS, client_msg_id="<client>")
    event = announced(team.hub.world, said) | {"user": "<user>"}
    answer = event | {"thread_ts": "<root>", "parent_user_id": "<author>"}
    return _Place(channel.id, _shape(team, channel, event), _shape(team, channel, answer))


def _shape(team: TeamHandle, channel: Channel, event: Json) -> bytes:
    made = envelope(team.hub.world, team.app, team.installation, event, channel)
    made |= {"event_id": "<event>", "event_time": "<time>"}
    text = orjson.dumps(made).replace(b"%", b"%%").replace(b'"<time>"', b"%(time)s")
    for name in (b"ts", b"client", b"user", b"root", b"author", b"event"):
        text = text.replace(b"<%s>" % name, b"%%(%s)s" % name)
    return text
