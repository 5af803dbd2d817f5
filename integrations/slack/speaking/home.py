"""The Home tab: a member's own page, and for the team what waits for it and how Cairn is set.

It is drawn anew whenever somebody opens it, and when what they do from it may have changed it. One page is drawn at a
time; whatever is asked for meanwhile is drawn once, when that is done. So what was drawn last is what holds.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable

from bot.ports import (
    Action,
    Block,
    Button,
    Call,
    Caller,
    Choice,
    Controls,
    Heading,
    MachineError,
    Offered,
    Select,
    Words,
    spoken,
)
from integrations.slack.api import Api, LimitedError, RefusedError
from integrations.slack.receiving.ear import Heard
from integrations.slack.speaking.callers import Callers
from integrations.slack.speaking.marks import Marks
from integrations.slack.speaking.rendering import draw

RUN = "slack-run"
"""The name of this integration's own action: running a command from a page; its path stands in the arguments."""
OWN = (
    "cairn page", "cairn why", "cairn rules", "cairn about-me", "cairn privacy", "cairn link", "cairn thank",
    "cairn help",
)  # fmt: skip
"""What a member can do from their page."""
_MEMBERS, _TEAMS = 50, 48
"""Blocks of the member's part and of the team's; Slack shows a hundred."""
_KNOWN = 5_000
_CONFLICT = "hash_conflict"
_logger = logging.getLogger(__name__)
_Whose = tuple[str, str]


class Home:
    """Shows people their page."""

    def __init__(self, api: Api, callers: Callers, clock: Callable[[], int]) -> None:
        self._api = api
        self._callers = callers
        self._clock = clock
        self._going: dict[_Whose, bool] = {}
        self._hashes: OrderedDict[_Whose, str] = OrderedDict()

    async def show(self, heard: Heard, person: str) -> None:
        """Draw somebody's page as it is now; where that fails the page stays as it was."""
        whose = heard.workspace.id, person
        if whose in self._going:
            self._going[whose] = True
            return
        try:
            self._going[whose] = True
            while self._going[whose]:
                self._going[whose] = False
                await self._draw(heard, whose)
        finally:
            del self._going[whose]

    async def _draw(self, heard: Heard, whose: _Whose) -> None:
        try:
            caller = await self._callers.of(heard, whose[1])
            blocks = await self._blocks(heard, caller)
            await self._publish(heard, whose, {"type": "home", "blocks": blocks})
        except (RefusedError, LimitedError, MachineError) as error:
            _logger.warning("a page is not shown (%s)", error if isinstance(error, RefusedError) else "no answer")

    async def _blocks(self, heard: Heard, caller: Caller) -> list[dict[str, object]]:
        """Return the page. Each of its parts is cut by itself, so that a long one leaves room for the other."""
        desk = heard.desk
        said = Words(spoken(caller.locale) or desk.settings.language)
        offered = {one.path: one for one in desk.offered_in(said.tag) if one.menu is None}
        mine = await desk.call(Call(caller, self._clock(), action=Action("me-home")))
        there = {one.action.name for row in mine.blocks if isinstance(row, Controls) for one in row.items}
        paths = [one for one in OWN if one in offered and one.split()[1] not in there]
        own = [Button(_label(said, path), Action(RUN, tuple(path.split()))) for path in paths]
        parts: list[tuple[tuple[Block, ...], int]] = [((*mine.blocks, Controls(tuple(own))), _MEMBERS)]
        if _is_staff(heard, caller):
            team = await desk.call(Call(caller, self._clock(), action=Action("overview")))
            parts.append(((*_every_command(offered.values(), said), *team.blocks), _TEAMS))
        found: list[dict[str, object]] = []
        for blocks, most in parts:
            found += draw(blocks, Marks(heard.workspace.id), most).blocks
        return found

    async def _publish(self, heard: Heard, whose: _Whose, view: dict[str, object]) -> None:
        """Put a page up; where another process has put a newer one up meanwhile, it is drawn again."""
        body: dict[str, object] = {"user_id": whose[1], "view": view}
        before = self._hashes.pop(whose, "")
        try:
            answer = await self._api.post(heard.token, "views.publish", body | ({"hash": before} if before else {}))
        except RefusedError as error:
            if error.code != _CONFLICT:
                raise
            self._going[whose] = True
            return
        self._hashes[whose] = str((answer.get("view") or {}).get("hash") or "")
        while len(self._hashes) > _KNOWN:
            self._hashes.popitem(last=False)


def _every_command(offered: Iterable[Offered], said: Words) -> tuple[Block, ...]:
    choices = tuple(Choice(one.path, "/" + one.path, one.about) for one in offered if one.staff)
    choose = Select(Action(RUN), choices, said.plain("home.choose"))
    return Heading(said.text("home.team")), Controls((choose,))


def _label(said: Words, path: str) -> str:
    return said.plain(f"home.{path.split()[1].replace('-', '_')}")


def _is_staff(heard: Heard, caller: Caller) -> bool:
    """Whether there may be a part for the team; what is in it is settled anew by each call."""
    settings = heard.desk.settings
    return caller.runs_space or any(
        settings.moderators.has(*one) or settings.managers.has(*one) for one in caller.roles
    )
