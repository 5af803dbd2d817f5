"""`/cairn-team event`: convenings: announced, checked in to, counted."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from bot.chat.calling import Call
from bot.chat.speech import (
    Action,
    Asks,
    Block,
    Bold,
    Button,
    Choice,
    Controls,
    Field,
    Form,
    Moment,
    Paragraph,
    Reply,
    Style,
    Table,
    Who,
)
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command, Role
from bot.gate import Purpose
from bot.language import Words
from bot.ports import Receipt
from bot.sending.outbox import Letter, post
from bot.storage import accounts, contacts, convenings
from bot.storage.convenings import Convening, context_of
from bot.storage.turns import in_turn
from bot.teamwork.given import LINE, NAME, Given
from bot.teamwork.looking import writable_channel
from bot.teamwork.people import actor, did
from bot.teamwork.recording import refused, stored
from scoring.signals import DAY_MS, Account, Kind, Signal, date_of

ANNOUNCED, CALLED_OFF, OPENED, CHECKED_IN, COUNTED = (
    "announced a convening",
    "called a convening off",
    "opened checking in",
    "checked somebody in",
    "counted heads",
)
_MINUTE, _HOUR = 60_000, 3_600_000
_EARLY, _LATE = _HOUR, 3 * _HOUR
"""How long before its beginning and after its end people check themselves in (ms)."""
_LONGEST, _FURTHEST = 7 * 24 * 60, 366
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_MOST_SHOWN, _MOST_HEADS = 20, 1_000_000


async def create(call: Call, room: Room) -> Reply:
    """Put a convening down, and announce it where a channel is given."""
    given = Given(call, room)
    title, place = given.needed("title"), given.text("place", LINE)
    start = given.moment("day", "time")
    minutes = given.number("minutes", _LONGEST) or 60
    if not room.now - DAY_MS < start < room.now + _FURTHEST * DAY_MS:
        raise given.wrong("day", "event.wrong_time")
    channel = given.place("channel")
    if channel:
        await writable_channel(call, room, channel)
    end = start + round(minutes * _MINUTE)
    one = Convening(0, room.space, secrets.token_hex(6), title, place, channel, start, end, None, False, None)
    async with in_turn(room.database, room.community) as connection:
        by = await actor(connection, room, call.caller.account)
        await convenings.add(connection, room.community, one, (by, room.now))
        if channel:
            await post(connection, _announcement(room, one), room.keys)
        await did(connection, room, call, ANNOUNCED, convening=one.public)
    off = Button(room.words.plain("event.call_off"), Action("event-off", (one.public,)), Style.DANGER)
    key = "event.announced" if channel else "event.made"
    return room.say(key, Controls((off,)), title=Bold(title), when=Moment(start))


def _announcement(room: Room, one: Convening) -> Letter:
    words = _public_words(room)
    blocks: list[Block] = [Paragraph(words.text("event.invite", title=Bold(one.title), when=Moment(one.starts_at)))]
    if one.place:
        blocks.append(Paragraph(words.text("event.where", place=one.place)))
    return _letter(room, one, "announced", tuple(blocks))


def _public_words(room: Room) -> Words:
    """Return the language of what everybody reads: the space's, not the caller's."""
    return Words(room.settings.language)


def _letter(room: Room, one: Convening, what: str, blocks: tuple[Block, ...]) -> Letter:
    key = f"event:{one.public}:{what}"
    latest = max(one.ends_at, room.now + _HOUR)
    of = (room.community, one.space, key, Purpose.POST, blocks)
    return Letter(*of, channel=one.channel, due=room.now, expires=latest)


async def _off(call: Call, room: Room) -> Reply:
    """Call a convening off, and say so where it was announced."""
    one = await _of_action(call, room)
    if one is None:
        return room.say("event.unknown")
    async with in_turn(room.database, room.community) as connection:
        done = await convenings.call_off(connection, one.id, room.now)
        if done and one.channel:
            said = _public_words(room).text("event.off", title=Bold(one.title), when=Moment(one.starts_at))
            await post(connection, _letter(room, one, "off", (Paragraph(said),)), room.keys)
        if done:
            await did(connection, room, call, CALLED_OFF, convening=one.public)
    return room.say("event.called_off" if done else "event.unknown", title=Bold(one.title))


async def check_in(call: Call, room: Room) -> Reply:
    """Let people check in by a button or a code, or check one person in."""
    given = Given(call, room)
    one = await _meant(room, given)
    if call.given.get("who") is not None:
        return await _one_more(call, room, one, given.person())
    wanted = "".join(secrets.choice(_LETTERS) for _ in range(5)) if given.flag("code") else None
    async with in_turn(room.database, room.community) as connection:
        code = await convenings.open_for_checking_in(connection, one.id, wanted)
        if one.channel:
            words = _public_words(room)
            told = Paragraph(words.text("event.door", title=Bold(one.title)))
            await post(connection, _letter(room, one, "open", (told, _door(words, one, code))), room.keys)
        await did(connection, room, call, OPENED, convening=one.public)
    say = "event.open_code" if code else "event.open"
    posted = (Paragraph(room.words.text("event.posted")),) if one.channel else ()
    return room.say(say, _door(room.words, one, code), *posted, title=Bold(one.title), code=Bold(code or "-"))


def _door(words: Words, one: Convening, code: str | None) -> Controls:
    action = Action("event-code" if code else "event-here", (one.public,))
    label = words.plain("event.button", title=one.title[:24])
    return Controls((Button(label[:40], action, Style.MAIN),))


async def _one_more(call: Call, room: Room, one: Convening, who: Account) -> Reply:
    """Check somebody in on the team's word."""
    receipt = await room.record([_attendance(one, who, room.now)])
    if not stored(receipt):
        return refused(room, receipt)
    known = await room.known(who)
    async with in_turn(room.database, room.community) as connection:
        await did(connection, room, call, CHECKED_IN, known.member if known else None, convening=one.public)
    return room.say("event.checked_in", who=Who(who), title=Bold(one.title))


