"""`/cairn about-me`: what I say of myself: my time zone, the groups I count myself to, and my names elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import plain
from bot.chat.calling import Call
from bot.chat.speech import Action, Block, Bold, Button, Choice, Controls, Field, Fields, Form, Paragraph, Reply, Text
from bot.commands.mine import standing, without_page
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command
from bot.consent.choices import Said, Standing
from bot.hearing.space_settings import Consent
from bot.identity import callers, declared
from bot.identity.declared import HANDLE, LONGEST, SCHEMES, Declared
from bot.rules import ruling
from bot.rules.words import Phrases
from bot.storage import choosing
from bot.storage.choosing import Family
from bot.storage.turns import in_turn
from scoring.mountain import Mountain

OPTION, ZONE = "zone", ":zone"
"""The zone as an option, and as a field: no group can be called so."""
_IN_A_FORM = 4
"""Groups in one form, beside the zone."""
_MOST_PAGES = 4
_CLOSE = 3
_SUGGESTED = 25


async def run(call: Call, room: Room) -> Reply:
    """Show what the caller said of themselves; or, where a zone is given, put that down."""
    there = await standing(call, room)
    if there.out:
        return without_page(room, there) or room.say("about-me.not_now")
    if call.given.get(OPTION):
        reply = await _saved(call, room, {ZONE: str(call.given[OPTION])})
        return replace(reply, wrong={OPTION: reply.wrong[ZONE]} if reply.wrong else {})
    return Reply(await _page(room, there))


async def edit(call: Call, room: Room) -> Reply:
    """Ask for the zone and some of the groups, with what is there already."""
    there, mountain = await standing(call, room), await _mountain(room)
    if there.out:
        return without_page(room, there) or room.say("about-me.not_now")
    groups = _groups(mountain, _number(call))
    said = await _declared(room, there, mountain)
    fields = [Field(ZONE, room.words.plain("about-me.zone"), required=False, value=said.zone or "", longest=LONGEST)]
    fields += [_field(room, mountain, name, said.groups.get(name, "")) for name in groups]
    action = Action("about-me-save")
    return Reply(form=Form(room.words.plain("about-me.form"), tuple(fields), action))


def _field(room: Room, mountain: Mountain, name: str, value: str) -> Field:
    hint = room.words.plain("about-me.sensitive" if name in mountain.sensitive else "about-me.hint")
    return Field(name, Phrases(room.words).group(name), required=False, value=value, hint=hint, longest=LONGEST)


async def handles(call: Call, room: Room) -> Reply:
    """Ask for what the caller is called elsewhere."""
    there, mountain = await standing(call, room), await _mountain(room)
    if there.out:
        return without_page(room, there) or room.say("about-me.not_now")
    said = await _declared(room, there, mountain)
    fields = tuple(
        Field(f"{HANDLE}{scheme}", name, required=False, value=said.handles.get(scheme, ""), longest=200)
        for scheme, name in SCHEMES.items()
    )
    return Reply(form=Form(room.words.plain("about-me.handles_form"), fields, Action("about-me-save")))


async def save(call: Call, room: Room) -> Reply:
    """Put down what a form says; what is left empty is taken back."""
    there = await standing(call, room)
    if there.out:
        return without_page(room, there) or room.say("about-me.not_now")
    return await _saved(call, room, {name: str(value or "") for name, value in call.given.items()})


async def _saved(call: Call, room: Room, given: Mapping[str, str]) -> Reply:
    mountain = await _mountain(room)
    said, wrong = _read(room, mountain, given)
    speaker = Said(room.community, room.space, call.caller.account, room.now)
    async with in_turn(room.database, room.community) as connection:
        wait = room.settings.consent is Consent.STRICT
        known = await callers.made(connection, room.keys, speaker, wait=wait)
        whose = await choosing.family_of(connection, room.community, known.member) if known else None
        if whose is not None:
            await _put(room, whose, said, connection)
    there = await standing(call, room)
    if whose is None:
        return without_page(room, there) or room.say("about-me.not_now")
    told = [Paragraph(text) for text in wrong.values()] or [Paragraph(room.words.text("about-me.saved"))]
    sentences = {name: plain.words(text) for name, text in wrong.items()}
    return Reply((*told, *await _page(room, there)), wrong=sentences)


def _read(room: Room, mountain: Mountain, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Text]]:
    """Return what can be put down of what was given, and what is wrong with the rest. Nothing else is looked at."""
    said: dict[str, str] = {}
    wrong: dict[str, Text] = {}
    for name, value in given.items():
        scheme = name.removeprefix(HANDLE)
        if name == ZONE and value.strip() and declared.zone_of(value) is None:
            wrong[name] = _no_zone(room, value)
        elif name == ZONE:
            said[ZONE] = declared.zone_of(value) or ""
        elif name in mountain.groups:
            said[name] = declared.value_of(mountain, name, value)
        elif name.startswith(HANDLE) and scheme in SCHEMES:
            handle = declared.handle(scheme, value) if value.strip() else ""
            if handle is None:
                wrong[name] = room.words.text("about-me.no_handle", scheme=SCHEMES[scheme])
            else:
                said[name] = declared.sealed(room.keys, handle) if handle else ""
    return said, wrong


def _no_zone(room: Room, value: str) -> Text:
    shown = " ".join(value.split())[:LONGEST]
    close = get_close_matches(value.casefold()[:LONGEST], declared.zones(), _CLOSE)
    if not close:
        return room.words.text("about-me.no_zone", zone=shown)
    return room.words.text("about-me.close_zone", zone=shown, close=", ".join(declared.zones()[one] for one in close))


async def _put(room: Room, whose: Family, said: Mapping[str, str], connection: AsyncConnection) -> None:
    if ZONE in said:
        await declared.set_zone(connection, room.community, whose, said[ZONE] or None)
    others = {name: value for name, value in said.items() if name != ZONE}
    if others:
        await declared.say(connection, room.community, whose, others)


def _zone_shown(room: Room, said: Declared) -> str:
    """Return the zone that holds: one's own word, else what the profile on the platform says."""
    if said.zone or not said.profile_zone:
        return said.zone or ""
    return room.words.plain("about-me.by_profile", zone=said.profile_zone)


