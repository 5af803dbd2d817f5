"""Which channels count: what everyone sees, as far as the settings say nothing else."""

from __future__ import annotations

import pytest

from bot.ports import Context, Listed, SpaceSettings
from integrations.discord.payloads.channels import Channels
from integrations.discord.payloads.ids import LONGEST_NAME, UnknownPlaceError, UnreadableError
from tests.integrations.discord.payloads import (
    GENERAL,
    GUILD,
    NOW,
    TALK,
    Record,
    channel,
    guild,
    hides,
    message,
    role,
    shows,
    snowflake,
    thread,
    told,
)

OPEN = SpaceSettings()


def allowed(overwrites: list[Record], category: list[Record] | None, settings: SpaceSettings = OPEN) -> bool:
    """Whether a channel with these overwrites counts, below a category with those (None: below none)."""
    channels = Channels(GUILD, settings)
    if category is not None:
        channels.put(channel("60", 4, permission_overwrites=category))
    channels.put(channel("70", 0, None if category is None else "60", permission_overwrites=overwrites))
    return channels.spot("70").allowed


@pytest.mark.parametrize(
    ("overwrites", "category", "counts"),
    [
        ([], None, True),
        ([shows("801")], None, True),
        ([hides("801")], None, True),
        ([hides()], None, False),
        ([hides(), shows("801")], None, False),
        ([], [hides()], False),
        ([hides()], [hides()], False),
        ([shows(GUILD)], [hides()], True),
        ([hides()], [], False),
        ([{"id": GUILD, "type": 0, "allow": "0", "deny": "2048"}], None, True),
    ],
)
def test_public_channels_count_and_private_ones_do_not(
    overwrites: list[Record], category: list[Record] | None, counts: bool
) -> None:
    assert allowed(overwrites, category) is counts


def test_listed_private_category_lets_its_channels_in_and_a_public_one_only_the_public_ones() -> None:
    listed = SpaceSettings(listed_in=Listed.of(["60"]))
    assert allowed([], [hides()], listed)
    assert allowed([hides()], [hides()], listed)
    assert not allowed([hides()], [], listed)


def test_server_that_hides_all_channels_shows_those_it_shows() -> None:
    known = guild(roles=[role(GUILD, "@everyone", permissions="0")])
    assert not known.spot(GENERAL).allowed
    told("CHANNEL_UPDATE", channel(GENERAL, permission_overwrites=[shows(GUILD)]), known)
    assert known.spot(GENERAL).allowed
    told("CHANNEL_UPDATE", channel(GENERAL), known)
    told("GUILD_ROLE_UPDATE", {"guild_id": GUILD, "role": role(GUILD, "@everyone")}, known)
    assert known.spot(GENERAL).allowed


def test_channel_that_becomes_private_takes_its_threads_along() -> None:
    known = guild(threads=[thread("77")])
    assert known.spot("77") == (Context(place="77", parent=GENERAL), True, 11)
    told("CHANNEL_UPDATE", channel(GENERAL, permission_overwrites=[hides()]), known)
    assert not known.spot("77").allowed


def test_private_thread_counts_where_private_places_do() -> None:
    known = guild(threads=[thread("77", type=12)])
    assert not known.spot("77").allowed
    known.apply(SpaceSettings(private=True), known.kinds, 0)
    assert known.spot("77").allowed


def test_deleted_channels_and_threads_are_unknown() -> None:
    known = guild(threads=[thread("77")])
    told("THREAD_DELETE", {"id": "77", "guild_id": GUILD, "parent_id": GENERAL, "type": 11}, known)
    told("CHANNEL_DELETE", channel(TALK, 2), known)
    for place in ("77", TALK):
        with pytest.raises(UnknownPlaceError):
            known.spot(place)


def test_thread_of_an_unknown_channel_asks_for_the_channel() -> None:
    known = guild(threads=[thread("77", parent="555")])
    with pytest.raises(UnknownPlaceError) as caught:
        known.spot("77")
    assert caught.value.place == "555"


def test_place_that_cannot_be_read_is_left_until_the_channels_change() -> None:
    known = guild()
    known.channels.shut("77")
    assert not known.spot("77").allowed
    told("CHANNEL_CREATE", channel("710"), known)
    with pytest.raises(UnknownPlaceError) as caught:
        known.spot("77")
    assert caught.value.place == "77"


def test_place_that_is_known_is_never_shut() -> None:
    known = guild(threads=[thread("77")])
    for place in (GENERAL, TALK, "77"):
        known.channels.shut(place)
        assert known.spot(place).allowed


def test_thread_of_a_channel_that_cannot_be_read_does_not_count() -> None:
    known = guild(threads=[thread("77", parent="555")])
    known.channels.shut("555")
    assert not known.spot("77").allowed


def test_live_messages_move_when_a_channel_or_thread_was_last_written_in() -> None:
    known = guild(threads=[thread("77")])
    for place in (GENERAL, "77"):
        told("MESSAGE_CREATE", message(snowflake(NOW - 5), channel_id=place), known)
    assert known.channels.places(since=NOW) == [GENERAL, "77"]


def test_message_that_cannot_be_read_moves_when_its_channel_was_last_written_in() -> None:
    known = guild()
    with pytest.raises(UnreadableError):
        told("MESSAGE_CREATE", message("none at all"), known)
    assert known.channels.places(since=NOW) == [GENERAL]


def test_changed_channel_stays_written_in_where_discord_tells_less() -> None:
    known = guild()
    told("MESSAGE_CREATE", message(snowflake(NOW - 5)), known)
    told("CHANNEL_UPDATE", channel(GENERAL), known)
    assert known.channels.places(since=NOW) == [GENERAL]


def test_threads_kept_are_bounded() -> None:
    known = guild()
    told("THREAD_LIST_SYNC", {"guild_id": GUILD, "threads": [thread(str(n)) for n in range(1_000, 6_001)]}, known)
    assert known.spot("6000").allowed
    with pytest.raises(UnknownPlaceError):
        known.spot("1000")


def test_names_are_cut_and_stripped() -> None:
    name = "a\x00\n\x1b[31m\u202e\ud800" + "é" * 1_000_000
    known = guild(channels=[channel(GENERAL, name=name)])
    kept = known.spot(GENERAL).context.name
    assert kept == "a[31m" + "é" * (LONGEST_NAME - 5)
    assert guild(channels=[channel(GENERAL, name="👨‍👩‍👧-雑談")]).spot(GENERAL).context.name == "👨‍👩‍👧-雑談"


def test_part_of_a_server_that_cannot_be_read_takes_no_other_with_it() -> None:
    known = guild(channels=[channel("x"), None, channel(GENERAL), {}], roles=[5], voice_states=[{"user_id": []}])
    assert known.spot(GENERAL).allowed
    assert known.unreadable == 5
