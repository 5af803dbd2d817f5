"""Events come twice, cannot be stored, come out of their order, or say what follows from what was known before."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from bot.ports import Account, Host, Kind, Listed, MachineError, Meter, Signal, SpaceSettings, Stays
from integrations.slack.receiving.ear import Ear, Heard
from tests.integrations.slack.listening import ALICE, BOB, GENERAL, NOW, TEAM, ListeningHost, NobodyToAsk

FULL = MachineError("the disk is full")
MENTORS = {"id": "S01", "handle": "mentors", "date_create": 1_600_000_000, "users": [ALICE]}
CALL = "R01"


class Listening:
    """An ear on one workspace, with a clock that can be set."""

    def __init__(self, settings: SpaceSettings | None = None) -> None:
        self.host = ListeningHost(settings or SpaceSettings())
        self.asks = NobodyToAsk(self.host)
        self.now = NOW
        self.ear = Ear(cast(Host, self.host), self.asks, lambda: self.now)
        self._numbers = 0

    async def opened(self) -> Heard:
        found = await self.ear.of(TEAM)
        assert found is not None
        return found

    async def hears(self, event: dict[str, Any], number: str = "") -> None:
        self._numbers += 1
        number = number or f"Ev{self._numbers}"
        await self.ear.hear({"type": "event_callback", "team_id": TEAM, "event_id": number, "event": event})

    @property
    def stored(self) -> list[Signal]:
        return self.host.stored


def people(*said: Signal) -> list[tuple[str, bool]]:
    """Return whom signals are about, and whether they are taken back."""
    return [(one.account.id, one.retracted) for one in said if one.account is not None]


def ts(seconds: int) -> str:
    return f"{NOW // 1000 - 10_000 + seconds}.000100"


def moved(added: list[str], removed: list[str], at: int) -> dict[str, Any]:
    return {
        "type": "subteam_members_changed", "subteam_id": "S01", "added_users": added, "removed_users": removed,
        "event_ts": ts(at),
    }  # fmt: skip


def in_huddle(who: str, call: str, at: int) -> dict[str, Any]:
    profile = {"huddle_state": "in_a_huddle", "huddle_state_call_id": call} if call else {"huddle_state": "default"}
    user = {"id": who, "team_id": TEAM, "profile": profile}
    return {"type": "user_huddle_changed", "user": user, "event_ts": ts(at)}


@pytest.mark.parametrize("again", ["Ev1", "Ev2"], ids=["the same event", "the same, after a restart"])
async def test_role_that_could_not_be_stored_is_stored_when_the_event_comes_again(again: str) -> None:
    """Though what is known of the group says nothing new by then."""
    here = Listening()
    heard = await here.opened()
    heard.workspace.groups.replace([MENTORS])
    here.host.broken = FULL
    with pytest.raises(MachineError):
        await here.hears(moved([BOB], [], 1), "Ev1")
    assert heard.lost
    if again == "Ev2":  # what Slack tells of the group at the start has Bob in it already
        here = Listening()
        heard = await here.opened()
        heard.workspace.groups.replace([MENTORS | {"users": [ALICE, BOB]}])
    here.host.broken = None
    await here.hears(moved([BOB], [], 1), "Ev1")
    assert {one.kind for one in here.stored} == {Kind.ROLE}
    assert set(people(*here.stored)) == {(BOB, False)}
    assert heard.owed == []


async def test_group_that_was_switched_off_while_nothing_could_be_stored_takes_its_roles_back() -> None:
    here = Listening()
    heard = await here.opened()
    heard.workspace.groups.replace([MENTORS])
    event = {"type": "subteam_updated", "subteam": MENTORS | {"date_delete": 1_700_000_000}, "event_ts": ts(5)}
    here.host.broken = FULL
    with pytest.raises(MachineError):
        await here.hears(event, "Ev1")
    here.host.broken = None
    await here.hears(event, "Ev1")
    assert people(*here.stored) == [(ALICE, True)]


async def test_change_of_a_group_that_comes_late_does_not_undo_a_later_one() -> None:
    """It is doubted what holds now, so that it is asked for; what each of the two says is stored."""
    here = Listening()
    heard = await here.opened()
    heard.workspace.groups.replace([MENTORS])
    await here.hears(moved([], [BOB], 9))
    await here.hears(moved([BOB], [], 1))
    assert heard.workspace.groups.all["S01"].people == {ALICE}
    assert heard.workspace.groups.doubtful
    assert people(max(here.stored, key=lambda one: one.version)) == [(BOB, True)]
    heard.workspace.groups.replace([MENTORS])
    assert not heard.workspace.groups.doubtful


async def test_stay_that_ended_while_nothing_could_be_stored_is_stored_later() -> None:
    """By whatever comes next of its kind, or by the next look."""
    here = Listening(SpaceSettings(stays=Stays.EVERYWHERE))
    heard = await here.opened()
    heard.workspace.huddles.place(CALL, GENERAL)
    await here.hears(in_huddle(ALICE, CALL, 0))
    here.host.broken = FULL
    for _ in range(2):
        with pytest.raises(MachineError):
            await here.hears(in_huddle(ALICE, "", 1_800), "EvEnd")
    here.host.broken = None
    await heard.pay(heard.workspace.huddles.tick(heard.workspace, NOW))
    assert [(one.kind, one.amount) for one in here.stored] == [(Kind.STAY, 30)]
    await here.hears(in_huddle(ALICE, "", 1_800), "EvEnd")
    assert len(here.stored) == 1


async def test_second_copy_of_an_event_is_acknowledged_no_sooner_than_the_first_is_stored() -> None:
    """Over another connection, while the first is still being stored: what both say is owed until then."""
    here = Listening()
    heard = await here.opened()
    heard.workspace.groups.replace([MENTORS])
    here.host.holds.clear()
    both = [asyncio.create_task(here.hears(moved([BOB], [], 1), "Ev1")) for _ in range(2)]
    await here.host.asked.wait()
    await asyncio.sleep(0)
    assert not any(one.done() for one in both)
    here.host.holds.set()
    await asyncio.gather(*both)
    assert set(people(*here.stored)) == {(BOB, False)}


async def test_event_that_breaks_what_looks_into_it_is_put_aside_without_its_words() -> None:
    here = Listening()
    await here.opened()
    here.asks.broken = KeyError("my kea-blue secret")
    await here.hears({"type": "reaction_added", "user": "U0NEW", "item": {"type": "message", "channel": GENERAL}})
    await here.hears({"type": {"my kea-blue": "secret"}, "user": ALICE})
    assert here.host.counts[Meter.MALFORMED] == 2
    assert [(one.what, one.reason) for one in here.host.unreadable] == [
        ("reaction_added", "KeyError"),
        ("", "TypeError"),
    ]


async def test_who_left_is_known_as_gone_when_that_could_be_stored() -> None:
    here = Listening()
    await here.opened()
    gone = {"type": "user_change", "user": {"id": BOB, "team_id": TEAM, "deleted": True, "updated": NOW // 1000}}
    here.host.broken = FULL
    with pytest.raises(MachineError):
        await here.hears(gone, "Ev1")
    here.host.broken = None
    await here.hears(gone, "Ev1")
    assert here.host.gone == [Account("slack", TEAM, BOB)]


async def test_roles_that_could_not_be_told_are_told_anew() -> None:
    here = Listening(SpaceSettings(excluded_roles=Listed.of(["mentors"])))
    heard = await here.opened()
    heard.workspace.groups.replace([MENTORS])
    heard.workspace.regroup()
    here.host.broken = FULL
    with pytest.raises(MachineError):
        await heard.tell_roles()
    due = [heard.workspace.anew]
    here.host.broken = None
    await heard.tell_roles()
    due.append(heard.workspace.anew)
    assert due == [True, False]
    assert [one for one in here.host.roles[-1].values() if one] == [[("S01", "mentors")]]
