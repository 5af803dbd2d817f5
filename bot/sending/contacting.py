"""The frame of what comes to a member by itself: who sends it, why they get it, what is kept, and how it stops.

Whatever is a contact for the Gate is said by `contact`, so that none goes without. Its buttons say nothing but what is
wanted, so they work without signing in anywhere, after a restart and years later.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.speech import Action, Block, Bold, Button, Controls, Paragraph, Text
from bot.gate import Invite
from bot.language import Words


@dataclass(frozen=True, slots=True)
class Sender:
    """For whom Cairn writes: the community's name and the space's, as people know them."""

    community: str
    space: str = ""


def contact(words: Words, sender: Sender, why: Text, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return a message in its frame. `why` ends "You get it because ...": what they did or wished, by which rule."""
    told = words.text("contact.from", community=Bold(sender.community))
    if sender.space and sender.space != sender.community:
        told = words.text("contact.from_space", community=Bold(sender.community), space=sender.space)
    because = words.text("contact.because")
    return (*blocks, Paragraph((*told, " ", *because, " ", *why)), ways_out(words))


def ways_out(words: Words) -> Controls:
    """Return the buttons that stand below every contact."""
    return Controls(
        (
            Button(words.plain("page.kept"), Action("page-kept")),
            Button(words.plain("contact.later"), Action("page-quiet")),
            Button(words.plain("contact.stop"), Action("page-invite", (Invite.NO.value,))),
        )
    )