async def _page(room: Room, there: Standing) -> tuple[Block, ...]:
    mountain = await _mountain(room)
    said = await _declared(room, there, mountain)
    nothing = room.words.plain("about-me.nothing")
    rows: list[tuple[Text, Text]] = [
        ((Bold(room.words.plain("about-me.zone")),), (_zone_shown(room, said) or nothing,))
    ]
    called = Phrases(room.words)
    for name in mountain.groups:
        marked = f" ({room.words.plain('about-me.marked')})" if name in mountain.sensitive else ""
        rows.append(((Bold(called.group(name)), marked), (said.groups.get(name, nothing),)))
    rows += [((Bold(name),), (said.handles[one],)) for one, name in SCHEMES.items() if one in said.handles]
    pages = range(min(max(-(-len(mountain.groups) // _IN_A_FORM), 1), _MOST_PAGES))
    change = [
        Button(room.words.plain("about-me.change" if n == 0 else "about-me.more"), Action("about-me-edit", (str(n),)))
        for n in pages
    ]
    elsewhere = Button(room.words.plain("about-me.handles"), Action("about-me-handles"))
    intro = [Paragraph(room.words.text("about-me.what"))]
    if mountain.sensitive:
        intro.append(Paragraph(room.words.text("about-me.about_sensitive")))
    return (*intro, Fields(tuple(rows)), Controls((*change, elsewhere)))


async def _declared(room: Room, there: Standing, mountain: Mountain) -> Declared:
    async with room.database.read() as connection:
        whose = await choosing.family_of(connection, room.community, there.member) if there.member else None
        if whose is None:
            return Declared(None, {}, {})
        return await declared.read(connection, room.community, room.keys, whose, mountain)


async def _mountain(room: Room) -> Mountain:
    async with room.database.read() as connection:
        return (await ruling.in_force(connection, room.community)).mountain


def _groups(mountain: Mountain, page: int) -> tuple[str, ...]:
    return mountain.groups[page * _IN_A_FORM : (page + 1) * _IN_A_FORM]


def _number(call: Call) -> int:
    """Return which form is asked for; what is none is the first."""
    text = next(iter(call.action.arguments), "") if call.action else ""
    return int(text) if len(text) == 1 and text in "0123456789" else 0


async def zones(typed: str, room: Room) -> list[Choice]:
    """Suggest zones: those that begin with what was typed before those that hold it, and what time it is there."""
    wanted = typed.strip().replace(" ", "_").casefold()[:LONGEST]
    region = room.settings.zone.rpartition("/")[0].casefold() if not wanted else ""
    found = []
    for small, name in declared.zones().items():
        city = small.rpartition("/")[2]
        if "/" not in name or small.startswith("etc/"):
            rank = 3 if small == wanted else None
        elif wanted:
            rank = 0 if city.startswith(wanted) else 1 if small.startswith(wanted) else 2 if wanted in small else None
        else:
            rank = 0 if name == room.settings.zone else 1 if region and small.startswith(f"{region}/") else None
        if rank is not None:
            found.append((rank, name))
    moment = dt.datetime.fromtimestamp(room.now / 1000, dt.UTC)
    return [
        Choice(name, f"{name} ({moment.astimezone(ZoneInfo(name)):%H:%M})") for _, name in sorted(found)[:_SUGGESTED]
    ]


COMMAND = Command(
    "cairn about-me",
    run,
    options=(Asked(OPTION, suggest=zones),),
    acts={
        "about-me": Act(run),
        "about-me-edit": Act(edit, opens_form=True),
        "about-me-handles": Act(handles, opens_form=True),
        "about-me-save": Act(save),
    },
)
