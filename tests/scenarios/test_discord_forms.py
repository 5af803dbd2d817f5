"""Forms on Discord: what they ask, what comes back, and what is done where Discord shows none."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.chat.speech import Action, Form, Paragraph, Reply
from bot.ports import Attachment
from integrations.sandbox.discord.components import walked
from integrations.sandbox.discord.model import Upload
from scoring.signals import Account
from tests.scenarios.chat import FORMS, HASTY, PATIENCE, Chat, button, chat_on, ids_of, text_of


@pytest.fixture
async def chat(sqlite_url: str) -> AsyncIterator[Chat]:
    async with chat_on(sqlite_url) as made:
        await made.start()
        yield made


async def test_a_form_asks_with_the_fields_that_fit(chat: Chat) -> None:
    ann = chat.person("ann")
    kinds: dict[str, int] = {}
    for name in FORMS:
        shown = await chat.shows(ann, button("show-form", name))
        form = await (await ann.clicks(shown.message, f"cairn:show-form:{name}")).answered(PATIENCE)
        fields = {one["custom_id"]: one for one in walked(form.form["components"]) if "custom_id" in one}
        kinds |= {field: one["type"] for field, one in fields.items()}
    assert kinds == {
        "name": 4, "why": 4, "hours": 4, "day": 4, "sure": 23, "kind": 21, "person": 5, "role": 6, "channel": 8,
        "file": 19, "one": 3,
    }  # fmt: skip


async def test_what_is_given_in_a_form_arrives_as_what_it_is(chat: Chat) -> None:
    ann, bob, hall = chat.person("ann"), chat.person("bob"), chat.guild.text("hall")
    shown = await chat.shows(ann, button("show-form", "figures"), button("show-form", "things"))
    form = await (await ann.clicks(shown.message, "cairn:show-form:figures")).answered(PATIENCE)
    await chat.answered(await ann.submits(form, {"hours": "1,5", "day": "2026-03-14", "sure": True}))
    assert chat.keeper.calls[-1].given == {"hours": 1.5, "day": "2026-03-14", "sure": True, "kind": "help"}
    await chat.answered(await ann.submits(form, {"hours": "many", "day": "soon", "kind": "talk"}))
    assert chat.keeper.calls[-1].given == {"hours": "many", "day": "soon", "sure": False, "kind": "talk"}
    form = await (await ann.clicks(shown.message, "cairn:show-form:things")).answered(PATIENCE)
    things = {"person": bob, "channel": hall, "file": Upload("a.csv", b"1,2")}
    await chat.answered(await ann.submits(form, things))
    given = dict(chat.keeper.calls[-1].given)
    file = given.pop("file")
    assert isinstance(file, Attachment)
    assert await file.read() == b"1,2"
    assert given == {
        "person": Account("discord", "", str(bob.id)), "role": None, "channel": str(hall.id), "one": None,
    }  # fmt: skip


async def test_a_form_after_a_form_is_behind_a_button_of_its_reader(chat: Chat) -> None:
    ann, bob = chat.person("ann"), chat.person("bob")
    chat.keeper.shows = Reply(form=Form("More", FORMS["text"], Action("ask-sent", ("text",))))
    form = await (await ann.uses(chat.general, "/cairn ask")).answered(PATIENCE)
    sent = await chat.answered(await ann.submits(form, {"why": "x"}))
    assert "One more question" in text_of(sent.message)
    (again,) = ids_of(sent.message)
    opened = await (await ann.clicks(sent.message, again)).answered(PATIENCE)
    assert opened.form["title"] == "More"
    others = await chat.answered(await bob.clicks(sent.message, again))
    assert "open for too long" in text_of(others.message)
    chat.clock.forward(16)
    late = await chat.answered(await ann.clicks(sent.message, again))
    assert "open for too long" in text_of(late.message)


async def test_a_form_that_is_long_in_coming_is_behind_a_button(sqlite_url: str) -> None:
    async with chat_on(sqlite_url) as chat:
        await chat.start(HASTY)
        ann = chat.person("ann")
        slow = await (await ann.uses(chat.general, "/cairn ask-slowly")).answered(PATIENCE)
        assert slow.pending.loading
        chat.keeper.gate.set()
        await slow.finished(PATIENCE)
        (opens,) = ids_of(slow.message)
        form = await (await ann.clicks(slow.message, opens)).answered(PATIENCE)
        sent = await chat.answered(await ann.submits(form, {"why": "x"}))
        assert text_of(sent.message) == "yes"


async def test_a_form_from_a_button_can_change_the_message_it_came_from(chat: Chat) -> None:
    ann = chat.person("ann")
    shown = await chat.shows(ann, Paragraph(("before",)), button("show-form", "text"), replaces=True)
    form = await (await ann.clicks(shown.message, "cairn:show-form:text")).answered(PATIENCE)
    chat.keeper.shows = Reply((Paragraph(("after",)),), replaces=True)
    await chat.answered(await ann.submits(form, {"why": "x"}))
    assert text_of(shown.message) == "after"


async def test_a_form_with_something_wrong_in_it_is_offered_once_more_as_it_was_filled_in(chat: Chat) -> None:
    ann, bob = chat.person("ann"), chat.person("bob")
    shown = await chat.shows(ann, button("show-form", "figures"))
    form = await (await ann.clicks(shown.message, "cairn:show-form:figures")).answered(PATIENCE)
    said = (Paragraph(("Not so many.",)),)
    chat.keeper.shows = Reply(said, wrong={"hours": "Not so many."})
    sent = await chat.answered(await ann.submits(form, {"hours": "99,5", "day": "2026-03-14", "sure": True}))
    assert "Not so many." in text_of(sent.message)
    (again,) = ids_of(sent.message)
    opened = await (await ann.clicks(sent.message, again)).answered(PATIENCE)
    fields = {one["custom_id"]: one for one in walked(opened.form["components"]) if "custom_id" in one}
    assert [fields["hours"]["value"], fields["day"]["value"], fields["sure"]["default"]] == ["99.5", "2026-03-14", True]
    assert "Not so many." in [one.get("description") for one in opened.form["components"]]
    assert "open for too long" in text_of((await chat.answered(await bob.clicks(sent.message, again))).message)
    chat.keeper.shows = Reply((Paragraph(("Thank you",)),))
    assert text_of((await chat.answered(await ann.submits(opened, {"hours": "9"}))).message) == "Thank you"
    assert chat.keeper.calls[-1].given == {"hours": 9.0, "day": "2026-03-14", "sure": True, "kind": "help"}
