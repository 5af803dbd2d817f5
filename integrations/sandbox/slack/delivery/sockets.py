"""Socket Mode: each letter goes to one of an app's sockets at random, and is to be acknowledged there in time."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from aiohttp import web

from integrations.sandbox.slack.delivery.alarms import Alarm, Alarms
from integrations.sandbox.slack.delivery.letters import EVENT, Letter, Outcome
from integrations.sandbox.slack.delivery.lines import Line
from integrations.sandbox.slack.limits import Limits
from integrations.sandbox.slack.model import Json
from integrations.sandbox.slack.registered import App

_CLOSE_WITHIN = 1.0
_LASTS, _DEBUGGED, _WARNED = 18_060, 360, 10
_HOST = "applink-sandbox"


@dataclass(slots=True)
class _Sent:
    letter: Letter
    line: Line
    began: float
    alarm: Alarm


class Sockets:
    """`lines` are the open ones. `counts`: `opened`, `refused`, `acks`, `late` acks, `pongs`, `junk`."""

    def __init__(self, alarms: Alarms, limits: Limits, ended: Callable[[Letter, Outcome], None]) -> None:
        self._alarms = alarms
        self._limits = limits
        self._ended = ended
        self._tickets: dict[str, str] = {}
        self._sent: dict[str, _Sent] = {}
        self.lines: list[Line] = []
        self.counts: Counter[str] = Counter()
        self.wake: Callable[[], None] = lambda: None

    def ticket(self, app: App) -> str:
        """Return what lets an app open one socket."""
        made = secrets.token_urlsafe(16)
        self._tickets[made] = app.id
        return made

    def of(self, app: App) -> list[Line]:
        """Return the sockets that an app can be told something over."""
        return [one for one in self.lines if one.app_id == app.id and not one.leaving]

    def send(self, letter: Letter) -> None:
        """Send a letter over one of the sockets."""
        open_now = self.of(letter.app)
        if not open_now:
            self._ended(letter, Outcome("no_websockets"))
            return
        number, line = str(uuid4()), secrets.choice(open_now)
        alarm = self._alarms.after(self._limits.answer, lambda: self._late(number))
        self._sent[number] = _Sent(letter, line, time.monotonic(), alarm)
        said: Json = {"envelope_id": number, "payload": letter.payload, "type": letter.kind}
        said["accepts_response_payload"] = letter.kind != EVENT
        if letter.kind == EVENT:
            said |= {"retry_attempt": letter.attempt, "retry_reason": letter.reason}
        line.push(said)

    def _late(self, number: str) -> None:
        sent = self._sent.pop(number, None)
        if sent is not None:
            self._ended(sent.letter, Outcome("timeout", seconds=time.monotonic() - sent.began))

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Follow a socket from its opening to its end."""
        app_id = self._tickets.pop(request.query.get("ticket", ""), None)
        if app_id is None:
            self.counts["refused"] += 1
            return web.Response(status=404)
        socket = web.WebSocketResponse(timeout=_CLOSE_WITHIN, compress=False, autoping=False, max_msg_size=1_048_576)
        try:
            await socket.prepare(request)
        except ConnectionError:
            # the app was gone before it got in; there is nobody to tell
            return web.Response()
        line = Line(app_id, socket, request)
        line.ponged = self._ponged
        lasts = _DEBUGGED if request.query.get("debug_reconnects") == "true" else _LASTS
        ends = [self._alarms.after(lasts - _WARNED, lambda: _goodbye(line, "warning"))]
        ends.append(self._alarms.after(lasts, lambda: _refresh(line, "refresh_requested")))
        try:
            if self._welcome(line, lasts):
                await self._follow(line)
        finally:
            for alarm in ends:
                self._alarms.cancel(alarm)
            if line in self.lines:
                self.lines.remove(line)
            await line.end()
            self.wake()
        return socket

    def _welcome(self, line: Line, lasts: int) -> bool:
        """Say hello; one socket too many is told to go."""
        here = [one for one in self.lines if one.app_id == line.app_id]
        if len(here) >= self._limits.sockets:
            self.counts["refused"] += 1
            _refresh(line, "too_many_websockets")
            return False
        self.lines.append(line)
        self.counts["opened"] += 1
        about = {"host": _HOST, "build_number": 1, "approximate_connection_time": lasts}
        known = {"app_id": line.app_id}
        count = len(here) + 1
        line.push({"type": "hello", "num_connections": count, "debug_info": about, "connection_info": known})
        self.wake()
        return True

    async def _follow(self, line: Line) -> None:
        while (said := await line.hear()) is not None:
            sent = self._sent.pop(str(said.get("envelope_id")), None)
            if sent is None:
                self.counts["late" if "envelope_id" in said else "junk"] += 1
                continue
            self._alarms.cancel(sent.alarm)
            self.counts["acks"] += 1
            reply = said.get("payload")
            spent = time.monotonic() - sent.began
            taken = reply if isinstance(reply, dict) else {}
            self._ended(sent.letter, Outcome(status=200, reply=taken, seconds=spent))

    def _ponged(self) -> None:
        self.counts["pongs"] += 1
        self.wake()

    # controls

    def drop(self, app: App | None = None) -> None:
        """Cut sockets off."""
        for line in self._chosen(app):
            line.abort()

    def stall(self, app: App | None = None) -> None:
        """Go silent without closing, pings included."""
        for line in self._chosen(app):
            line.stall()

    def flow(self, app: App | None = None) -> None:
        """End a stall."""
        for line in self._chosen(app):
            line.flow()

    async def ping(self, app: App | None = None) -> None:
        """Ask whether apps are there."""
        for line in self._chosen(app):
            await line.ping()

    def warn(self, app: App | None = None) -> None:
        """Say that a socket will be closed in some ten seconds; it still works."""
        for line in self._chosen(app):
            _goodbye(line, "warning")

    def refresh(self, app: App | None = None, reason: str = "refresh_requested") -> None:
        """Close sockets as planned; the app is to open others. `reason` may be `link_disabled`."""
        for line in self._chosen(app):
            _refresh(line, reason)

    def _chosen(self, app: App | None) -> list[Line]:
        return [one for one in self.lines if app is None or one.app_id == app.id]


def _goodbye(line: Line, reason: str) -> None:
    line.push({"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}})


def _refresh(line: Line, reason: str) -> None:
    """Let an app open another socket in place of this one."""
    _goodbye(line, reason)
    line.close()
