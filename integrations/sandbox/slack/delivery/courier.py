"""Brings letters to apps, over sockets or HTTP, and brings again what was not taken: at once, after 1 and 5 minutes."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable

from integrations.sandbox.slack.clock import Time
from integrations.sandbox.slack.delivery.alarms import Alarms
from integrations.sandbox.slack.delivery.envelopes import envelope
from integrations.sandbox.slack.delivery.letters import EVENT, Attempt, Letter, Outcome
from integrations.sandbox.slack.delivery.posting import Posting
from integrations.sandbox.slack.delivery.sockets import Sockets
from integrations.sandbox.slack.delivery.standing import Standing
from integrations.sandbox.slack.delivery.subscriptions import hears
from integrations.sandbox.slack.limits import Limits
from integrations.sandbox.slack.model import Channel, Json
from integrations.sandbox.slack.registered import App
from integrations.sandbox.slack.world import World

_AGAIN = (0.0, 60.0, 300.0)
_HOURLY = (3600.0,) * 24
NEVER_AGAIN = len(_AGAIN) + len(_HOURLY)
"""The number of an attempt after which there is no other one."""
_REMEMBERED = 200_000


class Courier:
    """`attempts` tells how each went, `lost` the letters that were given up; `wake` is called whenever one ended."""

    def __init__(self, time: Time, limits: Limits) -> None:
        self.alarms = Alarms(time)
        self.standing = Standing(time, limits)
        self.sockets = Sockets(self.alarms, limits, self._ended)
        self.posting = Posting(limits, self._ended)
        self.attempts: deque[Attempt] = deque(maxlen=_REMEMBERED)
        self.counts: Counter[str] = Counter()
        self.lost: list[Letter] = []
        self.wake: Callable[[], None] = lambda: None
        self.under_way = 0
        self.waiting = 0

    def tell(
        self, world: World, app_id: str, team_id: str, event: Json, channel: Channel | None = None
    ) -> Letter | None:
        """Tell an app of an event in one of its workspaces, if it hears of such; returns the letter."""
        app = world.apps[app_id]
        known = world.teams[team_id].installed[app_id]
        if not hears(app, known, event, channel):
            return None
        return self.enclose(app, team_id, envelope(world, app, known, event, channel))

    def enclose(self, app: App, team_id: str, payload: Json) -> Letter | None:
        """Send an event in its envelope, unless the workspace has sent too many or the app is switched off."""
        limited = self.standing.limits(app, team_id)
        if limited is not None:
            if limited:
                self.send(Letter(app, team_id, EVENT, limited))
            return None
        letter = Letter(app, team_id, EVENT, payload)
        self.send(letter)
        return letter

    def send(self, letter: Letter) -> None:
        """Bring a letter."""
        self.under_way += 1
        if letter.app.socket_mode:
            self.sockets.send(letter)
        else:
            self.posting.send(letter)

    def _ended(self, letter: Letter, outcome: Outcome) -> None:
        """Write down how an attempt went, and try again where it went wrong."""
        self.under_way -= 1
        done = Attempt(
            letter.name, letter.kind, letter.team_id, letter.attempt, outcome.status, outcome.error, outcome.seconds
        )
        self.attempts.append(done)
        self.counts[outcome.error or "taken"] += 1
        if letter.kind == EVENT:
            self.standing.count(letter.app, well=not outcome.error)
        if not outcome.error:
            letter.reply = outcome.reply or {}
            letter.then(letter.reply)
            letter.ended.set()
        elif letter.kind != EVENT or outcome.final or letter.attempt >= len(_delays(letter)):
            letter.trouble = outcome.error
            letter.ended.set()
            self.lost.append(letter)
        else:
            self._again(letter, outcome.error)
        self.wake()

    def _again(self, letter: Letter, reason: str) -> None:
        self.waiting += 1

        def retry() -> None:
            self.waiting -= 1
            self.send(letter)

        delay = _delays(letter)[letter.attempt]
        letter.attempt, letter.reason = letter.attempt + 1, reason
        self.alarms.after(delay, retry)


def _delays(letter: Letter) -> tuple[float, ...]:
    """Return the seconds before each further attempt."""
    return _AGAIN + _HOURLY if letter.app.delayed_events else _AGAIN
