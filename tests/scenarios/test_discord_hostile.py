"""Whatever people are called or write: it pings nobody, forms nothing, and Discord takes every message (S6)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.chat.speech import (
    Action,
    Asks,
    Bar,
    Bars,
    Block,
    Bold,
    Button,
    Channel,
    Choice,
    Controls,
    Field,
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
from bot.ports import Delivered, Delivery
from integrations.sandbox.discord.components import walked
from scoring.signals import Account
from tests.scenarios.chat import PATIENCE, Chat, chat_on, text_of
from tests.scenarios.hostile import CORPUS

PARTS = 8
LIMIT = 4_000


@pytest.fixture
async def chat(sqlite_url: str) -> AsyncIterator[Chat]:
    async with chat_on(sqlite_url) as made:
        await made.start()
        yield made


def blocks_with(text: str) -> tuple[Block, ...]:
    """Return every sort of block and span that holds a text."""
    someone = Account("github", "", text)
    return (
        Heading((text,)),
        Paragraph((text, Bold(text), Link(text, "https://example.org/a"), Jump(text, "discord", "1", "2", "d:3"))),
        Paragraph((Who(someone), Moment(0), Channel(text), Link("here", f"{text} "))),
        Paragraph((Jump("there", "discord", text, text, text),)),
        Fields((((text,), (text,)), (("name",), (Bold(text), "!")))),
        Table((text, "n"), ((text, "1"), ("b", text)), frozenset({1})),
        Bars((Bar(text, 1, 2, text), Bar("b", float("nan"), 0))),
        Controls((
            Button(text, Action("show-again", ("1",))),
            Select(Action("ask-more"), (Choice("a", text, text), Choice(text, "b")), text, 9),
        )),
        File(text, text.encode(errors="replace")),
    )  # fmt: skip


def hostile(chat: Chat, part: int) -> Iterator[str]:
    """Yield a part of the corpus, about real people, roles and channels."""
    ann, role = chat.person("ann"), chat.guild.role("mods")
    for text in CORPUS[part::PARTS]:
        yield (
            text.replace("{ann}", str(ann.id)).replace("{role}", str(role.id)).replace("{place}", str(chat.general.id))
        )


def no_live_parts(text: str) -> None:
    """Check that nothing of a text is live but what we made live ourselves, and no mention would reach anybody."""
    assert len(text.encode("utf-16-le")) <= 2 * LIMIT
    assert "@everyone" not in text.lower()
    assert "@here" not in text.lower()
    outside, *fenced = re.split(r"^```$", text, flags=re.MULTILINE)
    assert len(fenced) % 2 == 0
    for part in (outside, *fenced[1::2]):  # in a block of code nothing is live
        assert "](https://evil" not in part
        assert "](<https://evil" not in part
        assert "<@&" not in part.replace("\\<", "")


@pytest.mark.parametrize("part", range(PARTS))
async def test_hostile_texts_ping_nobody_and_are_taken_in_every_block_and_control(chat: Chat, part: int) -> None:
    ann = chat.person("ann")
    for text in hostile(chat, part):
        used = await chat.shows(ann, *blocks_with(text))
        no_live_parts(text_of(used.message))
        ids = {one["custom_id"] for one in walked(used.message.components) if "custom_id" in one}
        assert ids == {"cairn:show-again:1", "cairn:ask-more"}, (text[:40], text_of(used.message)[:300])
        for block in blocks_with(text):
            alone = await chat.shows(ann, block)
            no_live_parts(text_of(alone.message))
            assert alone.message.components
        chat.clock.forward(2)  # so that nobody calls too often
    assert chat.pings() == []


@pytest.mark.parametrize("part", range(PARTS))
async def test_hostile_messages_reach_channels_and_people_and_ping_only_whom_they_are_for(
    chat: Chat, part: int
) -> None:
    ann = chat.person("ann")
    account = Account("discord", "", str(ann.id))
    for n, text in enumerate(hostile(chat, part)):
        to_all = Delivery(str(chat.guild.id), blocks_with(text), f"a{n}", channel=str(chat.general.id))
        to_ann = Delivery(
            str(chat.guild.id), (*blocks_with(text), Paragraph((Who(account),))), f"b{n}", account, pings=account
        )
        for delivery in (to_all, to_ann):
            outcome = await chat.deliver(delivery)
            assert outcome.what is Delivered.SENT, (text[:50], outcome)
    assert set(chat.pings()) <= {str(ann.id)}


@pytest.mark.parametrize("part", range(PARTS))
async def test_hostile_forms_open_and_bring_back_what_was_written(chat: Chat, part: int) -> None:
    ann = chat.person("ann")
    for text in hostile(chat, part):
        short, long = (
            Field("a", text, Asks.TEXT, False, text, text, longest=50),
            Field("b", text, Asks.LONG_TEXT, False, longest=9_999),
        )
        pick = Field("c", text, Asks.CHOICE, False, text, text, (Choice("x", text, text), Choice(text, "y")))
        chat.keeper.shows = Reply(form=Form(text, (short, long, pick), Action("ask-sent")))
        opened = await (await ann.uses(chat.general, "/cairn show")).answered(PATIENCE)
        chat.keeper.shows = Reply((Paragraph(("thank you",)),))
        written = text.encode(errors="replace").decode()[:4_000]
        sent = await chat.answered(await ann.submits(opened, {"b": written}))
        assert text_of(sent.message).startswith("thank you")
        assert chat.keeper.calls[-1].given["b"] == (written or None)
        chat.clock.forward(2)


@pytest.mark.parametrize("part", range(PARTS))
async def test_hostile_suggestions_are_offered_or_left_out(chat: Chat, part: int) -> None:
    ann = chat.person("ann")
    for text in hostile(chat, part):
        text = text.encode(errors="replace").decode()[:6_000]
        typed = await (await ann.types(chat.general, "/cairn give", "near", text)).answered(PATIENCE)
        assert all(0 < len(one["name"]) <= 100 and 0 < len(one["value"]) <= 100 for one in typed.choices)
        assert len(typed.choices) == (3 if len((text + "0").encode("utf-16-le")) <= 200 else 0)
