"""The notice is posted in active channels, with its buttons, at most twice a year each."""

from __future__ import annotations

from bot.chat.speech import Controls, Paragraph
from bot.consent.noticing import AT_ONCE, post_notices
from bot.sending.parcels import unpacked
from bot.storage import outgoing
from scoring.signals import DAY_MS, Context
from tests.bot.rights.town import ANN, CHAT, NOW, TODAY, Here, message

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


def test_thread_counts_for_its_channel_and_silent_channels_are_left_alone(here: Here) -> None:
    live(here)
    here.hear(
        message(ANN, 1, context=Context("T9", "thread", "C9")),
        message(ANN, 2, day=TODAY - 60, context=CHAT),
    )

    assert tell(here) == 1
    assert [row[0] for row in here.rows(POSTED)] == ["C9"]


def test_few_channels_are_told_at_once_and_the_others_the_next_day(here: Here) -> None:
    live(here)
    here.hear(*(message(ANN, n, context=Context(f"C{n}", "x")) for n in range(1, AT_ONCE + 2)))

    assert [tell(here, NOW + day * DAY_MS) for day in range(3)] == [AT_ONCE, 1, 0]


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
