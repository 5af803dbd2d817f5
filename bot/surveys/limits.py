"""What platforms have room for: an integration says it of its own, and survey files are held against all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.rules.problems import Path, Problem


class Room(StrEnum):
    """What there is only so much room for, in the words of errors."""

    BUTTONS = "a row of buttons"
    RADIO = "radio buttons"
    TICKS = "boxes to tick"
    LIST = "a list"
    BUTTON = "the words on a button"
    OPTION = "a choice"
    ABOUT = "what stands below a choice"
    TITLE = "the title of a form"
    LABEL = "the label of a field in a form"
    HINT = "the hint of a field in a form"
    POST = "a text in a message"
    TEXT = "a text that is written in a form"


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one platform: how many choices an element takes, how many characters a text has."""

    platform: str
    buttons: int
    radio: int
    ticks: int
    list: int
    button: int
    option: int
    about: int
    title: int
    label: int
    hint: int
    post: int
    text: int

    def of(self, room: Room) -> int:
        """Return how much there is of a room."""
        found: int = getattr(self, room.name.lower())
        return found


@dataclass(frozen=True, slots=True)
class Need:
    """What a survey needs room for: how much, where it stands in the file, and what would help where it is too much."""

    path: Path
    room: Room
    amount: int
    remedy: str = ""


_COUNTED = (Room.BUTTONS, Room.RADIO, Room.TICKS, Room.LIST)


def too_much(needs: Iterable[Need], platforms: Iterable[Limits]) -> Iterator[Problem]:
    """Yield a problem for each need that some platform has no room for; it names the one with the least."""
    there = list(platforms)
    for need in needs:
        least = min((one.of(need.room) for one in there), default=need.amount)
        if need.amount > least:
            names = " and ".join(one.platform for one in there if one.of(need.room) == least)
            what = "choices" if need.room in _COUNTED else "characters"
            remedy = f"; {need.remedy}" if need.remedy else ""
            yield Problem(
                need.path, f"{need.amount:,} {what} were found; {need.room} has at most {least:,} on {names}{remedy}"
            )
