"""One person on Discord and Slack: joined by a code, they are one member; parted, each is who they were."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from tests.scenarios.two_platforms import OnDiscord, OnSlack, Shown, TwoPlatforms, two_platforms

BOTH, NO = "Both are mine", "No, stop"
SCORES = ("tally", "total", "crossing", "band_change")
MEMBERS = "SELECT id, page, begins, merged_into FROM member ORDER BY id"


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[TwoPlatforms]:
    """A server and a workspace of one community, listened to by one Cairn."""
    async with two_platforms(database_url) as one:
        yield one


def code_of(shown: Shown) -> str:
    """Return the code that somebody was given."""
    found = re.search(r"\b[2-9A-Z]{5}-[2-9A-Z]{5}\b", shown.words)
    assert found is not None, shown.words
    return found[0]


async def everything(rig: TwoPlatforms) -> dict[str, list[tuple[object, ...]]]:
    """Return who is who, and where each member stands."""
    ringers = f"(SELECT member FROM account WHERE handle IN ({rig.ringers}))"
    scores = {name: sorted(await rig.query(f"SELECT * FROM {name} WHERE member NOT IN {ringers}")) for name in SCORES}
    return scores | {"member": await rig.query(MEMBERS)}


async def a_week(rig: TwoPlatforms, here: OnDiscord, there: OnSlack) -> None:
    """Let somebody take part in both places, and be thanked there by others."""
    bob, ann = rig.on_discord("Bob"), rig.on_slack("Ann")
    asked = await bob.person.says(rig.general, "who can help")
    helped = await here.person.says(rig.general, "I can", asked)
    await bob.person.reacts(helped, "🙏")
    said = await ann.person.says(rig.channel, "who knows")
    answered = await there.person.replies(said, "I do")
    await ann.person.reacts(answered, "pray")
    await there.person.says(rig.channel, "hello")
    await rig.settled()


async def link(here: OnDiscord | OnSlack, there: OnSlack | OnDiscord) -> None:
    """Join two accounts, with a code made here and given there."""
    asked = await there.uses("/cairn link", code=code_of(await here.uses("/cairn link")))
    assert "are joined" in (await there.clicks(asked, BOTH)).words


async def part(who: OnDiscord | OnSlack) -> None:
    """Let the second of somebody's joined accounts stand by itself."""
    shown = await who.uses("/cairn link")
    assert "stands by itself" in (await who.clicks(shown, "Separate account 2")).words


@pytest.mark.parametrize("from_slack", [False, True], ids=["code-from-discord", "code-from-slack"])
async def test_linked_person_is_one_member_and_unlinked_is_each_who_they_were(
    rig: TwoPlatforms, from_slack: bool
) -> None:
    """Tallies, totals, bands and crossings are those of both, and afterwards again exactly those of each."""
    here, there = rig.on_discord("Hana"), rig.on_slack("Hana")
    await a_week(rig, here, there)
    before = await everything(rig)
    (_, one), (_, other) = await rig.number(here), await rig.number(there)
    assert one != other
    await (link(there, here) if from_slack else link(here, there))
    await rig.settled()
    root = min(one, other)
    assert {(await rig.number(who))[1] for who in (here, there)} == {root}
    await rig.check()
    linked = await everything(rig)
    gave = {(row[3], row[4]) for row in linked["tally"]}
    assert {row[0] for row in linked["member"] if row[3] == root} == {one, other} - {root}
    assert all({one, other} - {root} != {row[3]} for row in linked["tally"]), gave
    await part(there if from_slack else here)
    await rig.settled()
    assert await everything(rig) == before
    await rig.check()
