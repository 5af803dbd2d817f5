"""Somebody writes to Cairn itself: they came to us by themselves, and are told how Cairn is used.

What they wrote is not known here. They are answered once a day at most, through the outbox and the Gate as with
everything that does not go straight back to a call; of who is not known, or is left out, nothing is put down.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.speech import Block, Bold, Paragraph
from bot.gate import Purpose
from bot.keys import Keys
from bot.language import Words
from bot.sending.outbox import Letter, post
from bot.storage import contacts
from bot.storage.accounts import Memory, look_up, own_member
from bot.storage.engine import Database
from scoring.signals import Account, day_of

WORTH_MS = 3_600_000
"""So long an answer is worth sending."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """What is written to Cairn by people of a space: its community and number, and how it is called and speaks."""

    database: Database
    keys: Keys
    community: int
    space: int
    name: str
    language: str

    async def heard(self, who: Account, at: int, *, answers: bool) -> bool:
        """Put down that somebody wrote (ms), and answer where that is wanted; returns whether they are known here."""
        handle = self.keys.handle(who)
        async with self.database.write() as connection:
            found = await look_up(connection, self.community, [handle], self.space, Memory())
            known = found.known.get(handle)
            own = None if known is None or known.bot else await own_member(connection, known.id)
            if known is None or own is None or not await contacts.lock(connection, self.community, own):
                return False
            await contacts.met(connection, self.community, own, at, self.space)
            await contacts.opened(connection, self.community, own, self.space, at)
            if answers:
                key = f"written:{known.member}:{day_of(at)}"
                until = at + WORTH_MS
                letter = Letter(
                    self.community, self.space, key, Purpose.ANSWER, self._blocks(), own, due=at, expires=until
                )
                await post(connection, letter, self.keys)
        return True

    def _blocks(self) -> tuple[Block, ...]:
        words = Words(self.language)
        here = words.text("chat.written_in", space=Bold(self.name)) if self.name else words.text("chat.written_there")
        return (Paragraph(words.text("chat.written")), Paragraph((*here, " ", *words.text("chat.written_else"))))
