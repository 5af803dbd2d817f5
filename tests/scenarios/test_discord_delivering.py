"""Messages that nobody asked for a moment ago: each outcome, in channels and to people, on Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.ports import Action, Block, Delivered, Delivery, Paragraph, Space, Who
from bot.sending.delivering import Deliverer
from integrations.discord.integration import Access, Discord
from integrations.discord.timing import Timing
from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.faults import Fault
from scoring.signals import Account, Kind, Signal, day_of
from tests.scenarios.chat import LIFTED, Chat, button, chat_on, ids_of, text_of

HELLO: tuple[Block, ...] = (Paragraph(("hello",)),)
MESSAGES = "POST /channels/{channel_id}/messages"


@pytest.fixture
async def chat(sqlite_url: str) -> AsyncIterator[Chat]:
    async with chat_on(sqlite_url) as made:
        await made.start()
        yield made


def account(who: object) -> Account:
    return Account("discord", "", str(getattr(who, "id", who)))


def to(chat: Chat, who: object, nonce: str = "n1", blocks: tuple[Block, ...] = HELLO) -> Delivery:
    return Delivery(str(chat.guild.id), blocks, nonce, account(who))


def into(chat: Chat, channel: object, nonce: str = "n1", **more: object) -> Delivery:
    number = str(getattr(channel, "id", channel))
    return Delivery(str(chat.guild.id), HELLO, nonce, channel=number, **more)  # type: ignore[arg-type]


async def test_a_message_reaches_a_person_by_the_conversation_that_is_known(chat: Chat) -> None:
    ann = chat.person("ann")
    first, second = await chat.deliver(to(chat, ann)), await chat.deliver(to(chat, ann, "n2"))
    assert (first.what, second.what) == (Delivered.SENT, Delivered.SENT)
    assert [text_of(one) for one in ann.dm.messages.values()] == ["hello", "hello"]
    assert first.message in map(str, ann.dm.messages)
    assert len(chat.server.ledger.requests("POST", "/users/@me/channels")) == 1


async def test_only_the_addressee_is_notified_and_only_where_it_is_not_silent(chat: Chat) -> None:
    ann, bob = chat.person("ann"), chat.person("bob")
    blocks = (Paragraph((Who(account(ann)), " and ", Who(account(bob)))),)
    loud = Delivery(str(chat.guild.id), blocks, "a", channel=str(chat.general.id), pings=account(ann))
    quiet = Delivery(str(chat.guild.id), blocks, "b", channel=str(chat.general.id), silent=True)
    numbers = [int((await chat.deliver(one)).message) for one in (loud, quiet)]
    assert chat.pings() == [str(ann.id)]
    assert [bool(chat.general.messages[one].flags & 1 << 12) for one in numbers] == [False, True]


async def test_the_same_nonce_is_one_message(chat: Chat) -> None:
    first, again = [await chat.deliver(into(chat, chat.general)) for _ in range(2)]
    assert first.message == again.message
    assert len(chat.general.messages) == 1


async def test_who_takes_no_messages_or_is_gone_is_told_apart(chat: Chat) -> None:
    ann, bob = chat.person("ann"), chat.person("bob")
    ann.closes_dms()
    assert (await chat.deliver(to(chat, ann))).what is Delivered.CLOSED
    assert (await chat.deliver(to(chat, 12345))).what is Delivered.GONE
    hall = chat.guild.text("hall")
    chat.guild.delete(hall)
    assert (await chat.deliver(into(chat, hall))).what is Delivered.GONE
    shut = chat.guild.text("shut")
    chat.guild.make_private(shut)
    assert (await chat.deliver(into(chat, shut))).what is Delivered.GONE
    assert (await chat.deliver(into(chat, "x"))).what is Delivered.FAILED
    other = Delivery(str(chat.guild.id), HELLO, "n", Account("slack", "T1", "U1"))
    assert (await chat.deliver(other)).what is Delivered.FAILED
    assert (await chat.deliver(to(chat, bob))).what is Delivered.SENT


async def test_a_channel_of_another_server_is_not_written_to(chat: Chat) -> None:
    foreign = chat.server.guild("Elsewhere").text("hall")
    assert (await chat.deliver(into(chat, foreign))).what is Delivered.GONE
    assert foreign.messages == {}


async def test_too_many_new_conversations_are_told_apart(sqlite_url: str) -> None:
    limits = Limits(LIFTED.everywhere, LIFTED.others, (), dm_opens=(1, 600.0))
    async with chat_on(sqlite_url, limits=limits) as chat:
        await chat.start()
        ann, bob = chat.person("ann"), chat.person("bob")
        outcomes = [await chat.deliver(to(chat, one)) for one in (ann, bob, ann)]
        assert [one.what for one in outcomes] == [Delivered.SENT, Delivered.TOO_FAST, Delivered.SENT]


async def test_a_rate_limit_of_one_place_is_for_later_and_delays_no_other(sqlite_url: str) -> None:
    limits = Limits(LIFTED.everywhere, LIFTED.others, ((MESSAGES, 1, 500.0),))
    async with chat_on(sqlite_url, limits=limits) as chat:
        await chat.start()
        hall = chat.guild.text("hall")
        first, second = await chat.deliver(into(chat, hall)), await chat.deliver(into(chat, hall, "n2"))
        assert (first.what, second.what) == (Delivered.SENT, Delivered.LATER)
        assert 400 < second.after <= 500
        assert (await chat.deliver(into(chat, chat.general, "n3"))).what is Delivered.SENT
        assert len(hall.messages) == 1


@pytest.mark.parametrize(("status", "code", "what"), [
    (429, 0, Delivered.LATER), (401, 0, Delivered.LATER), (400, 50035, Delivered.FAILED), (403, 50013, Delivered.GONE),
    (403, 20026, Delivered.TOO_FAST), (404, 10003, Delivered.GONE), (500, 0, Delivered.UNKNOWN),
    (503, 0, Delivered.UNKNOWN),
])  # fmt: skip
async def test_each_refusal_is_told_apart(chat: Chat, status: int, code: int, what: Delivered) -> None:
    await chat.deliver(into(chat, chat.general))
    path = f"/channels/{chat.general.id}/messages"
    chat.server.faults.add(Fault("POST", path, status=status, code=code, seconds=77.0))
    outcome = await chat.deliver(into(chat, chat.general, "n2"))
    assert (outcome.what, outcome.after) == (what, {429: 77.0, 401: 5.0}.get(status, 600.0 if code == 20026 else 0.0))
    assert len(chat.general.messages) == 1


@pytest.mark.parametrize("kind", ["reset", "black_hole"])
async def test_a_lost_answer_is_unknown_and_the_same_nonce_makes_no_second_message(sqlite_url: str, kind: str) -> None:
    async with chat_on(sqlite_url) as chat:
        await chat.start(Timing(note=0.02, look=0.05, answer=60.0, form=60.0, first=60.0, sending=2.0))
        await chat.deliver(into(chat, chat.general, "n0"))
        chat.server.faults.add(Fault("POST", f"/channels/{chat.general.id}/messages", kind, after_accept=True))
        assert (await chat.deliver(into(chat, chat.general))).what is Delivered.UNKNOWN
        chat.server.faults.clear()
        assert (await chat.deliver(into(chat, chat.general))).what is Delivered.SENT
        assert len(chat.general.messages) == 2


async def test_a_conversation_that_discord_has_forgotten_is_opened_anew(chat: Chat) -> None:
    ann = chat.person("ann")
    await chat.deliver(to(chat, ann))
    chat.server.faults.inject("POST", f"/channels/{ann.dm.id}/messages", 404, code=10003)
    assert (await chat.deliver(to(chat, ann, "n2"))).what is Delivered.SENT
    assert len(ann.dm.messages) == 2


async def test_who_is_not_connected_delivers_later(chat: Chat) -> None:
    discord = Discord(Access("token"))
    assert isinstance(discord, Deliverer)
    outcome = await discord.deliver(into(chat, chat.general))
    assert (outcome.what, discord.remembers) == (Delivered.LATER, 120.0)
    elsewhere = Delivery("1", HELLO, "n", channel="2")
    assert chat.discord is not None
    assert (await chat.discord.deliver(elsewhere)).what is Delivered.LATER


async def test_buttons_in_private_messages_lead_to_the_one_community(chat: Chat) -> None:
    ann = chat.person("ann")
    outcome = await chat.deliver(to(chat, ann, blocks=(button("show-again"),)))
    message = ann.dm.messages[int(outcome.message)]
    assert ids_of(message) == ["cairn:show-again"]
    await chat.answered(await ann.clicks(message, "cairn:show-again"))
    call = chat.keeper.calls[-1]
    assert (call.place, call.caller.roles, call.caller.runs_space) == ("", frozenset(), False)


async def known(chat: Chat, who: object, *names: str) -> None:
    """Let somebody be known in some servers."""
    for name in names:
        desk = await chat.desks.host("discord").desk(Space("discord", str(chat.guilds[name].id)))
        assert desk is not None
        now = chat.clock()
        await desk.record([Signal(Kind.MESSAGE, f"d:{chat.guilds[name].id}", day_of(now), now, account(who), now)])


async def test_buttons_in_private_messages_name_their_community_where_there_are_several(sqlite_url: str) -> None:
    async with chat_on(sqlite_url, ("Garden", "Meadow")) as chat:
        await chat.start()
        ann, garden, meadow = chat.person("ann"), chat.guilds["Garden"], chat.guilds["Meadow"]
        await known(chat, ann, "Meadow")
        delivery = Delivery(str(meadow.id), (button("show-again"),), "n", account(ann))
        outcome = await chat.deliver(delivery)
        (carried,) = ids_of(ann.dm.messages[int(outcome.message)])
        assert carried.startswith("in")
        await chat.answered(await ann.clicks(ann.dm.messages[int(outcome.message)], carried))
        assert chat.keeper.calls[-1].action == Action("show-again")
        old = ann.dm.messages[int(outcome.message)]
        old.components[0]["components"][0]["custom_id"] = "cairn:show-again"
        asked = await chat.answered(await ann.clicks(old, "cairn:show-again"))
        assert "Which community" in text_of(asked.message)
        (choose,) = ids_of(asked.message)
        await chat.answered(await ann.chooses(asked.message, choose, [str(garden.id)]))
        assert len(chat.keeper.calls) == 2


async def test_strangers_are_not_told_which_communities_there_are(sqlite_url: str) -> None:
    async with chat_on(sqlite_url, ("Garden", "Meadow")) as chat:
        await chat.start()
        ann, eve = chat.person("ann"), chat.person("eve")
        outcome = await chat.deliver(to(chat, ann, blocks=(button("show-again"),)))
        message = ann.dm.messages[int(outcome.message)]
        stray = await eve.writes_to_bot("hello")
        stray.components = message.components
        stray.components[0]["components"][0]["custom_id"] = "cairn:show-again"
        used = await chat.answered(await eve.clicks(stray, "cairn:show-again"))
        assert "does not know you" in text_of(used.message)
        assert "Meadow" not in text_of(used.message)
        assert chat.keeper.calls == []
