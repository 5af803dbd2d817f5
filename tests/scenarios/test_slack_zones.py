"""The time zones of Slack's profiles: kept of those with a page, for their quiet hours, until they say another one."""

from __future__ import annotations

from bot.storage import knowing
from bot.storage.engine import Database
from bot.storage.knowing import Who
from tests.scenarios.discord_rig import until
from tests.scenarios.slack_rig import SlackRig, slack_rig


async def zones(rig: SlackRig) -> list[tuple[str | None, str | None]]:
    """Return the zones that are put down: people's own word, and what their profile says."""
    rows = await rig.query("SELECT zone, profile_zone FROM contact WHERE zone IS NOT NULL OR profile_zone IS NOT NULL")
    return [(row[0], row[1]) for row in rows]


async def quiet_in(rig: SlackRig) -> str | None:
    """Return the zone that the Gate goes by, for the only one of whom it may be written to."""
    ((community, member),) = await rig.query("SELECT community, member FROM contact WHERE profile_zone IS NOT NULL")
    who, database = Who(community, member, 1), Database(rig.url)
    try:
        async with database.read() as connection:
            return (await knowing.known(connection, [who], rig.server.settings.clock()))[who].person.zone
    finally:
        await database.close()


async def test_zone_of_a_profile_is_kept_with_a_page_and_no_longer(database_url: str) -> None:
    async with slack_rig(database_url) as rig:
        alice = rig.team.person("Alice", tz="Europe/Berlin")
        general = rig.team.channel("general", members=[alice])
        await alice.says(general, "hello")
        await rig.agrees()
        await alice.moves_to("Asia/Tokyo")
        used = await alice.uses("/cairn", "me", general)
        await used.said()
        assert await zones(rig) == []  # who is only counted has none
        await (await alice.clicks(used.message, "cairn:page-make")).said()

        async def kept() -> bool:
            return await zones(rig) == [(None, wanted)]

        wanted = "Asia/Tokyo"
        await until(kept)
        await alice.moves_to("Not/There")
        await alice.moves_to("America/Lima")
        wanted = "America/Lima"
        await until(kept)
        assert await quiet_in(rig) == "America/Lima"
        shown = await (await alice.uses("/cairn", "about-me", general)).said()
        assert "America/Lima" in str(shown.message.blocks)
        await (await alice.uses("/cairn", "about-me Europe/Paris", general)).said()
        assert await zones(rig) == [("Europe/Paris", "America/Lima")]
        assert await quiet_in(rig) == "Europe/Paris"
        page = await alice.uses("/cairn", "page", general)
        await page.said()
        await (await alice.clicks(page.message, "cairn:page-close")).said()
        assert await zones(rig) == [("Europe/Paris", None)]
