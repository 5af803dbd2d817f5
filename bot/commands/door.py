"""The door through which everything that people do in chat comes in: who may, what runs, and what went wrong."""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.chat.calling import Call, Caller, Offered
from bot.chat.speech import Choice, Paragraph, Reply
from bot.commands.registry import Registry
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command, Role, role_of
from bot.consent.asking import Asking
from bot.errors import InputError, WrongError
from bot.hearing.space_settings import SpaceSettings
from bot.keys import Keys
from bot.language import Words, spoken
from bot.operating.logs import unexpected
from bot.ports import Inbox
from bot.storage import accounts, contacts
from bot.storage.engine import Database
from bot.teamwork.tools import Tools
from scoring.signals import Account

A_MINUTE = 60_000
CALLS_A_MINUTE = 10
"""How many commands of one person are answered in a minute; buttons and forms three times as many."""
_MOST_SUGGESTIONS = 25
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A space whose people call: its number and its community's, what holds in it, and where signals are handed in."""

    community: int
    space: int
    settings: SpaceSettings
    inbox: Inbox | None = None


class Door:
    """Answers calls. It never raises for what a caller did, and a caller learns nothing of what they may not see."""

    def __init__(self, database: Database, keys: Keys, registry: Registry, asking: Asking | None = None) -> None:
        """Take the store and the commands, and who asks people about their choices; None asks nobody."""
        self._database = database
        self._keys = keys
        self._registry = registry
        self._pace = Pace()
        self.tools = Tools()
        self._asking = asking

    async def answer(self, call: Call, place: Place) -> Reply:
        """Return what a caller is told."""
        words = Words(spoken(call.caller.locale) or place.settings.language)
        role = role_of(call.caller, place.settings)
        command = self._registry.command(call.command) if call.command else None
        found = command or (self._registry.act(call.action.name) if call.action else None)
        if found is None or role is None:
            return _said(words, "common.unknown")
        if role < found.role:
            whom = words.plain("common.managers" if found.role is Role.MANAGER else "common.moderators")
            return _said(words, "common.not_allowed", whom=whom)
        if not self._pace.allows(call.caller.account, call.at, CALLS_A_MINUTE * (1 if command else 3)):
            return _said(words, "common.slow_down")
        room = self._room(place, role, words, call.at)
        return await _guarded(lambda: self._answered(found, call, room), words)

    async def _answered(self, found: Command | Act, call: Call, room: Room) -> Reply:
        """Return what a command says, and put down that a member came to us by themselves.

        That is done before the command where they are known by then, since it may be one that forgets them.
        """
        if self._asking is not None:
            await self._asking.heed_roles(call, room)
        known = await self._met(call, room)
        reply = await found.run(call, room)
        self.tools.told()  # whatever it changed is scored at once, so that who looks next sees it
        if not known:
            await self._met(call, room)
        return reply if self._asking is None else await self._asking.beside(call, room, reply)

    async def _met(self, call: Call, room: Room) -> bool:
        """Put down that the caller came by themselves, if the store knows them; returns whether it does."""
        there = await room.known(call.caller.account)
        if there is None or there.bot:
            return False
        async with self._database.write() as connection:
            own = await accounts.own_member(connection, there.id)
            if own is not None and await contacts.lock(
                connection, room.community, own
            ):  # or they have been forgotten since
                await contacts.met(connection, room.community, own, room.now, room.space)
        return True

    def _room(self, place: Place, role: Role, words: Words, at: int) -> Room:
        return Room(
            self._database, self._keys, place.community, place.space, place.settings, role, words, at, place.inbox,
            self.tools,
        )  # fmt: skip

    async def suggest(self, caller: Caller, at: int, wanted: tuple[str, str, str], place: Place) -> Sequence[Choice]:
        """Return choices for what was typed so far; `wanted` is the command's path, the option and what was typed."""
        path, name, typed = wanted
        words = Words(spoken(caller.locale) or place.settings.language)
        role, command = role_of(caller, place.settings), self._registry.command(path)
        if command is None or role is None or role < command.role:
            return ()
        option: Asked | None = next((one for one in command.options if one.name == name), None)
        if option is None or option.suggest is None:
            return ()
        return tuple(await option.suggest(typed, self._room(place, role, words, at)))[:_MOST_SUGGESTIONS]

    def opens_form(self, call: Call) -> bool:
        """Whether what a call leads to may answer with a form."""
        act = self._registry.act(call.action.name) if call.action else None
        found = act or self._registry.command(call.command)
        return found is not None and found.opens_form

    def may(self, caller: Caller, path: str, settings: SpaceSettings) -> bool:
        """Whether somebody may use a command, by its path; before they are asked for what it takes."""
        command, role = self._registry.command(path), role_of(caller, settings)
        return command is not None and role is not None and role >= command.role

    def offered(self, language: str) -> list[Offered]:
        """Return all commands as they are offered in a space of a language."""
        return self._registry.offered(Words(language))


class Pace:
    """How often each person has called lately. It keeps the last ten thousand people."""

    def __init__(self, most: int = 10_000) -> None:
        """Keep at most so many people."""
        self._calls: OrderedDict[Account, deque[int]] = OrderedDict()
        self._most = most

    def allows(self, who: Account, at: int, calls: int) -> bool:
        """Count a call, and return whether there were no more than so many in the minute before it."""
        mine = self._calls.setdefault(who, deque())
        self._calls.move_to_end(who)
        if len(self._calls) > self._most:
            self._calls.popitem(last=False)
        while mine and mine[0] <= at - A_MINUTE:
            mine.popleft()
        if len(mine) >= calls:
            return False
        mine.append(at)
        return True


async def _guarded(run: Callable[[], Awaitable[Reply]], words: Words) -> Reply:
    try:
        return await run()
    except InputError as error:
        said = Paragraph((str(error),))
        return Reply((said,), wrong={error.field: str(error)} if isinstance(error, WrongError) and error.field else {})
    except Exception as error:  # noqa: BLE001 - one command's fault is not another's
        number = secrets.token_hex(4)
        unexpected(_logger, f"command, number {number}", error)
        return _said(words, "common.failed", number=number)


def _said(words: Words, key: str, **values: str) -> Reply:
    return Reply((Paragraph(words.text(key, **values)),))
