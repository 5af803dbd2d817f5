"""Somebody in every table that can hold anything of a person, and ways to look for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Column, func, insert, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.speech import Paragraph
from bot.consent.choices import Choices, Said, Source
from bot.gate import Invite, Purpose
from bot.rights.inventory import Sort, inventory
from bot.sending.outbox import Letter, post
from bot.storage import audit, belonging, contacts, people
from bot.storage.schema import metadata
from scoring.signals import Account, Kind
from tests.bot.rights.town import ANN, BOB, CHAT, HELP, NOW, TODAY, Here, message, reaction, reply, thanks

NAME, OTHER = "Zoe Quintessence", Account("github", "", "zoe-quintessence-77")
"""What the person is called, and a second identity of theirs."""


def plant(here: Here) -> None:
    """Let Ann do all there is, with a second account, and let others do things that name her."""
    asked = message(BOB, 900, context=HELP)
    said = message(ANN, 901, context=HELP)
    here.hear(
        asked, said, reply(ANN, 902, asked, context=HELP), reply(BOB, 903, said, context=HELP),
        reaction(ANN, asked), reaction(BOB, said), thanks(ANN, BOB, 904), thanks(BOB, ANN, 905),
        message(BOB, 906, kind=Kind.MENTION, target=ANN, key="d:900/m", key_person=ANN, parent=asked.key,
                parent_day=TODAY),
        message(ANN, 907, context=CHAT, kind=Kind.PARTICIPATION),
        message(None, 908, retracted=True, key="d:1/r/x", key_person=ANN),
        reply(ANN, 909, message(BOB, 999), context=HELP),
    )  # fmt: skip
    here.hear(message(OTHER, 910, context=CHAT))
    here.run(_more(here))
    here.settle()
    here.hear(message(ANN, 911, context=CHAT))  # a mark that waits
    here.run(_rest(here))


async def _more(here: Here) -> None:
    keys = here.town.world.keys
    ann, other = await here.room().known(ANN), await here.room().known(OTHER)
    assert ann is not None
    assert other is not None
    async with here.database.write() as connection:
        await people.join_accounts(connection, here.id, 0, [(ann.id, other.id)], max(ann.id, other.id))
        await belonging.declare(connection, here.id, 0, [(ann.id, "country", NAME)])
        await contacts.set_zone(connection, here.id, ann.member, "Europe/Berlin")
        await contacts.met(connection, here.id, ann.member, NOW)
        await contacts.opened(connection, here.id, ann.member, here.space, NOW)
        letter = Letter(
            here.id, here.space, "hello", Purpose.NUDGE, (Paragraph((NAME,)),), member=ann.member, due=NOW
        )  # fmt: skip
        await post(connection, letter, keys)
        await audit.put(connection, here.id, NOW, ann.member, audit.LOOKED, about=other.member, payload={"a": 1})
        await connection.execute(
            text("INSERT INTO old_tally VALUES (:of, :rules, :day, :member, 1, 2, 3)"),
            {"of": here.id, "rules": 1, "day": TODAY - 500, "member": ann.member},
        )
        pseudonym = keys.passing(ANN, f"{here.space} {TODAY}")
        await connection.execute(
            text("INSERT INTO writer VALUES (:space, :day, :who)"),
            {"space": here.space, "day": TODAY, "who": pseudonym},
        )
    choices = Choices(here.database, keys)
    said = Said(here.id, here.space, ANN, NOW, Source.BUTTON, "en:1")
    await choices.make_page(said, fresh=False)
    await choices.invite(said, Invite.DM)


async def _rest(here: Here) -> None:
    """Put a row that names Ann into every table that could hold one and does not yet: also those of tomorrow."""
    ann = await here.room().known(ANN)
    assert ann is not None
    names = _names(ann.member, ann.id, here.town.world.keys.handle(ANN))
    async with here.database.write() as connection:
        for table in metadata.sorted_tables:
            naming = {name: names[sort] for name, sort in inventory()[table.name].fields.items() if sort in names}
            if not naming or table.name in _SPECIAL:
                continue
            there = select(table).where(or_(*(table.c[name] == value for name, value in naming.items())))
            if (await connection.execute(there.limit(1))).first() is None:
                row = {one.name: await _value(connection, one, here) for one in table.columns if not one.nullable}
                row.pop("id", None)
                await connection.execute(insert(table).values(row | naming))


_SPECIAL = {"account", "member", "erasure", "orphan", "left_out", "writer"}
"""Tables whose rows are planted by what people do, or would change what is done with them."""


def _names(member: int, account: int, handle: str) -> dict[Sort, Any]:
    members = dict.fromkeys((Sort.MEMBER, Sort.OF_MEMBER, Sort.BY_MEMBER), member)
    return members | {Sort.ACCOUNT: account, Sort.PSEUDONYM: handle}


async def _value(connection: AsyncConnection, column: Column[Any], here: Here) -> Any:
    """Return something that a column takes."""
    if column.name == "community":
        return here.id
    for key in column.foreign_keys:
        return (await connection.execute(select(func.max(key.column)))).scalar_one()
    kind = column.type.python_type
    return {int: 1, str: "x", bool: False, bytes: b"x"}[kind]


def tables_with(here: Here, *needles: str | int) -> dict[str, list[str]]:
    """Return the tables of which a row holds one of these as a value, or a text inside one, with the columns."""
    texts = [str(one) for one in needles]
    found: dict[str, list[str]] = {}
    for name, rows in here.everything().items():
        for row in rows:
            whole = json.dumps([str(one) for one in row])
            if any(one in whole for one in texts):
                found.setdefault(name, []).append(whole)
    return found


def files_with(folder: Path, *needles: bytes) -> list[str]:
    """Return the files in a folder that hold one of these."""
    files = (one for one in folder.rglob("*") if one.is_file())
    return sorted(str(one) for one in files if any(needle in one.read_bytes() for needle in needles))
