"""The Home tab: a member's own page, drawn anew whenever they open it, and what else they can do from there."""

from __future__ import annotations

import logging
from collections.abc import Callable

from bot.ports import Action, Button, Call, Caller, Choice, Controls, Heading, MachineError, Offered, Select, Words
from integrations.slack.api import Api, LimitedError, RefusedError
from integrations.slack.receiving.ear import Heard
from integrations.slack.speaking.callers import Callers
from integrations.slack.speaking.marks import Marks
from integrations.slack.speaking.rendering import draw

RUN = "slack-run"
"""The name of this integration's own action: running a command from a page; its path stands in the arguments."""
_OWN = ("cairn why", "cairn rules", "cairn about-me", "cairn privacy", "cairn link", "cairn help")
_ROOT = "cairn me"
_logger = logging.getLogger(__name__)


class Home:
    """Shows people their page."""

    def __init__(self, api: Api, callers: Callers, clock: Callable[[], int]) -> None:
        self._api = api
        self._callers = callers
        self._clock = clock

    async def show(self, heard: Heard, person: str) -> None:
        """Draw somebody's page as it is now; where that fails the page stays as it was."""
        caller = await self._callers.of(heard, person)
        said = Words(caller.locale or heard.desk.settings.language)
        try:
            reply = await heard.desk.call(Call(caller, self._clock(), command=_ROOT))
            blocks = (*reply.blocks, *_more(heard.desk.offered_in(said.tag), said, staff=_is_staff(heard, caller)))
            drawn = draw(blocks, Marks(heard.workspace.id))
            view = {"type": "home", "blocks": list(drawn.blocks)}
            await self._api.post(heard.token, "views.publish", {"user_id": person, "view": view})
        except (RefusedError, LimitedError, MachineError) as error:
            _logger.warning("a page is not shown (%s)", type(error).__name__)


def _more(offered: list[Offered], said: Words, *, staff: bool) -> tuple[Heading | Controls, ...]:
    by_path = {one.path: one for one in offered if one.menu is None}
    own = [
        Button(said.plain(f"home.{path.split()[1].replace('-', '_')}"), Action(RUN, tuple(path.split())))
        for path in _OWN
        if path in by_path
    ]
    found: tuple[Heading | Controls, ...] = (Controls(tuple(own)),)
    team = [one for one in by_path.values() if one.staff]
    if staff and team:
        choices = tuple(Choice(one.path, "/" + one.path, one.about) for one in team)
        found += (
            Heading(said.text("home.team")),
            Controls((Select(Action(RUN), choices, said.plain("home.choose")),)),
        )
    return found


def _is_staff(heard: Heard, caller: Caller) -> bool:
    settings = heard.desk.settings
    return caller.runs_space or any(
        settings.moderators.has(*one) or settings.managers.has(*one) for one in caller.roles
    )
