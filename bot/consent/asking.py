"""What follows when somebody comes by themselves: a role they chose is heeded, what has waited for them is shown, and
they are asked, seldom and in private, whether they want a page and how they wish to be invited.

One of the two stands behind the answer to what they did. The question is theirs to ignore: it comes back after half a
year.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from bot.chat.calling import Call
from bot.chat.speech import Block, Controls, File, Reply, Table
from bot.commands.room import Room
from bot.consent import cards, editions, lines
from bot.consent.choices import ASK_AGAIN_DAYS, Choices, Said, Source, Standing, What
from bot.consent.membership import Membership
from bot.consent.questions import Questions
from bot.consent.roles import There
from bot.hearing.space_settings import Listed
from bot.rights.forgetting import UNDER_AGE, Forgetting, Order
from scoring.signals import DAY_MS, Account

_QUIET = ("page", "privacy", "me", "link", "setup", "survey", "overview")
"""Commands and buttons that ask and show by themselves, or after which anything more would be in the way."""
_LONG = 12
"""Blocks of a reply behind which nothing more would be read."""


class Asking:
    """Asks people. Of those of whom nothing is stored it remembers for itself that it did, up to so many."""

    def __init__(self, most: int = 10_000) -> None:
        """Remember at most so many strangers."""
        self._strangers: OrderedDict[Account, int] = OrderedDict()
        self._most = most

    async def heed_roles(self, call: Call, room: Room) -> None:
        """Give a page to who has chosen a role that stands for it; erase who has one of those who are too young.

        What else their roles stand for holds, too. What they do not hold says nothing: elsewhere than in the space
        itself, platforms tell no roles.
        """
        roles, settings = call.caller.roles, room.settings
        if _has(settings.under_age_roles, roles):
            await Forgetting(room.database, room.keys).forget(
                Order(room.community, call.caller.account, UNDER_AGE, room.now)
            )
            return
        if _has(settings.page_roles, roles):
            await Choices(room.database, room.keys).by_role(_said(call, room, Source.ROLE, "role"))
        if roles:
            there = There(room.community, room.space, settings, room.now)
            membership = Membership(room.database, room.keys, room.record)
            await membership.heard(there, {call.caller.account: roles}, whole=False)

    async def beside(self, call: Call, room: Room, reply: Reply) -> Reply:
        """Return a reply with what has waited for the caller behind it, or else the question that is due, if one is."""
        name = call.action.name if call.action else "".join(call.command.split()[1:2])
        if reply.form is not None or reply.replaces or name.split("-")[0] in _QUIET:
            return reply
        more = () if _is_long(reply) else await self._waited(call, room)
        if not more and not _offers(reply):
            more = await self._due(call, room)
        return replace(reply, blocks=(*reply.blocks, *more)) if more else reply

    async def _waited(self, call: Call, room: Room) -> tuple[Block, ...]:
        """Return the private lines for the caller; one who is not known, or left out, has none."""
        known = await room.known(call.caller.account)
        return await lines.waiting(room, known.member) if known is not None and not known.bot else ()

    async def _due(self, call: Call, room: Room) -> tuple[Block, ...]:
        choices = Choices(room.database, room.keys)
        there = await choices.standing(_said(call, room))
        if there.out or there.excluded:
            return ()
        if there.member is None:
            new = self._is_new(call.caller.account, room.now)
            return cards.card(room.words, room.settings.consent) if new else ()
        return await self._question(call, room, there)

    async def _question(self, call: Call, room: Room, there: Standing) -> tuple[Block, ...]:
        """Return what is to be asked of somebody who is known, if anything is and it is not too soon."""
        words, consent = room.words, room.settings.consent
        questions = Questions(room.database, room.keys)
        old = await questions.outdated(_said(call, room)) if there.page else frozenset()
        if not there.page or editions.PAGE in old:
            said, what = _said(call, room, version=cards.card_version(words, consent)), What.ASKED_PAGE
            shown = cards.changed(words, consent) if there.page else cards.card(words, consent)
        elif there.invite is None or editions.INVITE in old:
            said, what = _said(call, room, version=cards.question_version(words)), What.ASKED_INVITE
            shown = cards.question(words) if there.invite is None else cards.changed_question(words)
        else:
            return ()
        return shown if await questions.ask(said, what) else ()

    def _is_new(self, who: Account, now: int) -> bool:
        """Whether a stranger was not asked in the last half year, as far as is remembered."""
        before = self._strangers.pop(who, None)
        if before is not None and before > now - ASK_AGAIN_DAYS * DAY_MS:
            self._strangers[who] = before
            return False
        self._strangers[who] = now
        if len(self._strangers) > self._most:
            self._strangers.popitem(last=False)
        return True


def _is_long(reply: Reply) -> bool:
    """Whether what stands behind a reply could be overlooked, or go into a file."""
    return len(reply.blocks) > _LONG or any(isinstance(one, File | Table) for one in reply.blocks)


def _offers(reply: Reply) -> bool:
    """Whether a reply offers a page or another choice already."""
    rows = (block.items for block in reply.blocks if isinstance(block, Controls))
    return any(one.action.name.split("-")[0] == "page" for row in rows for one in row)


def _has(wanted: Listed, roles: frozenset[tuple[str, str]]) -> bool:
    return any(wanted.has(*one) for one in roles)


def _said(call: Call, room: Room, source: Source = Source.COMMAND, version: str = "") -> Said:
    return Said(room.community, room.space, call.caller.account, room.now, source, version)
