"""People use Cairn on Discord: commands, buttons, lists and forms, as the unmodified client brings them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select

from bot.chat.calling import Call
from bot.chat.speech import Action, Button, Controls, Paragraph, Reply
from bot.commands.spec import Role
from bot.operating.logs import telling
from bot.operating.redaction import Redactor
from bot.ports import Attachment, Delivery, Style
from bot.storage.schema import note
from integrations.sandbox.discord.model import Message, Upload
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.faults import Fault
from integrations.sandbox.proxy import Proxy
from scoring.signals import Account
from tests.scenarios.chat import HASTY, PATIENCE, Chat, buttons, chat_on, choice, ids_of, text_of
from tests.scenarios.discord_rig import Clock, Rig
from tests.scenarios.listeners import true, until

CALLBACK = "/interactions/*/callback"
FORGED = [
    "cairn", "cairn:", "cairn:gone:1", "other:show-again", "cairn:discord-form:nothing", "cairn:discord-form", "",
    "x" * 100, "cairn:discord-space", "in:cairn:show-again", "in00:cairn:gone", "cairn::", "\u202e",
    "cairn:show-again\n",
]  # fmt: skip
YEAR_MINUTES = 366 * 24 * 60


@pytest.fixture
def log() -> io.StringIO:
    """What Cairn logs."""
    return io.StringIO()


@pytest.fixture
async def chat(sqlite_url: str, log: io.StringIO) -> AsyncIterator[Chat]:
    """A Cairn that people can talk to."""
    async with talking(sqlite_url, log) as (made, _):
        yield made


@asynccontextmanager
async def talking(url: str, log: io.StringIO) -> AsyncIterator[tuple[Chat, Rig]]:
    """Let people talk to a Cairn; when they have, check that exactly what the ledger says is stored, and nothing else.

    Nothing of what anybody wrote may be stored or logged. Gives who can check more, too.
    """
    async with chat_on(url) as made:
        rig = Rig(url, made.server, Proxy(made.server.port), Clock(made.clock()), log, members=False)
        with telling("debug", "json", Redactor((made.server.token,)), log):
            await made.start()
            yield made, rig
            await rig.agrees()
            await made.stop()
            await rig.keeps_quiet("canary")


def last(chat: Chat) -> Call:
    return chat.keeper.calls[-1]


async def test_commands_on_both_databases_are_answered_privately(database_url: str, log: io.StringIO) -> None:
    async with talking(database_url, log) as (chat, rig):
        ann, bob = chat.person("ann"), chat.person("bob")
        used = await chat.shows(ann, Paragraph(("hello",)))
        assert (text_of(used.message), used.private) == ("hello", True)
        assert chat.general.messages == {}
        await bob.says(chat.general, "canary", await ann.says(chat.general, "canary"))
        await rig.agrees()
        await rig.check()


async def test_every_sort_of_option_arrives_as_what_it_is(chat: Chat) -> None:
    ann, bob = chat.person("ann"), chat.guild.bot("bob")
    role, hall = chat.guild.role("gardeners"), chat.guild.text("hall")
    given = {
        "text": "a", "long": "b", "number": 1.5, "day": "2026-03-14", "kind": "help", "person": bob, "role": role,
        "channel": hall, "file": Upload("people.csv", b"a,b\n"), "sure": True, "near": "x", "needed": "z",
    }  # fmt: skip
    await chat.answered(await ann.uses(chat.general, "/cairn give", given))
    found = dict(last(chat).given)
    file = found.pop("file")
    assert isinstance(file, Attachment)
    assert (file.name, file.size, await file.read()) == ("people.csv", 4, b"a,b\n")
    assert found == {
        "text": "a", "long": "b", "number": 1.5, "day": "2026-03-14", "kind": "help",
        "person": Account("discord", "", str(bob.id), bot=True), "role": str(role.id), "channel": str(hall.id),
        "sure": True, "near": "x", "needed": "z",
    }  # fmt: skip
    assert last(chat).place == str(chat.general.id)
    assert last(chat).caller.account == Account("discord", "", str(ann.id))


async def test_suggestions_come_while_typing(chat: Chat) -> None:
    typed = await (await chat.person("ann").types(chat.general, "/cairn give", "near", "oak")).answered(PATIENCE)
    assert [(one["name"], one["value"]) for one in typed.choices][0] == ("oak number 0", "oak0")
    assert len(typed.choices) == 3


async def test_context_menus_say_what_they_were_used_on(chat: Chat) -> None:
    ann, bob, mo = chat.person("ann"), chat.person("bob"), await chat.staff("mo")
    helpful = await bob.says(chat.general, "canary: try water")
    await chat.answered(await ann.uses_on(bob, "thank person en", chat.general))
    assert (last(chat).command, last(chat).aim.person) == ("cairn thank", Account("discord", "", str(bob.id)))
    await chat.answered(await mo.uses_on(helpful, "log message en", chat.general))
    aim = last(chat).aim
    assert last(chat).command == "cairn-team log"
    assert (aim.message, aim.place, aim.person) == (
        f"d:{helpful.id}", str(chat.general.id), Account("discord", "", str(bob.id)),
    )  # fmt: skip
    assert abs(aim.at - chat.clock()) < 3_600_000


async def test_commands_for_staff_are_hidden_and_refused(chat: Chat) -> None:
    ann = chat.person("ann")
    with pytest.raises(ValueError, match="does not see"):
        await ann.uses(chat.general, "/cairn-team event list")
    # a server's settings may show them all the same: rights are looked up at each call
    await ann.gets_role(chat.guild, chat.guild.role("chatty", int(Permission.MANAGE_MESSAGES)))
    refused = await chat.answered(await ann.uses(chat.general, "/cairn-team event list"))
    assert "moderators" in text_of(refused.message)
    assert chat.keeper.calls == []


async def test_rights_are_those_of_the_moment(chat: Chat) -> None:
    mo, owner = await chat.staff("mo"), chat.person("owner")
    line = "/cairn-team event list"
    await chat.answered(await mo.uses(chat.general, line))
    assert (f"{chat.guild.role('mods').id}", "mods") in last(chat).caller.roles
    shown = await chat.shows(mo, buttons("show-staff"))
    await mo.loses_role(chat.guild, chat.guild.role("mods"))
    clicked = await chat.answered(await mo.clicks(shown.message, "cairn:show-staff"))
    assert "moderators" in text_of(clicked.message)
    await owner.gets_role(chat.guild, chat.guild.role("boss", int(Permission.ADMINISTRATOR)))
    await chat.answered(await owner.uses(chat.general, "/cairn-team setup"))
    assert (last(chat).caller.runs_space, chat.keeper.roles[-1]) == (True, Role.MANAGER)


async def test_people_are_answered_in_their_language(chat: Chat) -> None:
    ann, uma = chat.person("ann"), chat.person("uma")
    ann.user.locale, uma.user.locale = "de", "fr"
    german = await chat.answered(await ann.uses(chat.general, "/cairn broken"))
    other = await chat.answered(await uma.uses(chat.general, "/cairn broken"))
    assert "schiefgegangen" in text_of(german.message)
    assert "went wrong" in text_of(other.message)
    assert "canary" not in text_of(german.message) + text_of(other.message)


async def test_what_is_slow_is_put_off_and_told_later(sqlite_url: str) -> None:
    async with chat_on(sqlite_url) as chat:
        await chat.start(HASTY)
        ann, bob = chat.person("ann"), chat.person("bob")
        chat.keeper.shows = Reply((Paragraph(("at last",)),))
        slow = await (await ann.uses(chat.general, "/cairn slow")).answered(PATIENCE)
        assert (slow.pending.loading, slow.private) == (True, True)
        quick = await chat.shows(bob, Paragraph(("at once",)))
        assert text_of(quick.message) == "at once"
        chat.keeper.shows = Reply((Paragraph(("at last",)),))
        chat.keeper.gate.set()
        await slow.finished(PATIENCE)
        assert (text_of(slow.message), slow.private) == ("at last", True)


async def test_a_click_that_is_slow_changes_nothing_until_it_is_answered(sqlite_url: str) -> None:
    async with chat_on(sqlite_url) as chat:
        await chat.start(HASTY)
        ann = chat.person("ann")
        shown = await chat.shows(ann, Paragraph(("before",)), buttons("show-slow"))
        slow = await (await ann.clicks(shown.message, "cairn:show-slow")).answered(PATIENCE)
        again = await (await ann.clicks(shown.message, "cairn:show-slow")).answered(PATIENCE)
        assert text_of(shown.message) == "before"
        chat.keeper.shows = Reply((Paragraph(("after",)),), replaces=True)
        chat.keeper.gate.set()
        await chat.server.until(lambda: text_of(shown.message) == "after", PATIENCE)
        await chat.server.until(lambda: len(chat.keeper.calls) == 3, PATIENCE)
        assert (slow.more, again.more) == ([], [])
        chat.keeper.shows = Reply((Paragraph(("beside",)), buttons("show-slow")))
        beside = await chat.shows(ann, buttons("show-slow"))
        chat.keeper.gate.clear()
        put_off = await (await ann.clicks(beside.message, "cairn:show-slow")).answered(PATIENCE)
        chat.keeper.shows = Reply((Paragraph(("beside",)),))
        chat.keeper.gate.set()
        await put_off.said(2, PATIENCE)
        assert [text_of(one) for one in put_off.more] == ["beside"]


async def test_buttons_and_lists_bring_what_they_carry(chat: Chat) -> None:
    ann = chat.person("ann")
    asked = Controls((Button("Yes", Action("show-again", ("7", "x")), Style.MAIN),))
    shown = await chat.shows(ann, asked, choice("ask-more", "a", "b", "c", most=2))
    await chat.answered(await ann.clicks(shown.message, "cairn:show-again:7:x"))
    assert (last(chat).action, last(chat).chosen) == (Action("show-again", ("7", "x")), ())
    shown = await chat.shows(ann, choice("show-again", "a", "b", "c", most=2))
    await chat.answered(await ann.chooses(shown.message, "cairn:show-again", ["c", "a"]))
    assert last(chat).chosen == ("c", "a")


async def test_a_reply_that_replaces_changes_only_what_its_reader_alone_sees(chat: Chat) -> None:
    ann = chat.person("ann")
    shown = await chat.shows(ann, Paragraph(("first",)), buttons("show-again"))
    chat.keeper.shows = Reply((Paragraph(("second",)),), replaces=True)
    clicked = await chat.answered(await ann.clicks(shown.message, "cairn:show-again"))
    assert clicked.message is shown.message
    assert text_of(shown.message) == "second"
    public = await posted(chat, Paragraph(("for all",)), buttons("show-again"))
    beside = await chat.answered(await ann.clicks(public, "cairn:show-again"))
    assert (text_of(public), text_of(beside.message), beside.private) == ("for all", "second", True)


async def posted(chat: Chat, *blocks: Paragraph | Controls) -> Message:
    """Post something to a channel as the outbox does."""
    outcome = await chat.deliver(Delivery(str(chat.guild.id), blocks, "n1", channel=str(chat.general.id)))
    return chat.general.messages[int(outcome.message)]


async def test_buttons_work_after_a_restart_and_a_year_later(sqlite_url: str) -> None:
    async with chat_on(sqlite_url) as chat:
        await chat.start()
        ann = chat.person("ann")
        public = await posted(chat, Paragraph(("join in",)), buttons("show-again", "show-form"))
        await chat.stop()
        chat.clock.forward(YEAR_MINUTES)
        await chat.start()
        clicked = await chat.answered(await ann.clicks(public, "cairn:show-again"))
        assert text_of(clicked.message) == "yes"
        form = await (await ann.clicks(public, "cairn:show-form")).answered(PATIENCE)
        await chat.stop()
        await chat.start()
        sent = await chat.answered(await ann.submits(form, {"why": "because"}))
        assert text_of(sent.message) == "yes"
        assert last(chat).given == {"name": "Ann", "why": "because"}


async def test_a_click_while_cairn_is_away_is_nobodys_fault_and_the_next_one_works(sqlite_url: str) -> None:
    async with chat_on(sqlite_url) as chat:
        await chat.start()
        ann = chat.person("ann")
        public = await posted(chat, buttons("show-again"))
        await chat.stop()
        await ann.clicks(public, "cairn:show-again")
        assert chat.keeper.calls == []
        await chat.start()
        clicked = await chat.answered(await ann.clicks(public, "cairn:show-again"))
        assert text_of(clicked.message) == "yes"


async def test_two_clicks_at_once_are_both_answered(chat: Chat) -> None:
    ann = chat.person("ann")
    shown = await chat.shows(ann, buttons("show-again"))
    both = [await ann.clicks(shown.message, "cairn:show-again") for _ in range(2)]
    assert [text_of((await chat.answered(one)).message) for one in both] == ["", ""]
    assert len(chat.keeper.calls) == 3


@pytest.mark.parametrize("carried", FORGED)
async def test_forged_and_old_ids_are_answered_kindly(chat: Chat, carried: str) -> None:
    ann = chat.person("ann")
    public = await posted(chat, buttons("show-again"))
    button = public.components[0]["components"][0]
    button["custom_id"] = carried
    clicked = await chat.answered(await ann.clicks(public, carried))
    words = text_of(clicked.message)
    assert "no longer in use" in words or "open for too long" in words
    assert clicked.private


async def test_the_ids_of_another_server_lead_nowhere(sqlite_url: str) -> None:
    async with chat_on(sqlite_url, ("Garden", "Meadow")) as chat:
        await chat.start()
        meadow, ann = chat.guilds["Meadow"], chat.person("ann")
        public = await posted(chat, buttons("show-again"))
        number = int(meadow.id)
        public.components[0]["components"][0]["custom_id"] = carried = f"in{to_36(number)}:cairn:show-again"
        await chat.answered(await ann.clicks(public, carried))
        assert (last(chat).place, last(chat).caller.runs_space) == (str(chat.general.id), False)


def to_36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return (to_36(number // 36) if number >= 36 else "") + digits[number % 36]


async def test_commands_are_registered_once_and_again_only_when_they_change(sqlite_url: str) -> None:
    """Once that is put down. A Cairn that is stopped before registers them once more, which changes nothing."""
    async with chat_on(sqlite_url) as chat:
        await chat.start()
        route = "/applications/{application_id}/guilds/{guild_id}/commands"

        def told() -> int:
            return len(chat.server.ledger.requests("PUT", route))

        async def put_down() -> bool:
            async with chat.database.read() as connection:
                return bool((await connection.execute(select(note).where(note.c.name == "commands"))).all())

        assert told() == 1
        await until(put_down)
        await chat.stop()
        await chat.start()
        await chat.shows(chat.person("ann"))
        await asyncio.sleep(0.1)
        assert told() == 1
        chat.guild.bot_leaves()
        chat.server.world.application.commands.pop(chat.guild.id)
        chat.clock.forward(1)
        chat.guild.bot_joins()
        await chat.server.until(lambda: told() == 2, PATIENCE)
        await chat.server.until(lambda: bool(chat.server.world.application.commands.get(chat.guild.id)), PATIENCE)
        assert told() == 2


async def test_commands_are_named_in_each_language_and_only_in_servers(chat: Chat) -> None:
    registered = {one["name"]: one for one in chat.server.world.application.commands[chat.guild.id].values()}
    assert set(registered) == {"cairn", "cairn-team", "thank person en", "thank message en", "log message en"}
    team, menu = registered["cairn-team"], registered["log message en"]
    assert all(one["contexts"] == [0] for one in registered.values())
    assert (team["default_member_permissions"], registered["cairn"]["default_member_permissions"]) == ("8192", None)
    assert menu["default_member_permissions"] == "8192"
    assert menu["name_localizations"]["de"] == "log message de"
    event = next(one for one in team["options"] if one["name"] == "event")
    assert [(one["name"], one["description_localizations"]["de"]) for one in event["options"]] == [
        ("create", "event.create de"), ("list", "event.list de"),
    ]  # fmt: skip
    give = next(one for one in registered["cairn"]["options"] if one["name"] == "give")
    assert give["options"][0]["name"] == "needed"
    kind = next(one for one in give["options"] if one["name"] == "kind")
    assert kind["choices"][0]["name_localizations"]["de"] == "talk de"


@pytest.mark.parametrize("kind", ["status", "reset"])
async def test_a_first_answer_that_is_lost_is_given_again(chat: Chat, kind: str) -> None:
    ann = chat.person("ann")
    chat.server.faults.add(Fault("POST", CALLBACK, kind, status=503))
    assert text_of((await chat.shows(ann, Paragraph(("still",)))).message) == "still"
    chat.server.faults.add(Fault("POST", CALLBACK, kind, status=503, after_accept=True))
    assert text_of((await chat.shows(ann, Paragraph(("once",)))).message) == "once"


async def test_an_answer_that_comes_too_late_is_counted_and_harms_nobody(chat: Chat) -> None:
    ann = chat.person("ann")
    chat.server.faults.inject("POST", CALLBACK, 404, code=10062)
    await ann.uses(chat.general, "/cairn show")
    await until(lambda: true(b'cairn_late_answers_total{integration="discord"} 1.0' in chat.metrics.text()))
    assert text_of((await chat.shows(ann, Paragraph(("next",)))).message) == "next"


async def test_broken_interactions_take_nobody_with_them(chat: Chat) -> None:
    ann = chat.person("ann")
    broken = [{}, [], {"id": "1"}, {"id": "x", "type": 3, "data": {}}, {"id": "1", "token": "t", "type": 2, "data": 7}]
    await chat.server.emit_many("INTERACTION_CREATE", broken, chat.guild.id)
    assert text_of((await chat.shows(ann, Paragraph(("well",)))).message) == "well"
    assert text_of((await chat.answered(await ann.uses(chat.general, "/cairn broken"))).message)


async def test_a_server_that_is_not_listened_to_is_told_so(sqlite_url: str) -> None:
    async with chat_on(sqlite_url) as chat:
        await chat.start()
        other = chat.server.guild("Elsewhere")
        ann, hall = other.person("ann"), other.text("hall")
        message = await posted(chat, buttons("show-again"))
        strange = await ann.says(hall, "look")
        strange.components = message.components
        clicked = await chat.answered(await ann.clicks(strange, "cairn:show-again"))
        assert "not set up" in text_of(clicked.message)
        assert chat.keeper.calls == []


async def test_nothing_of_an_answer_that_is_refused_is_logged(chat: Chat, log: io.StringIO) -> None:
    ann = chat.person("ann")
    chat.server.faults.inject("POST", CALLBACK, 400, code=50035)
    await chat.shows(ann, Paragraph(("canary",)))
    assert "canary" not in log.getvalue()
    assert "refuses an answer" in log.getvalue()
    assert ids_of(await posted(chat, buttons("show-again"))) == ["cairn:show-again"]
