"""The courier: what is let through is sent once, what is refused is not, and each answer of a platform has its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.chat.speech import Paragraph
from bot.community import Terms, apply
from bot.gate import Invite, Purpose
from bot.sending.delivering import Delivered, Outcome
from bot.storage import contacts, outgoing, spaces
from scoring.signals import Account
from tests.bot.community.files import PLATFORMS, parsed
from tests.scenarios.post import DAY, HELLO, HOUR, KEYS, MINUTE, LostError, Street, street
from tests.scenarios.world import RULES


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[Street]:
    async with street(database_url) as one:
        yield one


async def test_letter_to_a_member_is_sent_once_and_its_content_deleted(place: Street) -> None:
    ann = await place.somebody("ann")
    letter = place.letter(ann)

    assert await place.post(letter, letter) == [True, False]
    assert await place.courier.once() == 1
    assert await place.courier.once() == 0

    (sent,) = place.platform.ledger
    assert (sent.space, sent.person, sent.blocks) == ("100", Account("chat", "", "ann"), HELLO)
    assert sent.pings is None
    assert 1 <= len(sent.nonce) <= 25
    ((state, content, message),) = await place.rows("SELECT state, content, message FROM outbox")
    assert (state, content, message) == ("sent", None, f"message {sent.nonce}")
    assert await place.post(letter) == [False]


async def test_letter_to_a_channel_needs_nobody_and_pings_only_whom_it_names(place: Street) -> None:
    ann = await place.somebody("ann")
    await place.post(
        place.letter(channel="7", kind=Purpose.DIGEST), place.letter(ann, channel="7", kind=Purpose.NUDGE, pings=True)
    )

    assert await place.courier.once() == 2

    first, second = sorted(place.platform.ledger, key=lambda one: one.pings is not None)
    assert (first.channel, first.person, first.pings, first.silent) == ("7", None, None, True)
    assert (second.channel, second.person, second.pings) == ("7", None, Account("chat", "", "ann"))


async def test_what_changes_between_posting_and_sending_decides(place: Street) -> None:
    ann, bob, cat, dan = [await place.somebody(name) for name in ("ann", "bob", "cat", "dan")]
    await place.post(*(place.letter(one) for one in (ann, bob, cat, dan)))
    async with place.database.write() as connection:
        await contacts.set_invite(connection, place.community, ann, place.spaces[0], Invite.NO)
        await contacts.set_minor(connection, place.community, bob, minor=True)
        await contacts.left(connection, place.community, cat, place.spaces[0], place.at)
        await spaces.leave_out(connection, place.community, 0, [KEYS.handle(Account("chat", "", "dan"))])

    assert await place.courier.once() == 0

    assert place.platform.asked == []
    refused = {"no consent": 1, "under age": 1, "left": 1, "left out": 1}
    assert sorted(await place.states()) == sorted(("failed", reason) for reason in refused)
    assert await place.refusals() == refused
    assert await place.rows("SELECT content FROM outbox WHERE content IS NOT NULL") == []


async def test_paused_community_sends_nothing_and_goes_on_at_once_when_resumed(place: Street) -> None:
    ann = await place.somebody("ann")
    await place.post(place.letter(ann), place.letter(channel="7", kind=Purpose.DIGEST))
    async with place.database.write() as connection:
        await outgoing.pause(connection, place.community, place.at)

    assert await place.courier.once() == 0
    assert await place.states() == [("pending", "paused")] * 2
    place.at += MINUTE
    assert await place.courier.once() == 0
    async with place.database.write() as connection:
        await outgoing.resume(connection, place.community, place.at)

    assert await place.courier.once() == 2


async def test_nothing_goes_out_before_go_live_and_what_waited_a_week_never_does(database_url: str) -> None:
    async with street(database_url) as place:
        async with place.database.write() as connection:
            await connection.execute(text("DELETE FROM outgoing"))
        await place.post(place.letter(channel="7", kind=Purpose.NOTICE))

        for _ in range(7 * 24 + 1):
            assert await place.courier.once() == 0
            place.at += HOUR
        await place.live()

        assert await place.courier.once() == 0
        assert await place.states() == [("failed", "expired")]
        assert set(await place.refusals()) == {"not live yet", "expired"}


async def test_quiet_hours_hold_until_the_member_s_morning(place: Street) -> None:
    ann = await place.somebody("ann")
    async with place.database.write() as connection:
        await contacts.set_zone(connection, place.community, ann, "Asia/Tokyo")  # there it is 21:00
    await place.post(place.letter(ann))

    assert await place.courier.once() == 0
    place.at += 11 * HOUR - 1
    assert await place.courier.once() == 0
    place.at += 1
    assert await place.courier.once() == 1
    assert await place.refusals() == {"quiet hours": 1}


async def test_community_file_says_where_it_is_and_whether_weekends_are_quiet(place: Street) -> None:
    ann = await place.somebody("ann")
    file = "name: Street\nzone: Asia/Tokyo\nquiet_weekends: yes\nspaces: [{platform: chat, id: 100}]\n"
    async with place.database.write() as connection:
        await apply(connection, parsed(file), Terms(KEYS, PLATFORMS, lambda: (RULES, "v", "mountain.yaml")))
    place.at += 2 * DAY + 3 * HOUR  # Saturday, 0:00 in Tokyo
    await place.post(place.letter(ann))

    assert await place.courier.once() == 0
    place.at += 2 * DAY + 8 * HOUR - 1
    assert await place.courier.once() == 0
    place.at += 1
    assert await place.courier.once() == 1


async def test_one_contact_a_week_whatever_the_number_of_letters_and_couriers(place: Street) -> None:
    ann = await place.somebody("ann")
    await place.post(*(place.letter(ann) for _ in range(6)))
    others = [place.new_courier() for _ in range(4)]

    await asyncio.gather(*(one.once() for one in others))

    assert len(place.platform.ledger) == 1
    assert sorted(await place.states()) == [("failed", "had one in 7 days")] * 5 + [("sent", "")]


async def test_answers_do_not_count_and_do_not_wait(place: Street) -> None:
    ann = await place.somebody("ann", None)
    await place.post(*(place.letter(ann, kind=Purpose.ANSWER) for _ in range(3)))
    async with place.database.write() as connection:
        await contacts.set_invite(connection, place.community, ann, place.spaces[0], Invite.DM)
    place.at += 10 * HOUR

    await place.courier.once()
    place.at += MINUTE
    await place.courier.once()
    assert len(place.platform.ledger) == 3
    await place.post(place.letter(ann))
    place.at += 11 * HOUR
    assert await place.courier.once() == 1


async def test_closed_door_becomes_a_line_and_nobody_knocks_for_90_days(place: Street) -> None:
    ann = await place.somebody("ann")
    place.platform.answer = lambda _: Outcome(Delivered.CLOSED)
    await place.post(place.letter(ann, key="first"))
    await place.courier.once()
    assert await place.states() == [("pending", "closed")]

    place.at += 3 * DAY
    shown = await place.line(ann)
    assert shown is not None
    assert (shown.key, shown.blocks) == ("first", HELLO)
    assert await place.line(ann) is None

    place.platform.answer = lambda _: None
    place.at += 86 * DAY
    await place.post(place.letter(ann, key="second"))
    await place.courier.once()
    assert [one[0] for one in await place.states()] == ["sent", "pending"]
    assert place.platform.ledger == []
    place.at += 7 * DAY
    await place.post(place.letter(ann, key="third"))
    assert await place.courier.once() == 1
    assert len(place.platform.asked) == 2


async def test_who_is_gone_is_not_written_to_again_until_they_come(place: Street) -> None:
    ann = await place.somebody("ann")
    place.platform.answer = lambda _: Outcome(Delivered.GONE)
    await place.post(place.letter(ann))
    await place.courier.once()
    place.platform.answer = lambda _: None
    await place.post(place.letter(ann))
    assert await place.courier.once() == 0
    async with place.database.write() as connection:
        await contacts.met(connection, place.community, ann, place.at, place.spaces[0])
    await place.post(place.letter(ann))

    assert await place.courier.once() == 1
    assert await place.states() == [("failed", "gone"), ("failed", "left"), ("sent", "")]


async def test_rate_limit_of_one_channel_delays_no_other(place: Street) -> None:
    place.platform.answer = lambda one: Outcome(Delivered.LATER, after=3600) if one.channel == "7" else None
    letters = [place.letter(channel=one, kind=Purpose.POST) for one in ("7", "7", "7", "8", "9")]
    await place.post(*letters, place.letter(channel="7", kind=Purpose.POST, space=place.spaces[1], key="other space"))

    await place.courier.once()

    assert sorted(one.channel for one in place.platform.ledger) == ["8", "9"]
    asked = sum(one.channel == "7" for one in place.platform.asked)
    assert asked <= 5
    place.at += HOUR - 1
    await place.courier.once()
    assert sum(one.channel == "7" for one in place.platform.asked) == asked
    place.platform.answer = lambda _: None
    place.at += 1
    assert await place.courier.once() == 4


async def test_too_many_conversations_stop_the_space_s_direct_messages_longer_each_time(place: Street) -> None:
    people = [await place.somebody(f"p{n}") for n in range(4)]
    place.platform.answer = lambda one: Outcome(Delivered.TOO_FAST) if one.person and one.space == "100" else None
    await place.post(*(place.letter(one) for one in people))
    await place.post(place.letter(channel="7", kind=Purpose.POST))
    await place.post(place.letter(await place.somebody("q"), space=place.spaces[1]))

    await place.courier.once()

    assert [one.channel or one.space for one in place.platform.ledger] == ["7", "200"]
    assert len(place.platform.asked) == 3
    for hours, asked in ((1, 4), (1, 4), (1, 5), (3, 5), (1, 6)):
        place.at += hours * HOUR
        await place.courier.once()
        assert len(place.platform.asked) == asked


async def test_new_conversations_keep_to_ten_an_hour_and_forty_a_day(place: Street) -> None:
    people = [await place.somebody(f"p{n}") for n in range(60)]
    await place.post(*(place.letter(one, kind=Purpose.ANSWER) for one in people))
    came: list[int] = []

    for _ in range(36 * 12):
        before = len(place.platform.ledger)
        await place.courier.once()
        came += [place.at] * (len(place.platform.ledger) - before)
        place.at += 5 * MINUTE

    assert len(came) == 60
    assert max(sum(at <= other < at + HOUR for other in came) for at in came) == 10
    assert max(sum(at <= other < at + DAY for other in came) for at in came) == 40
    assert all(other - at >= 5_000 for at, other in zip(came, came[1:], strict=False))


async def test_known_conversations_are_not_paced(place: Street) -> None:
    people = [await place.somebody(f"p{n}") for n in range(15)]
    async with place.database.write() as connection:
        for one in people:
            await contacts.opened(connection, place.community, one, place.spaces[0], place.at)
    await place.post(*(place.letter(one) for one in people))

    assert await place.courier.once() == 15


async def test_lost_answer_is_tried_again_and_arrives_once(place: Street) -> None:
    ann = await place.somebody("ann")
    await place.post(place.letter(ann))
    place.platform.after = lambda _: LostError()
    for _ in range(4):
        await place.courier.once()
        place.at += 10_000
    place.platform.after = lambda _: None
    await place.courier.once()

    assert (len(place.platform.ledger), len(place.platform.asked)) == (1, 4)
    assert await place.states() == [("sent", "")]


async def test_lost_answer_is_not_tried_again_once_the_platform_would_not_know(place: Street) -> None:
    ann = await place.somebody("ann")
    await place.post(place.letter(ann), place.letter(ann))
    place.platform.after = lambda _: LostError()
    for _ in range(50):
        await place.courier.once()
        place.at += 5_000

    assert len(place.platform.ledger) == 1
    assert len(place.platform.asked) == 6  # after 0, 5, 10, 20, 40 and 80 seconds; another one would last too long
    states = await place.states()
    assert states[0][0] == "unknown"
    assert states[1] == ("failed", "had one in 7 days")


async def test_platform_without_a_memory_is_never_asked_twice(place: Street) -> None:
    ann = await place.somebody("ann")
    place.platform.remembers = 0
    place.platform.window = 0
    place.platform.after = lambda _: LostError()
    await place.post(place.letter(ann))
    for _ in range(5):
        await place.courier.once()
        place.at += MINUTE

    assert len(place.platform.asked) == 1
    assert [one[0] for one in await place.states()] == ["unknown"]


async def test_refusal_by_the_platform_after_a_lost_answer_stays_unknown(place: Street) -> None:
    ann = await place.somebody("ann")
    place.platform.after = lambda _: LostError()
    await place.post(place.letter(ann))
    await place.courier.once()
    place.at += 5_000
    place.platform.answer = lambda _: Outcome(Delivered.FAILED)
    await place.courier.once()

    assert [one[0] for one in await place.states()] == ["unknown"]


async def test_row_of_a_courier_that_died_is_taken_up_again_within_the_window(place: Street) -> None:
    ann = await place.somebody("ann")
    await place.post(place.letter(ann))
    await _die_while_sending(place)
    assert len(place.platform.ledger) == 1
    assert await place.new_courier().once() == 0  # it may still be at it

    place.at += 31_000
    assert await place.new_courier().once() == 1

    assert len(place.platform.ledger) == 1
    assert await place.states() == [("sent", "")]


async def test_row_of_a_courier_that_died_long_ago_is_unknown_and_counts_as_sent(place: Street) -> None:
    ann = await place.somebody("ann")
    await place.post(place.letter(ann))
    await _die_while_sending(place)
    place.at += 2 * MINUTE
    assert await place.new_courier().once() == 0

    await place.post(place.letter(ann, expires=place.at + 2 * DAY))
    assert await place.new_courier().once() == 0
    assert await place.states() == [("unknown", "no answer"), ("failed", "had one in 7 days")]


async def test_member_who_says_no_while_a_retry_is_due_is_left_alone(place: Street) -> None:
    ann = await place.somebody("ann")
    await place.post(place.letter(ann))
    await _die_while_sending(place)
    async with place.database.write() as connection:
        await contacts.set_invite(connection, place.community, ann, place.spaces[0], Invite.NO)
    place.at += 31_000

    assert await place.new_courier().once() == 0
    assert len(place.platform.asked) == 1
    assert await place.states() == [("unknown", "no consent")]


async def _die_while_sending(place: Street) -> None:
    """Let a courier end, as by a kill, after the platform took its message."""
    taken = asyncio.Event()

    def die(_: object) -> Exception | None:
        taken.set()
        dying.cancel()
        return None

    place.platform.after = die
    courier = place.new_courier()
    dying = asyncio.create_task(courier.run(asyncio.Event()))
    await taken.wait()
    await asyncio.gather(dying, return_exceptions=True)
    place.platform.after = lambda _: None


async def test_what_was_let_through_too_long_ago_is_asked_about_anew(place: Street) -> None:
    ann = await place.somebody("ann")
    await place.post(place.letter(ann))
    times = iter([0, 0, 0, 6_000, 6_000])
    courier = place.new_courier()
    start = place.at

    class Slow:
        def __call__(self) -> int:
            return start + next(times, 6_000)

    slow = type(courier)(place.database, KEYS, {"chat": place.platform}, place.metrics, Slow())
    await slow.once()

    attempts = await place.rows("SELECT claimed_at FROM outbox")
    assert attempts == [(start + 6_000,)]
    assert len(place.platform.ledger) == 1


async def test_member_forgotten_while_a_message_is_on_its_way_leaves_no_trace(place: Street) -> None:
    ann = await place.somebody("ann")
    await place.post(place.letter(ann))
    sending, forgotten = asyncio.Event(), asyncio.Event()
    deliver = place.platform.deliver

    class Waiting:
        remembers = 120.0

        async def deliver(self, delivery: object) -> Outcome:
            sending.set()
            await forgotten.wait()
            return await deliver(delivery)  # type: ignore[arg-type]

    courier = type(place.courier)(place.database, KEYS, {"chat": Waiting()}, place.metrics, lambda: place.at)
    running = asyncio.create_task(courier.once())
    await sending.wait()
    async with place.database.write() as connection:
        await contacts.forget(connection, place.community, ann)
    forgotten.set()
    await running

    assert await place.rows(f"SELECT id FROM outbox WHERE member = {ann}") == []
    assert await place.rows(f"SELECT space FROM reach WHERE member = {ann}") == []
    assert await place.rows(f"SELECT member FROM contact WHERE member = {ann} AND met_at > 0") == []


async def test_rows_for_a_platform_that_others_speak_to_are_left_to_them(place: Street) -> None:
    courier = type(place.courier)(place.database, KEYS, {}, place.metrics, lambda: place.at)
    await place.post(place.letter(channel="7", kind=Purpose.POST))

    assert await courier.once() == 0
    assert await place.states() == [("pending", "")]
    assert await place.courier.once() == 1


async def test_failing_platform_and_odd_content_stop_nobody_else(place: Street) -> None:
    place.platform.answer = lambda one: ValueError("of an unknown sort") if one.channel == "7" else None
    odd = Paragraph(("\ud800 \0 @everyone " + "x" * 5000,))
    await place.post(
        place.letter(channel="7", kind=Purpose.POST), place.letter(channel="8", kind=Purpose.POST, blocks=(odd,))
    )

    await place.courier.once()

    assert [one.blocks for one in place.platform.ledger] == [(odd,)]


async def test_content_that_cannot_be_read_fails_by_itself(place: Street) -> None:
    await place.post(place.letter(channel="7", kind=Purpose.POST), place.letter(channel="8", kind=Purpose.POST))
    async with place.database.write() as connection:
        await connection.execute(text("UPDATE outbox SET content = :bad WHERE channel = '7'"), {"bad": b"bad"})

    await place.courier.once()

    assert await place.states() == [("failed", "cannot be read"), ("sent", "")]


async def test_courier_that_is_told_to_stop_finishes_what_is_on_its_way(place: Street) -> None:
    stop = asyncio.Event()
    await place.post(*(place.letter(channel=str(n), kind=Purpose.POST) for n in range(3)))

    def asked(_: object) -> None:
        stop.set()

    place.platform.after = asked
    await asyncio.wait_for(place.courier.run(stop), 30)

    states = await place.states()
    assert ("sent", "") in states
    assert not [one for one in states if one[0] == "sending"]


async def test_joined_people_are_contacted_as_one_and_the_strictest_no_counts(place: Street) -> None:
    ann, other = await place.somebody("ann"), await place.somebody("other")
    await place.post(place.letter(ann))
    assert await place.courier.once() == 1
    async with place.database.write() as connection:
        await connection.execute(text(f"UPDATE member SET merged_into = {ann} WHERE id = {other}"))
        await connection.execute(text(f"UPDATE account SET member = {ann} WHERE own_member = {other}"))
    await place.post(place.letter(other))
    place.at += MINUTE
    assert await place.courier.once() == 0
    place.at += 8 * DAY
    async with place.database.write() as connection:
        await contacts.set_invite(connection, place.community, other, place.spaces[1], Invite.NO)
    await place.post(place.letter(ann))
    assert await place.courier.once() == 0

    assert await place.refusals() == {"had one in 7 days": 1, "no consent": 1}


async def test_figures_tell_what_became_of_letters(sqlite_url: str) -> None:
    async with street(sqlite_url) as place:
        courier = type(place.courier)(place.database, KEYS, {"chat": place.platform}, place.metrics, lambda: place.at)
        await place.post(place.letter(await place.somebody("ann")), place.letter(await place.somebody("bob", None)))
        await courier.once()

        figures = place.metrics.text().decode().splitlines()
    for line in (
        'cairn_letters_total{purpose="invitation",result="sent"} 1.0',
        'cairn_letters_total{purpose="invitation",result="failed"} 1.0',
        'cairn_letters_refused_total{reason="no consent"} 1.0',
        "cairn_conversations_opened_total 1.0",
        "cairn_outbox_age_seconds 0.0",
    ):
        assert line in figures
