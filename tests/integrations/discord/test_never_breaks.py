"""Whatever arrives: a reader gives signals that can be stored, or raises its one error, and its state stays whole."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ports import Kind, Signal
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.hearing import READERS, hear
from integrations.discord.payloads.ids import LONGEST_NAME, UnreadableError
from integrations.discord.payloads.messages import captured_whole, written
from tests.integrations.discord.payloads import (
    GENERAL,
    GUILD,
    NOW,
    Record,
    channel,
    convening,
    guild,
    member,
    message,
    reaction,
    role,
    server,
    snowflake,
    stage,
    thread,
    told,
    unreaction,
    user,
    voice,
)

ID = snowflake(NOW - 60_000)
ABOUT = member("801") | {"guild_id": GUILD, "user": user("11"), "flags": 2}
CHANGE = {"key": "$add", "new_value": [{"id": "801", "name": "mentor"}]}
ENTRY = {"id": ID, "action_type": 25, "user_id": "12", "target_id": "11", "changes": [CHANGE]}
REPLY = {"type": 0, "message_id": ID, "channel_id": GENERAL}
EVENT = snowflake(NOW - 3_600_000)
SINCE = "2024-02-01T23:59:50+00:00"
JOINED = {"id": ID, "user_id": "11", "join_timestamp": SINCE, "flags": 1, "member": ABOUT}
MORE = {"members": [ABOUT], "stage_instances": [stage(ID)]}
CASES: list[tuple[str, Record]] = [
    ("MESSAGE_CREATE", message(ID, type=19, mentions=[user("12")], message_reference=REPLY)),
    ("MESSAGE_CREATE", message(ID, type=18, message_reference={"channel_id": ID})),
    ("MESSAGE_UPDATE", message(ID, edited_timestamp="2024-02-01T23:59:30+00:00")),
    ("MESSAGE_DELETE", {"id": ID, "channel_id": GENERAL, "guild_id": GUILD}),
    ("MESSAGE_DELETE_BULK", {"ids": [ID], "channel_id": GENERAL, "guild_id": GUILD}),
    ("MESSAGE_REACTION_ADD", reaction(ID)),
    ("MESSAGE_REACTION_REMOVE", unreaction(ID)),
    ("MESSAGE_REACTION_REMOVE_ALL", {"message_id": ID, "channel_id": GENERAL, "guild_id": GUILD}),
    ("MESSAGE_REACTION_REMOVE_EMOJI", unreaction(ID)),
    ("MESSAGE_POLL_VOTE_ADD", unreaction(ID, answer_id=1)),
    ("MESSAGE_POLL_VOTE_REMOVE", unreaction(ID, answer_id=1)),
    ("GUILD_MEMBER_ADD", ABOUT),
    ("GUILD_MEMBER_REMOVE", ABOUT),
    ("GUILD_MEMBER_UPDATE", ABOUT),
    ("GUILD_MEMBERS_CHUNK", {"guild_id": GUILD, "members": [ABOUT]}),
    ("GUILD_AUDIT_LOG_ENTRY_CREATE", ENTRY),
    ("GUILD_AUDIT_LOG_ENTRY_CREATE", ENTRY | {"action_type": 72, "options": {"channel_id": GENERAL}}),
    ("GUILD_CREATE", server(voice_states=[voice("11")], guild_scheduled_events=[convening(EVENT)], **MORE)),
    ("GUILD_UPDATE", server()),
    ("GUILD_ROLE_CREATE", {"guild_id": GUILD, "role": role(GUILD, "@everyone")}),
    ("GUILD_ROLE_UPDATE", {"guild_id": GUILD, "role": role("801", "mentor")}),
    ("GUILD_ROLE_DELETE", {"guild_id": GUILD, "role_id": "801"}),
    ("CHANNEL_CREATE", channel("710", 0, "600", permission_overwrites=[{"id": GUILD, "allow": "0", "deny": "1024"}])),
    ("CHANNEL_DELETE", channel("710")),
    ("THREAD_CREATE", thread(ID, newly_created=True, thread_metadata={"create_timestamp": "2024-02-01T23:59:00Z"})),
    ("THREAD_UPDATE", thread(ID)),
    ("THREAD_DELETE", {"id": ID, "guild_id": GUILD, "parent_id": GENERAL, "type": 11}),
    ("THREAD_LIST_SYNC", {"guild_id": GUILD, "threads": [thread(ID)]}),
    ("THREAD_MEMBERS_UPDATE", {"id": ID, "guild_id": GUILD, "added_members": [JOINED], "removed_member_ids": ["12"]}),
    ("VOICE_STATE_UPDATE", voice("11")),
    ("STAGE_INSTANCE_CREATE", stage(ID)),
    ("STAGE_INSTANCE_DELETE", stage(ID)),
    ("GUILD_SCHEDULED_EVENT_CREATE", convening(EVENT, recurrence_rule={"frequency": 2})),
    ("GUILD_SCHEDULED_EVENT_DELETE", convening(EVENT)),
    ("GUILD_SCHEDULED_EVENT_USER_ADD", {"guild_scheduled_event_id": EVENT, "user_id": "11", "guild_id": GUILD}),
]
HOSTILE: list[Any] = [
    None, True, 0, -1, 2**63, 2**200, 1e308, float("inf"), "", "x", "0", "-5", "９", "9" * 20, "9" * 5_000, "\ud800",
    "a\0b", "\u202e" * 50, [], [[]], [None], {}, {"id": None}, {"": {}}, "2024-13-40T99:99:99", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+23:59",
]  # fmt: skip
BIG = "n" * 1_000_000
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(HOSTILE[:16]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value inside a payload, the payload itself included."""
    yield here
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(inner, (*here, key))


