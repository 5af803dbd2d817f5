"""One person on Discord and Slack: joined by a code, they are one member; parted, each is who they were."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.gate import Invite
from tests.scenarios.two_platforms import OnDiscord, OnSlack, Shown, TwoPlatforms, two_platforms

BOTH = "Both are mine"
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


async def everything(rig: TwoPlatforms) -> dict[str, list[tuple[Any, ...]]]:
    """Return who is who, and where each member stands."""
    ringers = f"(SELECT member FROM account WHERE handle IN ({rig.ringers}))"
    scores = {name: sorted(await rig.query(f"SELECT * FROM {name} WHERE member NOT IN {ringers}")) for name in SCORES}
    return scores | {"member": await rig.query(MEMBERS)}


async def two_days(rig: TwoPlatforms, here: OnDiscord, there: OnSlack) -> None:
    """Let somebody take part in both places, on two days, and be thanked there by others."""
    bob, ann = rig.on_discord("Bob"), rig.on_slack("Ann")
    asked = await bob.person.says(rig.general, "who can help")
    helped = await here.person.says(rig.general, "I can", asked)
    await bob.person.reacts(helped, "🙏")
    await rig.settled()
    rig.clock.skip(86_400)
    said = await ann.person.says(rig.channel, "who knows")
    answered = await there.person.replies(said, "I do")
    await ann.person.reacts(answered, "pray")
    await there.person.says(rig.channel, "hello")
    await rig.settled()


def points(of: dict[str, list[tuple[Any, ...]]], member: int) -> Counter[int]:
    """Return what acts of each type gave a member."""
    found: Counter[int] = Counter()
    for row in of["tally"]:
        if row[3] == member:
            found[row[4]] += row[6]
    return found


async def link(here: OnDiscord | OnSlack, there: OnSlack | OnDiscord) -> None:
    """Join two accounts, with a code made here and given there."""
    asked = await there.uses("/cairn link", code=code_of(await here.uses("/cairn link")))
    assert f"{here.person.user.name} ({here.account.platform} ".casefold() in asked.words.casefold()
    assert "are joined" in (await there.clicks(asked, BOTH)).words


async def part(who: OnDiscord | OnSlack) -> None:
    """Let the second of somebody's joined accounts stand by itself."""
    shown = await who.uses("/cairn link")
    assert "stands by itself" in (await who.clicks(shown, "Separate account 2")).words


async def test_linked_person_is_one_member_and_unlinked_is_each_who_they_were(rig: TwoPlatforms) -> None:
    """Tallies, totals, bands and crossings are those of both, and afterwards again exactly those of each."""
    here, there = rig.on_discord("Hana"), rig.on_slack("Hana")
    await two_days(rig, here, there)
    before = await everything(rig)
    (_, one), (_, other) = await rig.number(here), await rig.number(there)
    assert one != other
    for first, second in ((here, there), (there, here)):
        await link(first, second)
        await rig.settled()
        linked = await everything(rig)
        assert {(await rig.number(who))[1] for who in (here, there)} == {min(one, other)}
        assert points(linked, min(one, other)) == points(before, one) + points(before, other)
        assert points(linked, max(one, other)) == Counter()
        await part(second)
        await rig.settled()
        assert await everything(rig) == before
    await rig.check()


async def test_acts_in_the_same_minute_on_both_platforms_count_once_each_for_the_linked_member(
    rig: TwoPlatforms,
) -> None:
    """Also while accounts are being joined and parted, and where a code is taken twice at once."""
    here, there = rig.on_discord("Hana"), rig.on_slack("Hana")
    bob, ann = rig.on_discord("Bob"), rig.on_slack("Ann")
    asked, said = await bob.person.says(rig.general, "who"), await ann.person.says(rig.channel, "who")
    code = code_of(await here.uses("/cairn link"))
    await asyncio.gather(there.uses("/cairn link", code=code), ann.uses("/cairn link", code=code))
    first, second, _ = await asyncio.gather(
        there.clicks(there.last, BOTH), ann.clicks(ann.last, BOTH), answers(rig, here, there, asked, said)
    )
    assert sorted("are joined" in one.words for one in (first, second)) == [False, True]
    await rig.settled()
    await rig.check()
    if "are joined" in second.words:
        await part(here)
        await link(here, there)
    await asyncio.gather(answers(rig, here, there, asked, said), part(there))
    await rig.settled()
    await rig.check()
    kept = await rig.query("SELECT count(*) FROM engagement WHERE kind = 2 AND holds")
    assert kept == [(4,)]