def _attendance(one: Convening, who: Account, now: int) -> Signal:
    """Return that somebody was there, dated by when it began; each person once, whoever says it."""
    at = min(one.starts_at, now)
    return Signal(Kind.ATTENDANCE, f"{one.key}/here", one.key_day, at, who, now, context_of(one), key_person=who)


async def _here(call: Call, room: Room) -> Reply:
    """Check the caller in, where no code is asked for."""
    one = await _of_action(call, room)
    if one is None or not one.checking_in or one.code is not None:
        return room.say("event.unknown")
    return await _myself(call, room, one)


async def _ask_code(call: Call, room: Room) -> Reply:
    one = await _of_action(call, room)
    if one is None or not one.checking_in:
        return room.say("event.unknown")
    words = room.words
    fields = (Field("code", words.plain("event.code"), hint=words.plain("event.code_hint"), longest=10),)
    return Reply(form=Form(words.plain("event.form"), fields, Action("event-coded", (one.public,))))


async def _coded(call: Call, room: Room) -> Reply:
    """Check the caller in, where the code is right."""
    one = await _of_action(call, room)
    if one is None or not one.checking_in or one.code is None:
        return room.say("event.unknown")
    given = Given(call, room)
    code = given.text("code").replace(" ", "").upper()
    if not secrets.compare_digest(code.encode(), one.code.encode()):
        raise given.wrong("code", "event.wrong_code")
    return await _myself(call, room, one)


async def _myself(call: Call, room: Room, one: Convening) -> Reply:
    if not one.starts_at - _EARLY <= room.now <= one.ends_at + _LATE:
        return room.say("event.not_now", when=Moment(one.starts_at))
    receipt: Receipt = await room.record([_attendance(one, call.caller.account, room.now)])
    if not stored(receipt):
        return refused(room, receipt)
    known = await room.known(call.caller.account)
    if known is not None:
        async with in_turn(room.database, room.community) as connection:
            own = await accounts.own_member(connection, known.id)
            if own is not None:
                await contacts.came(connection, room.community, own, room.space)
    return room.say("event.welcome", title=Bold(one.title))


