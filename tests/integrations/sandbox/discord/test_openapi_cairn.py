"""What Cairn itself asks of Discord agrees with Discord's OpenAPI file, and so does all that it is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.chat.speech import (
    Action,
    Bar,
    Bars,
    Block,
    Bold,
    Button,
    Choice,
    Controls,
    Fields,
    File,
    Form,
    Heading,
    Jump,
    Link,
    Moment,
    Paragraph,
    Reply,
    Select,
    Table,
    Who,
)
from bot.community import Terms, apply, parse_community
from bot.hearing.hosting import Desks, Policy
from bot.intake import Intake
from bot.operating.metrics import Metrics
from bot.ports import Delivery, Style
from bot.storage import migrate
from bot.storage.engine import Database
from integrations.discord.integration import Access, Discord
from integrations.platforms import PLATFORMS
from integrations.sandbox.discord.model import Message, Upload
from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.exchanges import Exchange
from integrations.sandbox.faults import Fault
from scoring.signals import Account, Kind
from tests.integrations.sandbox.discord.openapi import Contract
from tests.scenarios.backfilling import LIFTED, WITH_THREADS, Rig, days_ago, until
from tests.scenarios.chat import FORMS, HASTY, PATIENCE, Chat, buttons, chat_on
from tests.scenarios.stories import KEYS

HOUR_MS = 3_600_000
INTERESTED = "  - {name: interested, band: Around, when: {kind: rsvp}, points: 0.1}\nmultipliers:\n"
RULES = WITH_THREADS.replace("multipliers:\n", INTERESTED)
ASKED = {
    "GET /users/@me", "GET /gateway/bot", "GET /guilds/{guild_id}/threads/active", "GET /guilds/{guild_id}/roles",
    "GET /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/users",
    "GET /guilds/{guild_id}/members/{user_id}", "GET /channels/{channel_id}/messages",
    "GET /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}",
    "GET /channels/{channel_id}/threads/archived/public",
}  # fmt: skip

MESSAGES, INTERACTION = "/channels/{channel_id}/messages", "/interactions/{interaction_id}/{interaction_token}/callback"
HOOK = "/webhooks/{webhook_id}/{webhook_token}"
SAID = {
    "PUT /applications/{application_id}/guilds/{guild_id}/commands", f"POST {INTERACTION}", f"POST {HOOK}",
    f"PATCH {HOOK}/messages/{{message_id}}", "POST /users/@me/channels", f"POST {MESSAGES}",
}  # fmt: skip
FIRST_ANSWERS = {4, 5, 6, 7, 8, 9}
"""Said, put off, put off without a trace, changed, choices, a form."""


@pytest.fixture
def exchanges() -> list[Exchange]:
    return []


@pytest.fixture
async def rig(sqlite_url: str, exchanges: list[Exchange]) -> AsyncIterator[Rig]:
    """A Cairn beside a sandbox that is watched; the app's id is not its bot's, so neither passes for the other."""
    database = Database(sqlite_url)
    await migrate.upgrade(database)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        settings = Settings(limits=LIFTED, watch=exchanges.append, old_app=True)
        server = await stack.enter_async_context(Sandbox(settings))
        intake = await stack.enter_async_context(Intake(database, KEYS))
        desks = Desks(database, intake, Policy("Garden", lambda: (RULES, "v", "m.yaml")), Metrics())
        yield Rig(server, server.guild("Garden"), database, desks)


async def wants_everything(rig: Rig) -> None:
    space = f"spaces: [{{platform: discord, id: '{rig.guild.id}', backfill: all}}]\n"
    file = parse_community(f"name: Garden\nconsent: notice\n{space}", "community.yaml", PLATFORMS)
    async with rig.database.write() as connection:
        await apply(connection, file, Terms(KEYS, PLATFORMS, lambda: (RULES, "v", "m.yaml")))
    await rig.desks.refresh()


async def before_cairn_came(rig: Rig) -> None:
    """Let there be history of every sort."""
    guild, (alice, bob) = rig.guild, rig.guild.people(["alice", "bob"])
    general, forum = guild.text("general"), guild.forum("ideas", ["new"])
    then = alice.at(days_ago(30))
    written = await then.says(general, "hello")
    for emoji in ("👍", guild.emoji("leaf")):
        await bob.at(days_ago(29)).reacts(written, emoji)
    await bob.at(days_ago(29)).says(general, "yes", replies_to=written, mentions=[alice])
    for thread in (await then.opens_thread(written, "about it"), await then.posts(forum, "an idea", tags=["new"])):
        await bob.at(days_ago(28)).says(thread, "in it")
        await then.archives(thread)
    await then.says(await then.opens_thread(general, "going on"), "still")
    await bob.interested(await alice.plans(guild, "call", rig.server.world.clock() + HOUR_MS, guild.voice("lounge")))


async def lives_through_a_day(rig: Rig) -> None:
    """Read back, listen, be away, and come back."""
    general, (alice, bob) = rig.guild.text("general"), rig.guild.people(["alice", "bob"])
    await rig.reads_back()
    missed = await alice.says(general, "while Cairn was away")
    await bob.reacts(missed, "👍")
    async with rig.listening():
        await until(lambda: _has(rig, f"d:{missed.id}"))
        heard = await bob.says(general, "now that it is back", replies_to=missed)
        await until(lambda: _has(rig, f"d:{heard.id}"))


async def _has(rig: Rig, key: str) -> bool:
    return key in await rig.keys()


async def test_what_cairn_asks_and_is_answered_agrees(shared_data: Path, rig: Rig, exchanges: list[Exchange]) -> None:
    contract = Contract(shared_data / "discord-openapi" / "discord.json", strict=True)
    await wants_everything(rig)
    await before_cairn_came(rig)
    await lives_through_a_day(rig)
    server = rig.server
    assert await Discord(Access(server.token, server.rest_url)).check()
    assert [wrong for one in exchanges for wrong in contract.breaches(one)] == []
    assert [(one.method, one.path, one.status) for one in exchanges if one.status != 200] == []
    assert {f"{one.method} {one.route}" for one in server.ledger.requests()} >= ASKED
    assert {one.method for one in exchanges} == {"GET"}
    assert (await rig.stored())[Kind.RSVP] == 1


def everything(who: Account) -> tuple[Block, ...]:
    """Return every sort of block, with every sort of text."""
    return (
        Heading(("Where you are",)),
        Paragraph((Who(who), Bold("loud"), Link("here", "https://example.org/a"), Moment(0), Moment(0, day=True))),
        Paragraph((Jump("there", "discord", "1", "2", "d:3"),)),
        Fields(((("Name",), ("Ann",)), (("Since",), (Moment(0, day=True),)))),
        Table(("who", "n"), (("ann", "1"), ("bob", "20")), frozenset({1})),
        Bars((Bar("Around", 1, 2, "half"), Bar("Leading", 0, 2))),
        Controls((
            Button("Again", Action("show-again", ("1",)), Style.MAIN), Button("Form", Action("show-form")),
            Select(Action("ask-more"), (Choice("a", "A", "first"), Choice("b", "B")), "Choose", 2),
        )),
        File("people.csv", b"a,b\n"),
    )  # fmt: skip


async def speaks_at_once(chat: Chat) -> None:
    """Answer commands, menus, buttons, lists and what is being typed; open every form and take it back."""
    ann, bob = chat.person("ann"), chat.person("bob")
    shown = await chat.shows(ann, *everything(Account("discord", "", str(bob.id))))
    await (await ann.types(chat.general, "/cairn give", "near", "oak")).answered(PATIENCE)
    await chat.answered(await ann.uses_on(bob, "thank person en", chat.general))
    await chat.answered(await ann.clicks(shown.message, "cairn:show-again:1"))
    await chat.answered(await ann.chooses(shown.message, "cairn:ask-more", ["a", "b"]))
    await chat.answered(await ann.uses(chat.general, "/cairn broken"))
    changing = await chat.shows(ann, *everything(Account("discord", "", str(ann.id))), replaces=True)
    await chat.answered(await ann.clicks(changing.message, "cairn:show-again:1"))
    chat.clock.forward(2)  # so that nobody calls too often
    filled: tuple[dict[str, Any], ...] = (
        {"why": "because"}, {"hours": "1.5", "day": "2026-03-14"},
        {"person": bob, "channel": chat.general, "file": Upload("a.csv", b"1,2")},
    )  # fmt: skip
    for fields, given in zip(FORMS.values(), filled, strict=True):
        chat.keeper.shows = Reply(form=Form("A form", fields, Action("ask-sent")))
        form = await (await ann.uses(chat.general, "/cairn show")).answered(PATIENCE)
        chat.keeper.shows = Reply((Paragraph(("thank you",)),))
        await chat.answered(await ann.submits(form, given))


async def speaks_later(chat: Chat) -> None:
    """Put answers off, say them in the end, and say more than one; offer a form that comes too late for a command."""
    ann, public = chat.person("ann"), await posted(chat, "n0", buttons("show-slow"))
    put_off = [await ann.uses(chat.general, "/cairn slow"), await ann.uses(chat.general, "/cairn ask-slowly")]
    put_off += [await ann.clicks(public, "cairn:show-slow")]
    for one in put_off:
        await one.answered(PATIENCE)
    chat.keeper.shows = Reply(everything(Account("discord", "", str(ann.id))))
    chat.keeper.gate.set()
    command, form, click = put_off
    await command.finished(PATIENCE)
    await form.finished(PATIENCE)
    await click.said(2, PATIENCE)


async def posted(chat: Chat, nonce: str, *blocks: Block) -> Message:
    """Post something to a channel as the outbox does; returns the message."""
    outcome = await chat.deliver(Delivery(str(chat.guild.id), blocks, nonce, channel=str(chat.general.id)))
    return chat.general.messages[int(outcome.message)]


async def sends(chat: Chat) -> None:
    """Send to a channel and to people: aloud, silently, with files and controls, again, and where it is refused."""
    ann, bob, space = chat.person("ann"), chat.person("bob"), str(chat.guild.id)
    someone = Account("discord", "", str(ann.id))
    told = everything(someone)
    ways: tuple[dict[str, Any], ...] = ({"channel": str(chat.general.id)}, {"person": someone})
    for n, more in enumerate(ways):
        await chat.deliver(Delivery(space, told, f"a{n}", pings=someone, **more))
        await chat.deliver(Delivery(space, told, f"b{n}", silent=True, **more))
    bob.closes_dms()
    await chat.deliver(Delivery(space, told, "c", Account("discord", "", str(bob.id))))
    await chat.deliver(Delivery(space, told, "d", Account("discord", "", "12345")))
    chat.server.faults.add(Fault("POST", f"/channels/{chat.general.id}/messages", status=400, code=50035))
    await chat.deliver(Delivery(space, told, "e", channel=str(chat.general.id)))


async def test_what_cairn_says_and_is_answered_agrees(
    shared_data: Path, sqlite_url: str, exchanges: list[Exchange]
) -> None:
    contract = Contract(shared_data / "discord-openapi" / "discord.json", strict=True)
    async with chat_on(sqlite_url, ("Garden", "Orchard"), watch=exchanges.append) as chat:
        await chat.start()
        await speaks_at_once(chat)
        await sends(chat)
        await chat.stop()
        await chat.start(HASTY)
        await speaks_later(chat)
        await chat.stop()
        requests = chat.server.ledger.requests()
    assert [wrong for one in exchanges for wrong in contract.breaches(one)] == []
    changing = [one for one in requests if one.method != "GET"]
    assert {f"{one.method} {one.route}" for one in changing} == SAID
    first = [one.said["type"] for one in exchanges if one.path.endswith("/callback")]
    assert {*first} == FIRST_ANSWERS
    assert {one.status for one in exchanges if one.method == "POST"} >= {200, 400, 403}