async def answers(rig: TwoPlatforms, here: OnDiscord, there: OnSlack, asked: Any, said: Any) -> None:
    """Let somebody answer in both places at once."""
    await asyncio.gather(here.person.says(rig.general, "I can", asked), there.person.replies(said, "I do"))


async def test_choices_and_contacts_are_those_of_both_while_linked(rig: TwoPlatforms) -> None:
    """The strictest word holds for both, whoever came last came for both; then each has their own again."""
    here, there = rig.on_discord("Hana"), rig.on_slack("Hana")
    for who, wish in ((here, Invite.DM), (there, Invite.NO)):
        await who.says("hello")
        await rig.settled()
        async with rig.choices() as choices:
            await choices.make_page(await rig.said(who))
            assert await choices.invite(await rig.said(who), wish)
    before = [await rig.known(who) for who in (here, there)]
    assert [one.invite for one in before] == [Invite.DM, Invite.NO]
    came = before[0].met_at
    rig.clock.skip(86_400)
    await link(there, here)
    assert {(await rig.known(who)).invite for who in (here, there)} == {Invite.NO}
    rig.clock.skip(86_400)
    seen = rig.clock()
    await there.uses("/cairn me")
    assert min([(await rig.known(who)).met_at for who in (here, there)]) >= seen > came
    await part(there)
    after = [await rig.known(who) for who in (here, there)]
    assert [one.invite for one in after] == [Invite.DM, Invite.NO]
    assert after[0].met_at < seen <= after[1].met_at


async def test_names_are_those_that_people_see_and_of_nobody_else(sqlite_url: str) -> None:
    """Of no machine, of nobody from elsewhere, and not of more than are wanted."""
    async with two_platforms(sqlite_url) as rig:
        here, there = rig.on_discord("Hana"), rig.on_slack("Lena")
        rig.guild.bot("Helper")
        rig.team.machine("Robot")
        other = rig.slack.team("Others", installed=False)
        eve = other.person("Eve")
        rig.team.shares(rig.channel, other)
        await eve.joins(rig.channel)
        discord, slack = rig.integrations
        told = await discord.names(str(rig.guild.id), 9)
        assert told is not None
        assert told[here.account] == ("Hana",)
        assert not {"Helper", "Cairn"} & {name for names in told.values() for name in names}
        told = await slack.names(rig.team.id, 9)
        assert told is not None
        assert "Lena" in told[there.account]
        assert not {"Robot", "Eve"} & {name for names in told.values() for name in names}
        assert [await one.names(place, 1) for one, place in ((discord, str(rig.guild.id)), (slack, rig.team.id))] == [
            None
        ] * 2
        assert await slack.names("T0NOWHERE", 9) is None
        assert await discord.name_of(str(rig.guild.id), here.account) == "Hana"
        assert await discord.name_of(str(rig.guild.id), there.account._replace(id="1")) == ""
        assert await slack.name_of(rig.team.id, there.account._replace(id="U0NOBODY")) == ""


async def test_rights_are_those_of_the_platform_on_which_somebody_acts(sqlite_url: str) -> None:
    """A user group makes a moderator on Slack, a role one on Discord; a code carries no rights across."""
    async with two_platforms(sqlite_url) as rig:
        here, there = rig.on_discord("Hana"), rig.on_slack("Hana")
        rig.team.group("mods", [there.person])
        await here.person.says(rig.general, "hello")
        await rig.settled()
        await link(here, there)
        assert "only for moderators" not in (await there.uses("/cairn-team merge")).words
        with pytest.raises(ValueError, match="does not see"):
            await here.uses("/cairn-team merge")
        await here.person.gets_role(rig.guild, rig.guild.role("mods"))
        shown = await here.uses("/cairn-team merge")
        assert "called similarly on two platforms" in shown.words
        assert f"ringer (slack {rig.on_slack('Ringer').account.id})" in shown.words
        assert await rig.query("SELECT count(*) FROM member WHERE merged_into IS NOT NULL") == [(1,)]
        await here.clicks(shown, "They are two people")
        assert "No accounts look like" in (await here.uses("/cairn-team merge")).words
        assert "Suggest two accounts again" in str((await there.uses("/cairn-team merge")).words)