async def _of_action(call: Call, room: Room) -> Convening | None:
    """Return the convening that a button is about, in this community and space."""
    arguments = call.action.arguments if call.action else ()
    if len(arguments) != 1:
        return None
    async with room.database.read() as connection:
        one = await convenings.find(connection, room.community, arguments[0])
    return one if one is not None and one.space == room.space else None


async def _meant(room: Room, given: Given) -> Convening:
    """Return the convening that was chosen; or, of those of the title that was typed, the one nearest to now.

    Raises WrongError where there is none.
    """
    wanted = given.needed("event")
    async with room.database.read() as connection:
        one = await convenings.find(connection, room.community, wanted)
    if one is not None:
        return one
    titled = [one for one in await _lately(room, 30, _FURTHEST) if one.title.casefold() == wanted.casefold()]
    if not titled:
        raise given.wrong("event", "event.unknown")
    return min(titled, key=lambda one: abs(one.starts_at - room.now))


async def headcount(call: Call, room: Room) -> Reply:
    """Put down how many people were there, whoever they were."""
    given = Given(call, room)
    heads = given.number("heads", _MOST_HEADS)
    if heads is None or heads != int(heads):
        raise given.wrong("heads", "team.no_number")
    one = await _meant(room, given)
    async with in_turn(room.database, room.community) as connection:
        await convenings.count_heads(connection, room.community, one, int(heads))
        await did(connection, room, call, COUNTED, convening=one.public, heads=int(heads))
    return room.say("event.counted", n=int(heads), title=Bold(one.title))


async def list_(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all commands are called alike
    """List what is to come and what was lately."""
    there = await _lately(room, 90, _FURTHEST)
    async with room.database.read() as connection:
        came = await convenings.came(connection, room.community, there)
        heads = await convenings.heads(connection, room.community, there)
    if not there:
        return room.say("event.none")
    head = tuple(room.words.plain(f"event.head.{one}") for one in ("day", "title", "came", "heads"))
    rows = tuple(
        (date_of(one.key_day).isoformat(), one.title, str(came[one.public]), str(heads.get(one.public, "-")))
        for one in there[-_MOST_SHOWN:]
    )
    return room.say("event.all", Table(head, rows, frozenset({2, 3})))


async def _lately(room: Room, before: int, after: int) -> list[Convening]:
    """Return the convenings from so many days ago to so many days ahead."""
    since, until = room.now - before * DAY_MS, room.now + after * DAY_MS
    async with room.database.read() as connection:
        return await convenings.between(connection, room.community, since, until)


async def _suggest(typed: str, room: Room) -> Sequence[Choice]:
    there = sorted(await _lately(room, 30, _FURTHEST), key=lambda one: abs(one.starts_at - room.now))
    fits = [one for one in there if typed.casefold().strip() in one.title.casefold()]
    return [Choice(one.public, f"{date_of(one.key_day).isoformat()} {one.title[:NAME]}") for one in fits[:25]]


_EVENT = Asked("event", required=True, suggest=_suggest)
COMMANDS = (
    Command(
        "cairn-team event create",
        create,
        Role.MODERATOR,
        (
            Asked("title", required=True),
            Asked("day", Asks.DAY, required=True),
            Asked("time", required=True),
            Asked("minutes", Asks.NUMBER, least=1, most=_LONGEST),
            Asked("place"),
            Asked("channel", Asks.CHANNEL),
        ),
        {"event-off": Act(_off, Role.MODERATOR)},
    ),
    Command(
        "cairn-team event check-in",
        check_in,
        Role.MODERATOR,
        (_EVENT, Asked("code", Asks.YES_OR_NO), Asked("who", Asks.PERSON)),
        {"event-here": Act(_here), "event-code": Act(_ask_code, opens_form=True), "event-coded": Act(_coded)},
    ),
    Command(
        "cairn-team event headcount",
        headcount,
        Role.MODERATOR,
        (_EVENT, Asked("heads", Asks.NUMBER, required=True, least=0, most=_MOST_HEADS)),
    ),
    Command("cairn-team event list", list_, Role.MODERATOR, acts={"event-list": Act(list_, Role.MODERATOR)}),
)
