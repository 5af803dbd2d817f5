"""What a caller is told of a work that goes on."""

from __future__ import annotations

from typing import NamedTuple

from bot.chat.speech import Action, Button, Controls, Reply
from bot.commands.room import Room
from bot.teamwork.works import Progress, Work


class Alone(NamedTuple):
    """That a work goes on only where no other one of its lane does; `busy` is what is said where one does."""

    lane: str
    busy: Reply


async def begun(room: Room, look: Action, work: Work, alone: Alone | None = None) -> Reply:
    """Begin a work of the community's, and return its end or how far it is.

    `look` leads to `looked`, and names the work: what is begun under the same name is taken for the same work.
    """
    found = await room.tools.works.begin((room.community, look.text), work, alone.lane if alone else "")
    if found is None:
        return alone.busy if alone else room.say("team.nothing_going")
    return _told(room, found, look)


async def looked(room: Room, look: Action | None) -> Reply:
    """Return the end of a work, or how far it is."""
    found = await room.tools.works.look((room.community, look.text)) if look is not None else None
    return room.say("team.nothing_going") if found is None or look is None else _told(room, found, look)


def _told(room: Room, found: Reply | Progress, look: Action) -> Reply:
    if isinstance(found, Reply):
        return found
    again = Controls((Button(room.words.plain("team.look"), look),))
    percent = str(min(100 * found.done // found.of, 100)) if found.of else "0"
    stage = room.words.plain(f"team.{found.stage}", percent=percent, n=found.of - found.done)
    return room.say("team.going", again, stage=stage)
