"""A session: what a client is told, numbered, and kept until the client shows that it has it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from integrations.sandbox.discord.gateway.wire import Wire

_KEPT = 200_000


@dataclass(slots=True)
class Session:
    """One shard's session. It outlives its connection; `wire` is None while there is none.

    `parted` is when its connection ended, by the monotonic clock; `lost` that it cannot be resumed any more.
    """

    id: str
    shard: int
    shards: int
    intents: int
    wire: Wire | None = None
    sequence: int = 0
    lost: bool = False
    parted: float = 0.0
    _kept: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=_KEPT))

    def serves(self, guild_id: int | None) -> bool:
        """Whether a guild is this shard's; direct messages are the first one's."""
        return self.shard == (0 if guild_id is None else (guild_id >> 22) % self.shards)

    def tell(self, event: str, body: bytes) -> None:
        """Number an event, keep it, and send it where the client is connected."""
        self.sequence += 1
        frame = b'{"op":0,"s":%d,"t":"%s","d":%s}' % (self.sequence, event.encode(), body)
        self._kept.append((self.sequence, frame))
        if self.wire is not None:
            self.wire.push(frame)

    @property
    def taken_up(self) -> bool:
        """Whether the client has shown that it has its beginning: without that it could not be resumed."""
        return self.sequence > 0 and not (self._kept and self._kept[0][0] == 1)

    def has(self, sequence: int) -> None:
        """Forget what the client says it has."""
        while self._kept and self._kept[0][0] <= sequence:
            self._kept.popleft()

    def resumes_from(self, sequence: int) -> bool:
        """Whether all after a number is still there to be sent again."""
        first = self._kept[0][0] if self._kept else self.sequence + 1
        return not self.lost and first - 1 <= sequence <= self.sequence

    def missed(self, sequence: int) -> list[bytes]:
        """Return the frames after a number."""
        return [frame for number, frame in self._kept if number > sequence]
