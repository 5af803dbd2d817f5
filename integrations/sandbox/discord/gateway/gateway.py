"""All sessions: who is told what, and the controls with which tests and rehearsals disturb them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

import orjson

from integrations.sandbox.discord.gateway.intents import Intent, needed
from integrations.sandbox.discord.gateway.session import Session
from integrations.sandbox.discord.gateway.starts import Starts
from integrations.sandbox.discord.gateway.wire import Wire
from integrations.sandbox.discord.model import Guild
from integrations.sandbox.discord.payloads.guilds import whole_guild
from integrations.sandbox.discord.payloads.users import me
from integrations.sandbox.discord.world import World

_BATCH = 100
_SESSION_LASTS = 180.0


class Gateway:
    """Delivers events to sessions.

    `heartbeat` is the interval in seconds that clients are told. `counts` has how often each thing happened:
    `connections`, `identifies`, `resumes`, `refused` resumes, `heartbeats`. `moves_itself` is called when the bot
    asks to join or leave voice. `most_guilds` is how many a shard may have, `suggested_shards` what `/gateway/bot` says
    (0: as many as that takes). A connection of which more than `most_said` come in a minute is closed; that holds for
    those that come after it was changed.
    """

    def __init__(self, world: World, heartbeat: float = 41.25) -> None:
        self.world = world
        self.heartbeat = heartbeat
        self.starts = Starts(world.clock)
        self.sessions: dict[str, Session] = {}
        self.wires: set[Wire] = set()
        self.counts = dict.fromkeys(("connections", "identifies", "resumes", "refused", "heartbeats"), 0)
        self.resume_url = ""
        self.suggested_shards = 0
        self.most_guilds = 2500
        self.most_said = 120
        self.moves_itself: Callable[[dict[str, Any]], None] = lambda asked: None
        self.token_is_reset = False
        self._numbers = count(1)

    # what is told

    def tell(self, event: str, payload: object, guild_id: int | None = None) -> None:
        """Tell all whom an event concerns and who asked for its kind."""
        body: bytes | None = None
        for session in self._hearing(event, guild_id):
            if body is None:
                body = orjson.dumps(payload)
            session.tell(event, body)

    def tell_message(self, event: str, render: Callable[[bool], Any], guild_id: int | None) -> None:
        """Tell of a message; `render` gives it with or without what its author wrote."""
        bodies: dict[bool, bytes] = {}
        for session in self._hearing(event, guild_id):
            reads = bool(session.intents & Intent.CONTENT)
            if reads not in bodies:
                bodies[reads] = orjson.dumps(render(reads))
            session.tell(event, bodies[reads])

    def _hearing(self, event: str, guild_id: int | None) -> list[Session]:
        intent = needed(event, in_guild=guild_id is not None)
        asked = [one for one in self.sessions.values() if one.serves(guild_id)]
        return [one for one in asked if not intent or one.intents & intent]

    async def emit_many(self, event: str, payloads: Iterable[Any], guild_id: int | None) -> int:
        """Send prepared payloads (or their JSON) as fast as the sessions take them; returns how many."""
        sent = 0
        for payload in payloads:
            body = payload if isinstance(payload, bytes) else orjson.dumps(payload)
            for session in self._hearing(event, guild_id):
                session.tell(event, body)
            sent += 1
            if sent % _BATCH == 0:
                await self.drained()
        await self.drained()
        return sent

    async def drained(self) -> None:
        """Wait until all that was told has left for the clients that take it; stalled ones are not waited for."""
        await asyncio.gather(*(wire.emptied() for wire in self.wires if not wire.stalled))

    # how a session begins

    def begin(self, shard: tuple[int, int], intents: int, wire: Wire) -> Session:
        """Begin a session: READY, then each guild of the shard."""
        self._drop_old()
        session = Session(f"session{next(self._numbers)}", *shard, intents, wire)
        self.sessions[session.id] = session
        guilds = [guild for guild in self.world.guilds_of_bot() if session.serves(guild.id)]
        session.tell("READY", orjson.dumps(self._ready(session, guilds)))
        if intents & Intent.GUILDS:
            for guild in guilds:
                if not guild.unavailable:
                    session.tell("GUILD_CREATE", orjson.dumps(self._whole(session, guild)))
        return session

    def _drop_old(self) -> None:
        """Drop sessions whose clients have been away for longer than Discord keeps them."""
        since = time.monotonic() - _SESSION_LASTS
        for session in list(self.sessions.values()):
            if session.wire is None and session.parted < since:
                del self.sessions[session.id]

    def tell_guild(self, guild: Guild, *, new: bool) -> None:
        """Tell of a guild that the bot has come into (`new`), or that is there again after an outage."""
        for session in self._hearing("GUILD_CREATE", guild.id):
            whole = self._whole(session, guild)
            if new:
                # clients tell a new guild from one that is back by this key
                del whole["unavailable"]
            session.tell("GUILD_CREATE", orjson.dumps(whole))

    def _whole(self, session: Session, guild: Guild) -> dict[str, Any]:
        return whole_guild(self.world, guild, presences=bool(session.intents & Intent.PRESENCES))

    def _ready(self, session: Session, guilds: list[Guild]) -> dict[str, Any]:
        app = self.world.application
        return {
            "v": 10,
            "user": me(self.world),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.resume_url,
            "shard": [session.shard, session.shards],
            "application": {"id": str(app.id), "flags": app.flags},
            "session_type": "normal",
            "private_channels": [],
            "relationships": [],
            "user_settings": {},
            "presences": [],
            "geo_ordered_rtc_regions": [],
            "auth": {},
        }

    # controls

    def _connected(self, shard: int | None) -> list[tuple[Session, Wire]]:
        found = [(one, one.wire) for one in self.sessions.values() if shard in (None, one.shard)]
        return [(session, wire) for session, wire in found if wire is not None]

    def drop(self, shard: int | None = None) -> None:
        """Cut connections off; their sessions can be resumed. All are those, too, that have no session yet."""
        for wire in list(self.wires) if shard is None else [one for _, one in self._connected(shard)]:
            wire.abort()

    def close(self, code: int, shard: int | None = None) -> None:
        """Close connections with one of Discord's codes; after 4007 and 4009 the session is gone."""
        for session, wire in self._connected(shard):
            session.lost = session.lost or code in (4007, 4009)
            wire.close(code)

    def stall(self, shard: int | None = None) -> None:
        """Go silent without closing, heartbeats included."""
        for _, wire in self._connected(shard):
            wire.stall()

    def flow(self, shard: int | None = None) -> None:
        """End a stall."""
        for _, wire in self._connected(shard):
            wire.flow()

    def ask_reconnect(self, shard: int | None = None) -> None:
        """Send op 7: reconnect and resume."""
        for _, wire in self._connected(shard):
            wire.push(b'{"op":7,"d":null,"s":null,"t":null}')

    def invalidate(self, shard: int | None = None, *, resumable: bool = False) -> None:
        """Send op 9. Unless `resumable`, the session is gone and what happens until the next one is missed."""
        for session, wire in self._connected(shard):
            session.lost = session.lost or not resumable
            wire.push(b'{"op":9,"d":%s,"s":null,"t":null}' % (b"true" if resumable else b"false"))
            if session.lost:
                self.sessions.pop(session.id, None)

    def forget_sessions(self) -> None:
        """Lose all sessions silently: whoever resumes is told to begin anew."""
        for session in list(self.sessions.values()):
            session.lost = True
            if session.wire is None:
                del self.sessions[session.id]

    def reset_token(self) -> None:
        """Do as Discord does when too many sessions were begun: nothing works with this token any more."""
        self.token_is_reset = True
        for wire in list(self.wires):
            wire.close(4004)