def put(payload: Record, path: tuple[Any, ...], value: Any) -> Any:
    """Return the payload with one value replaced; `...` leaves it out."""
    if not path:
        return None if value is ... else value
    changed = copy.deepcopy(payload)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return changed


def storable(signals: list[Signal]) -> None:
    """Check what the store asks of signals."""
    for one in signals:
        assert isinstance(one.kind, Kind)
        assert "\0" not in one.key
        assert 0 <= one.at < NOW + 2 * 86_400_000
        assert one.version >= 0
        assert 0 <= one.amount < 2**31
        assert one.account is not None or one.retracted
        texts = (one.key, one.parent, *(str(part) for part in (one.context.place, one.context.name, one.context.role)))
        assert all(len(text.encode()) < 1_000 for text in texts)
        assert len(one.context.name) <= LONGEST_NAME


def survives(known: Guild, name: str, d: Any) -> None:
    """Read a payload that may be broken; afterwards a sound one must still be read as ever."""
    found, raised = [], UnreadableError()
    try:
        found = hear(known, name, d, NOW)
    except UnreadableError as error:
        raised = error
    assert len(str(raised)) < 100
    assert raised.__cause__ is None
    storable(found)


def test_every_reader_is_tried() -> None:
    tried = {name for name, _ in CASES}
    same = {
        "STAGE_INSTANCE_UPDATE",
        "CHANNEL_UPDATE",
        "GUILD_DELETE",
        "GUILD_SCHEDULED_EVENT_UPDATE",
        "GUILD_SCHEDULED_EVENT_USER_REMOVE",
    }
    assert tried | same == set(READERS)


@pytest.mark.parametrize(("name", "payload"), CASES, ids=[f"{n}-{name}" for n, (name, _) in enumerate(CASES)])
def test_payload_with_any_part_broken_is_unreadable_or_harmless(name: str, payload: Record) -> None:
    known = guild()
    for path in paths(payload):
        for value in (*HOSTILE, ..., BIG):
            survives(known, name, put(payload, path, value))
    told("GUILD_CREATE", server(), known)
    assert [one.kind for one in told("MESSAGE_CREATE", message(ID), known)] == [Kind.MESSAGE]


@given(st.sampled_from(sorted(READERS)), ANYTHING)
def test_anything_at_all_is_unreadable_or_harmless(name: str, payload: Any) -> None:
    survives(guild(), name, payload)


@given(st.sampled_from(CASES), st.data())
def test_several_broken_parts_are_unreadable_or_harmless(case: tuple[str, Record], data: st.DataObject) -> None:
    name, payload = case
    broken: Any = payload
    for _ in range(data.draw(st.integers(1, 4))):
        broken = put(broken, data.draw(st.sampled_from(list(paths(broken)))), data.draw(ANYTHING))
    survives(guild(), name, broken)


@given(ANYTHING, ANYTHING)
def test_pages_of_history_are_unreadable_or_harmless(page: Any, more: Any) -> None:
    known = guild(guild_scheduled_events=[convening(ID)])
    [plan] = known.convenings
    for d in (page, message(ID) | {"reactions": more, "mentions": more}):
        with suppress(UnreadableError):
            written(d, known, NOW, NOW)
        with suppress(UnreadableError):
            captured_whole(d, more, known, NOW)
    with suppress(UnreadableError):
        known.rsvps(plan, more, [], NOW)


def test_lone_surrogates_and_deep_nesting_as_json_can_hold_them_are_survived() -> None:
    known = guild()
    odd = json.loads(json.dumps(channel("710", name="\ud83d")))
    told("CHANNEL_CREATE", odd, known)
    assert known.spot("710").context.name == ""
    with pytest.raises(UnreadableError):
        told("MESSAGE_REACTION_ADD", reaction(ID, emoji={"id": None, "name": "\ud83d"}), known)
    for deep in (orjson.loads(b'{"a":' * 1_000 + b"1" + b"}" * 1_000), orjson.loads(b"[" * 1_000 + b"]" * 1_000)):
        for name, payload in CASES:
            for key in payload:
                survives(guild(), name, {**payload, key: deep})


class Treacherous(dict[str, Any]):
    """A payload in which something lies that makes reading fail in an unheard-of way."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def __getitem__(self, name: str) -> Any:
        raise self._error

    def get(self, name: str, default: Any = None) -> Any:
        raise self._error


@pytest.mark.parametrize("error", [RecursionError, RuntimeError, AssertionError, MemoryError, OSError, StopIteration])
def test_whatever_reading_raises_is_told_as_unreadable_without_its_text(error: type[Exception]) -> None:
    known = guild()
    for name in READERS:
        if name != "GUILD_DELETE":  # of which nothing is read
            with pytest.raises(UnreadableError, match=error.__name__) as raised:
                hear(known, name, Treacherous(error("what somebody wrote")), NOW)
            assert "somebody" not in str(raised.value)
    assert [one.kind for one in told("MESSAGE_CREATE", message(ID), known)] == [Kind.MESSAGE]


def test_broken_edit_of_a_convening_leaves_the_one_that_is_known() -> None:
    known = guild(guild_scheduled_events=[convening(EVENT)])
    with pytest.raises(UnreadableError):
        told("GUILD_SCHEDULED_EVENT_UPDATE", convening(EVENT, scheduled_start_time="soon"), known)
    assert [one.open for one in known.convenings] == [True]


def test_message_from_the_future_is_unreadable() -> None:
    with pytest.raises(UnreadableError):
        told("MESSAGE_CREATE", message(snowflake(NOW + 3 * 86_400_000)))
