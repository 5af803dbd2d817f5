"""Messages of a busy made-up Discord server, as its gateway tells of them to a bot that may not read them.

Shapes are Discord's: about 900 bytes a message, 1,600 an answer (with the answered message in it). Three in ten are
answers. Who writes is log-normal, as in `made_history`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

_EPOCH_MS = 1_420_070_400_000
_SPREAD = 1.6
_ANSWERS = 0.3
_AT_ONCE = 10_000
_ROLES = '"1099000000000000001","1099000000000000002"'

Answered = tuple[int, int]
"""The id of the answered message, and who wrote it (its place among the people)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where people write: the ids of a server, its channels and its members."""

    guild: str
    channels: Sequence[str]
    people: Sequence[str]


class Talk:
    """An endless talk. `mentions` says whether answers name whom they answer, as Discord's do unless told otherwise."""

    def __init__(self, place: Place, *, mentions: bool = False, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        weight = self._random.lognormal(0, _SPREAD, len(place.people))
        self._share = weight / weight.sum()
        self._place = place
        self._mentions = mentions
        self._authors = [_author(n, number) for n, number in enumerate(place.people)]
        self._drawn = self._draw()
        self._before: dict[int, Answered] = {}
        self._last = 0

    def say(self, moment: int) -> bytes:
        """Return the data of the next message, written at a moment (ms since 1970)."""
        who, channel, answers = next(self._drawn)
        number = self._last = max((moment - _EPOCH_MS) << 22, self._last + 1)
        before = self._before.get(channel)
        self._before[channel] = number, who
        if answers and before is not None:
            return self._answer(number, who, channel, before)
        return _MESSAGE % (
            0, b"", b"", self._place.guild.encode(), _MEMBER, number, self._place.channels[channel].encode(),
            self._authors[who],
        )  # fmt: skip

    def _answer(self, number: int, who: int, channel: int, before: Answered) -> bytes:
        place, named = self._place.channels[channel].encode(), self._authors[before[1]]
        guild = self._place.guild.encode()
        named_there = named[:-1] + b',"member":' + _MEMBER + b"}" if self._mentions else b""
        reference = _REFERENCE % (before[0], place, guild, _ANSWERED % (before[0], place, named))
        return _MESSAGE % (19, named_there, reference, guild, _MEMBER, number, place, self._authors[who])

    def _draw(self) -> Iterator[tuple[int, int, bool]]:
        while True:
            who = self._random.choice(len(self._share), _AT_ONCE, p=self._share)
            channels = self._random.integers(0, len(self._place.channels), _AT_ONCE)
            answers = self._random.random(_AT_ONCE) < _ANSWERS
            yield from zip(who.tolist(), channels.tolist(), answers.tolist(), strict=True)


def _author(n: int, number: str) -> bytes:
    return (
        f'{{"username":"member.{n}","public_flags":64,"primary_guild":null,"id":"{number}","global_name":"Member {n}",'
        '"display_name_styles":null,"discriminator":"0","collectibles":null,"clan":null,'
        f'"avatar_decoration_data":null,"avatar":"{n * 2654435761 % 2**128:032x}"}}'
    ).encode()


_MEMBER = (
    f'{{"roles":[{_ROLES}],"premium_since":null,"pending":false,"nick":null,"mute":false,'
    '"joined_at":"2023-05-01T10:00:00.000000+00:00","flags":0,"deaf":false,"communication_disabled_until":null,'
    '"banner":null,"avatar":null}'
).encode()
_STATE = (
    b'"tts":false,"timestamp":"2024-02-01T10:00:00.000000+00:00","pinned":false,"nonce":"1202576403241074688",'
    b'"mention_roles":[],"mention_everyone":false,"flags":0,"embeds":[],"edited_timestamp":null,"content":"",'
    b'"components":[],"attachments":[]'
)
_MESSAGE = (
    b'{"type":%d,"mentions":[%s],%s"guild_id":"%s",' + _STATE + b',"member":%s,"id":"%d","channel_type":0,'
    b'"channel_id":"%s","author":%s}'
)
_ANSWERED = b'{"type":0,"mentions":[],' + _STATE + b',"id":"%d","channel_id":"%s","author":%s}'
_REFERENCE = (
    b'"message_reference":{"type":0,"message_id":"%d","channel_id":"%s","guild_id":"%s"},"referenced_message":%s,'
)
