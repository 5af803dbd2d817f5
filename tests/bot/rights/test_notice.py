"""The notice is posted in active channels, with its buttons, at most twice a year each."""

from __future__ import annotations

import pytest

from bot.chat.speech import Controls, Paragraph
from bot.consent.noticing import AT_ONCE, Written, post_notices
from bot.sending.parcels import unpacked
from bot.storage import outgoing
from scoring.signals import DAY_MS, Context, Kind, Signal
from tests.bot.rights.town import ANN, BOB, CHAT, HELP, NOW, TODAY, Here, message

POSTED = "SELECT channel, due FROM outbox WHERE community = :of AND purpose = 'notice' ORDER BY id"


def tell(here: Here, now: int = NOW) -> int:
    return here.run(post_notices(here.database, here.town.world.keys, here.id, now))


def live(here: Here) -> None:
    async def go() -> None:
        async with here.database.write() as connection:
            await outgoing.go_live(connection, here.id, NOW)

    here.run(go())


def test_nothing_is_posted_before_go_live(here: Here) -> None:
    here.hear(message(ANN, 1, context=CHAT))

    assert tell(here) == 0


def test_active_channel_is_told_twice_a_year_at_most(here: Here) -> None:
    live(here)
    for day in range(0, 366, 7):
        here.hear(message(ANN, 1 + day, day=TODAY + day, context=CHAT))
        tell(here, NOW + day * DAY_MS)

    times = [row[1] for row in here.rows(POSTED)]
    assert len(times) == 2
    assert times[1] - times[0] >= 183 * DAY_MS


def test_threads_count_for_their_channel_and_silent_channels_are_left_alone(here: Here) -> None:
    live(here)
    here.hear(
        message(ANN, 1, context=HELP),
        message(ANN, 2, context=Context("C9", "busy")),
        *(message(BOB, 10 + n, context=Context("T9", "thread", "C9")) for n in range(3)),
        message(ANN, 3, day=TODAY - 60, context=CHAT),
    )

    assert tell(here) == 2
    assert [row[0] for row in here.rows(POSTED)] == ["C9", "C1"]


def test_forum_takes_no_message_so_neither_it_nor_its_posts_are_told_however_busy(here: Here) -> None:
    live(here)
    here.hear(
        *(message(ANN, n, context=Context(f"P{n}", "a post", "F1")) for n in range(1, 6)),
        message(ANN, 9, context=CHAT),
    )

    assert tell(here) == 1
    assert [row[0] for row in here.rows(POSTED)] == ["C2"]


def test_few_channels_are_told_at_once_and_the_others_the_next_day(here: Here) -> None:
    live(here)
    here.hear(*(message(ANN, n, context=Context(f"C{n}", "x")) for n in range(1, AT_ONCE + 2)))

    assert [tell(here, NOW + day * DAY_MS) for day in range(3)] == [AT_ONCE, 1, 0]


async def written(here: Here, *signals: Signal) -> None:
    await Written(here.database, here.space).heard(signals)


def test_strict_space_is_told_where_somebody_writes_though_nothing_is_kept_of_them(here: Here) -> None:
    live(here)
    here.do("UPDATE space SET consent = 'strict'")
    before = here.everything()
    here.run(
        written(
            here,
            message(ANN, 1, context=Context("C3", "old"), day=TODAY - 60),
            message(ANN, 2, context=CHAT, day=TODAY - 1),
            message(BOB, 3, context=Context("C9", "")),
            message(BOB, 8, context=Context("T9", "a post", "F1")),
            message(BOB, 4, context=Context("C4", "taken back"), retracted=True),
            message(BOB._replace(bot=True), 5, context=Context("C5", "machines")),
            message(BOB, 6, context=Context("C6", "never"), day=10_000_000),
            message(BOB, 7, context=Context("C7", "heart"), kind=Kind.REACTION),
        )
    )
    kept = {name: set(rows) - set(before[name]) for name, rows in here.everything().items()}
    told = tell(here)
    again = tell(here, NOW + DAY_MS)

    assert {name: rows for name, rows in kept.items() if rows} == {
        "note": {("notice", here.space, "written in", f'{{"C2": {TODAY - 1}, "C9": {TODAY}}}')}
    }
    assert (told, again) == (2, 0)
    assert [row[0] for row in here.rows(POSTED)] == ["C9", "C2"]


def test_days_on_which_somebody_wrote_go_after_two_weeks_and_with_the_policy(here: Here) -> None:
    here.do("UPDATE space SET consent = 'strict'")
    here.run(written(here, message(ANN, 1, context=CHAT), message(ANN, 2, context=HELP, day=TODAY - 3)))
    days = []
    for later in (11, 12, 14):
        tell(here, NOW + later * DAY_MS)
        days.append(here.rows("SELECT value FROM note"))
    here.do("UPDATE space SET consent = 'counted'")
    tell(here, NOW + 14 * DAY_MS)

    assert days == [[(f'{{"C1": {TODAY - 3}, "C2": {TODAY}}}',)], *[[(f'{{"C2": {TODAY}}}',)]] * 2]
    assert here.rows("SELECT value FROM note") == [("{}",)]


def test_channel_that_the_team_leaves_out_is_not_told(here: Here) -> None:
    live(here)
    here.do("UPDATE space SET consent = 'strict'")
    here.run(written(here, message(ANN, 1, context=CHAT), message(ANN, 2, context=HELP)))
    here.do("INSERT INTO exclusion (community, space, what, which, at) VALUES (:of, :here, 'channel', 'C2', 0)",
            here=here.space)  # fmt: skip

    assert tell(here) == 1
    assert [row[0] for row in here.rows(POSTED)] == ["C1"]


@pytest.mark.parametrize(("consent", "words"), [("counted", "Cairn counts"), ("strict", "Cairn keeps nothing of you")])
def test_notice_says_what_holds_in_the_space(here: Here, consent: str, words: str) -> None:
    live(here)
    here.hear(message(ANN, 1, context=CHAT))
    here.do("UPDATE space SET consent = :said", said=consent)
    tell(here)

    sealed = here.rows("SELECT content FROM outbox WHERE community = :of")[0][0]
    assert words in str(unpacked(here.town.world.keys.open_bytes(bytes(sealed)))[0])


def test_notice_says_what_the_card_says_with_three_buttons(here: Here) -> None:
    live(here)
    here.do("UPDATE space SET settings = :said", said='{"language": "de"}')
    here.hear(message(ANN, 1, context=CHAT))
    tell(here)

    sealed = here.rows("SELECT content FROM outbox WHERE community = :of")[0][0]
    words, controls = unpacked(here.town.world.keys.open_bytes(bytes(sealed)))
    assert isinstance(words, Paragraph)
    assert "Cairn zählt" in str(words.text[0])
    assert isinstance(controls, Controls)
    assert [one.action.name for one in controls.items] == ["page-make", "page-leave-out", "page-kept"]
