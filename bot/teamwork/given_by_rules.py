"""What rules give, for the team to read: way by way, and what a draft of them would change."""

from __future__ import annotations

from collections.abc import Iterator

from bot.chat.speech import Block, Bold, Fields, Heading, Paragraph
from bot.commands.room import Room
from bot.rules.words import Phrases
from scoring.mountain import POINT, EngagementType, Mountain

_MOST = 40
"""Ways of engaging that are listed; the file says them all."""


def figures(room: Room, mountain: Mountain) -> Iterator[Block]:
    """Say band by band, from the top down, what gives how much; a table would cut what it is called."""
    mountain = mountain.in_language(room.words.tag)
    shown = mountain.types[:_MOST]
    for number, band in reversed(list(enumerate(mountain.bands))):
        rows = tuple(((one.title,), (_worth(room, one),)) for one in shown if one.band == number)
        if rows:
            yield Heading((band.called,))
            yield Fields(rows)


def _worth(room: Room, one: EngagementType) -> str:
    first, most = (Phrases(room.words).number(worth / POINT) for worth in (one.curve[1], one.curve[-1]))
    return f"{first} / {most}"


def changes(room: Room, before: Mountain, after: Mountain) -> Iterator[Block]:
    """Say what a draft changes."""
    yield Heading(room.words.text("draft.changes"))
    before, after = (one.in_language(room.words.tag) for one in (before, after))
    types = {one.name: one for one in before.types}
    changed = [one for one in after.types if types.get(one.name) != one]
    if not changed or len(changed) > _MOST // 2 or len(before.types) != len(after.types):
        yield Paragraph(room.words.text("draft.other", name=Bold(after.name), version=after.version))
        return
    for one in changed:
        was = types.get(one.name)
        old = _stands(room, was, before) if was else "-"
        now = _stands(room, one, after)
        yield Paragraph(room.words.text("draft.change", type=Bold(one.title), was=old, now=now))


def _stands(room: Room, one: EngagementType, mountain: Mountain) -> str:
    return f"{_worth(room, one)} / {mountain.bands[one.band].called}"
