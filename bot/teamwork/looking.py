"""What has to be asked of the platform before the team's word is taken: channels, and who somebody is."""

from __future__ import annotations

from bot.chat.calling import Call, Look
from bot.commands.room import Room
from bot.commands.spec import Role, role_of
from bot.errors import MachineError, WrongError
from scoring.signals import Account

_CHANNEL = "channel"


async def private_channel(call: Call, room: Room, place: str) -> None:
    """Refuse what was given as `channel`: no channel of this space, one that all read, or one we cannot write in.

    Raises WrongError.
    """
    await _channel(call, room, place, private=True)


async def writable_channel(call: Call, room: Room, place: str) -> None:
    """Refuse what was given as `channel`, by a WrongError: no channel of this space, or one we cannot write in."""
    await _channel(call, room, place, private=False)


async def _channel(call: Call, room: Room, place: str, *, private: bool) -> None:
    try:
        found = await _look(call, room).channel(place)
    except MachineError:
        raise _wrong(room, "not_told", _CHANNEL) from None
    if found is None:
        raise _wrong(room, "no_channel", _CHANNEL)
    if private and found.everyone:
        raise _wrong(room, "public", _CHANNEL)
    if not found.writable:
        raise _wrong(room, "not_writable", _CHANNEL)


async def may_leave_out_person(call: Call, room: Room, who: Account) -> bool:
    """Whether the caller may decide that somebody does not count: moderators may not decide it of managers."""
    if room.role is Role.MANAGER:
        return True
    try:
        found = await _look(call, room).person(who)
    except MachineError:
        raise _wrong(room, "not_told", "who") from None
    return found is None or role_of(found, room.settings) is not Role.MANAGER


async def may_leave_out_role(call: Call, room: Room, role: str) -> bool:
    """Whether the caller may decide that a role does not count: moderators may not decide it of a managers' role."""
    if room.role is Role.MANAGER:
        return True
    try:
        found = await _look(call, room).role(role)
    except MachineError:
        raise _wrong(room, "not_told", "role") from None
    return not room.settings.managers.has(role, found.name if found else "") and not (found and found.runs_space)


def _look(call: Call, room: Room) -> Look:
    if call.look is None:
        raise _wrong(room, "not_told")
    return call.look


def _wrong(room: Room, key: str, field: str = "") -> WrongError:
    return WrongError(room.words.plain(f"team.asked.{key}"), field)
