"""Asks members, before contact with them lapses, whether they are still with us; without an answer it lapses.

Only who wished for direct messages is asked, once for each time they came to us last. The Gate decides as for all else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.speech import Action, Block, Button, Controls, Moment, Paragraph
from bot.clockwork.duties import Job, Work, Write
from bot.clockwork.periods import Cron
from bot.community.settled import settings_from
from bot.gate import CONTACT_DAYS, Invite, Purpose
from bot.language import Words
from bot.sending.contacting import Sender, contact
from bot.sending.outbox import HELD_DAYS, Letter, post
from bot.storage import communities, spaces, speaking
from bot.storage.lapsing import Lapsing, lapsing
from scoring.signals import DAY_MS, day_of

ASK_DAYS = 170
"""So many days after a member last came to us they are asked."""


async def plan(work: Work) -> Sequence[Write]:
    """Post the questions, some at a time; a question that was posted before is not posted again."""
    async with work.database.read() as connection:
        whole = await spaces.whole(connection, work.community) or "{}"
        there = await spaces.of_community(connection, work.community)
        name = (await communities.get(connection, work.community)).name
    listened = [one for one in there if one.settings is not None]
    languages = {one.id: settings_from(whole, one).language for one in listened}
    senders = {one.id: Sender(name, one.space.name) for one in listened}
    return [_Asking(work, languages, senders)]


class _Asking:
    """Asks slice by slice; it goes on behind the last member who was asked."""

    def __init__(self, work: Work, languages: Mapping[int, str], senders: Mapping[int, Sender]) -> None:
        self._work = work
        self._languages = languages
        self._senders = senders
        self._after = 0

    async def __call__(self, connection: AsyncConnection) -> bool:
        work = self._work
        # Whoever cannot be asked in time any more is left in peace.
        met = work.now - CONTACT_DAYS * DAY_MS, work.now - ASK_DAYS * DAY_MS
        found = await lapsing(connection, work.community, met, self._after)
        own = await speaking.languages(connection, work.community, [one.member for one in found])
        for one in found:
            words = Words(own.get(one.member) or self._languages.get(one.space, "en"))
            await post(connection, letter(work, one, words, self._senders[one.space]), work.means.keys)
        self._after = found[-1].member if found else self._after
        return bool(found)


def letter(work: Work, one: Lapsing, words: Words, sender: Sender) -> Letter:
    """Return the question for a member."""
    lapses = one.met_at + CONTACT_DAYS * DAY_MS
    return Letter(
        work.community,
        one.space,
        f"renewal:{one.member}:{day_of(one.met_at)}",
        Purpose.QUESTION,
        asked(words, sender, one.met_at, lapses),
        one.member,
        due=work.now,
        expires=min(lapses, work.now + HELD_DAYS * DAY_MS),
    )


def asked(words: Words, sender: Sender, met_at: int, lapses: int) -> tuple[Block, ...]:
    """Return the question; its buttons are those that anybody may press at any time."""
    since, until = Moment(met_at, day=True), Moment(lapses, day=True)
    buttons = (
        Button(words.plain("renewal.stay"), Action("page-invite", (Invite.DM.value,))),
        Button(words.plain("renewal.here"), Action("page-invite", (Invite.HERE.value,))),
    )
    question = (Paragraph(words.text("renewal.ask", until=until)), Controls(buttons))
    return contact(words, sender, words.text("renewal.why", since=since), question)


JOB = Job("renewal", "asks members, before contact lapses, whether they are still with us", Cron("0 10 * * *"), plan)
