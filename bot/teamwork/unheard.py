"""What a team is told in chat of the times in which not everything was heard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.chat.speech import Block, Moment, Paragraph
from bot.language import Words
from scoring.measures.gaps import Stretch
from scoring.signals import Kind

MARK = " *"
"""Stands behind what is incomplete."""
_SHOWN = 3
"""How many times, the latest, are told of one by one."""


def unheard(words: Words, gaps: Sequence[Stretch]) -> Iterator[Block]:
    """Say from when to when not everything was heard, where, and what is missing; nothing where all was."""
    if not gaps:
        return
    yield Paragraph(words.text("unheard.care"))
    for one in gaps[-_SHOWN:]:
        ends = {"since": Moment(one.since), "until": Moment(one.until)}
        if one.open:
            yield Paragraph(words.text("unheard.open", space=one.space, **ends))
        else:
            yield Paragraph(words.text("unheard.lost", space=one.space, kinds=listed(words, one.missing), **ends))
    if len(gaps) > _SHOWN:
        yield Paragraph(words.text("unheard.more", n=len(gaps) - _SHOWN))


def listed(words: Words, kinds: Sequence[Kind]) -> str:
    """Return what is missing, as people call it."""
    return ", ".join(words.plain(f"unheard.kind.{one.label}") for one in kinds)
