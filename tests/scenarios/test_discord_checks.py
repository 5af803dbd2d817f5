"""What is wrong is said in one line each, by `cairn doctor` and in the log of a start: on a made-up Discord."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest

from bot.ports import Finding, Listed, SpaceSettings
from integrations.discord.asking import CLOCK_MAY_BE_OFF
from integrations.sandbox.discord.model import Overwrite
from integrations.sandbox.discord.permissions import EVERYBODY, Permission
from tests.scenarios.listeners import Cairn, cairn_on, until

DEFAULT = SpaceSettings()
PORTAL = "https://discord.com/developers/applications"


@pytest.fixture
async def cairn(sqlite_url: str) -> AsyncIterator[Cairn]:
    async with cairn_on(sqlite_url) as made:
        yield made


async def wrong(cairn: Cairn, settings: SpaceSettings = DEFAULT, **access: object) -> list[str]:
    """Return what is not as it should be."""
    return [f"{one.about}: {one.said}" for one in await found(cairn, settings, **access) if not one.ok]


async def found(cairn: Cairn, settings: SpaceSettings = DEFAULT, **access: object) -> list[Finding]:
    return await cairn.discord(holds=lambda _: settings, **access).check()  # type: ignore[arg-type]


async def test_all_is_well_and_the_link_to_invite_cairn_is_told(cairn: Cairn) -> None:
    cairn.server.guild("Garden").text("general")
    [fine] = await found(cairn, members=True)
    assert fine.ok
    assert "to invite Cairn: https://discord.com/oauth2/authorize?client_id=" in fine.said


async def test_wrong_token_is_said_with_the_page_to_copy_it_from(cairn: Cairn) -> None:
    [said] = await wrong(cairn, token="wrong")
    assert said.startswith("discord: CAIRN_DISCORD_TOKEN: Discord does not know this token")
    assert PORTAL in said


async def test_intent_that_is_switched_off_is_said_before_a_start_fails(cairn: Cairn) -> None:
    cairn.server.world.application.privileged = 0
    [said] = await wrong(cairn, members=True)
    assert said.startswith("discord: CAIRN_DISCORD_MEMBERS: Discord does not allow this bot the server members intent")
    assert PORTAL in said
    assert await wrong(cairn, members=False) == []


@pytest.mark.parametrize(("seconds", "how"), [(300, "300 s ahead of"), (-90, "90 s behind")])
async def test_clock_that_is_wrong_is_said_with_how_far(cairn: Cairn, seconds: int, how: str) -> None:
    cairn.clock.forward(seconds / 60)
    [said] = await wrong(cairn)
    about, _, rest = said.partition("this machine's clock is ")
    assert about == "clock: "
    off, word = rest.split(" s ")[0], how.split(" s ")[1]
    assert abs(int(off) - abs(seconds)) <= CLOCK_MAY_BE_OFF
    assert f" s {word} Discord's" in rest


async def test_missing_permissions_are_named_with_what_does_not_work_without_them(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    guild.text("general")
    shut, mute, private = guild.text("shut"), guild.text("mute"), guild.text("private")
    bot = guild.bot_role.id
    shut.overwrites[bot] = Overwrite(bot, 0, allow=0, deny=int(Permission.VIEW_CHANNEL))
    mute.overwrites[bot] = Overwrite(bot, 0, allow=0, deny=int(Permission.READ_MESSAGE_HISTORY))
    guild.make_private(private)
    assert await wrong(cairn) == [
        "discord Garden: View Channels is missing in #shut: nothing is heard there",
        "discord Garden: Read Message History is missing in #mute: "
        "what happens there while Cairn is away cannot be made good",
    ]


async def test_channels_that_do_not_count_need_no_permissions_and_private_ones_that_do_are_named(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    shut, hall, mentors = guild.text("shut"), guild.text("hall"), guild.text("mentors")
    bot, view = guild.bot_role.id, int(Permission.VIEW_CHANNEL)
    for one in (shut, hall):
        one.overwrites[bot] = Overwrite(bot, 0, allow=0, deny=view)
    guild.make_private(mentors)
    settings = SpaceSettings(listed_out=Listed.of([str(shut.id), "hall"]), listed_in=Listed.of(["mentors"]))
    assert await wrong(cairn, settings) == [
        "discord Garden: View Channels is missing in #mentors: nothing is heard there"
    ]


async def test_permission_that_is_missing_in_a_whole_server_is_one_line(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    guild.text("general")
    less = int(EVERYBODY & ~Permission.READ_MESSAGE_HISTORY)
    guild.allow_bot(less)
    guild.guild.roles[guild.id].permissions = less
    [said] = await wrong(cairn)
    assert said.startswith("discord Garden: Cairn's role has no Read Message History: ")


async def test_audit_log_is_asked_for_and_missed_only_where_it_is_switched_on(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    guild.text("general")
    view_audit_log = int(Permission.VIEW_AUDIT_LOG)

    async def link(*, audit_log: bool = False) -> int:
        [said] = [one.said for one in await found(cairn, audit_log=audit_log) if "to invite Cairn" in one.said]
        return int(said.partition("permissions=")[2].split("&")[0])

    assert await link(audit_log=True) == await link() | view_audit_log != await link()
    assert await wrong(cairn, audit_log=True) == []
    guild.allow_bot(int(EVERYBODY))
    assert await wrong(cairn) == []
    assert await wrong(cairn, audit_log=True) == [
        "discord Garden: Cairn's role has no View Audit Log: acts of moderation are not heard; "
        "invite it again, or set CAIRN_DISCORD_AUDIT_LOG=off"
    ]


async def test_start_tells_the_same_in_its_log(cairn: Cairn, caplog: pytest.LogCaptureFixture) -> None:
    guild = cairn.server.guild("Garden")
    shut, bot = guild.text("shut"), guild.bot_role.id
    shut.overwrites[bot] = Overwrite(bot, 0, allow=0, deny=int(Permission.VIEW_CHANNEL))
    cairn.clock.forward(5)

    async def told() -> bool:
        return "View Channels is missing in #shut" in caplog.text

    with caplog.at_level(logging.WARNING):
        async with cairn.listening():
            await until(told)
    assert "s ahead of Discord's; set it right" in caplog.text
