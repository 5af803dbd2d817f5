"""What people of a server are called, asked for at the moment when it is wanted."""

from __future__ import annotations

import aiohttp
import discord
from discord.http import HTTPClient

from bot.ports import Account, Called, MachineError, Payload, clean
from integrations.discord.payloads.ids import readable
from integrations.discord.payloads.people import People
from integrations.discord.sentences import unreachable

_PAGE = 1_000


async def names(http: HTTPClient, people: People, guild: str, most: int) -> Called | None:
    """Return what all members are called, as others see them first.

    None where Discord gives no list (it takes the members intent), or there are more than `most`. Raises MachineError
    where Discord cannot be asked.
    """
    found: dict[Account, tuple[str, ...]] = {}
    after = 0
    while True:
        try:
            page = await http.get_members(int(guild), _PAGE, after or None)
        except (discord.Forbidden, discord.NotFound):
            return None
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            raise MachineError(unreachable(error)) from None
        for one in page:
            found |= _of(one, people)
        if len(found) > most:
            return None
        if len(page) < _PAGE:
            return found
        after = int(page[-1]["user"]["id"])


async def name_of(http: HTTPClient, people: People, guild: str, who: Account) -> str:
    """Return what somebody is called, nothing where they are not in the server; raises as `names`."""
    try:
        found = _of(await http.get_member(int(guild), int(who.id)), people)
    except (discord.Forbidden, discord.NotFound):
        return ""
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        raise MachineError(unreachable(error)) from None
    return next((each for names in found.values() for each in names), "")


@readable
def _of(member: Payload, people: People) -> dict[Account, tuple[str, ...]]:
    """Return a member's names, nothing of machines."""
    user = member["user"]
    who = people.user(user)
    if who.bot:
        return {}
    names = (member.get("nick"), user.get("global_name"), user.get("username"))
    return {who: tuple(dict.fromkeys(name for one in names if (name := clean(one))))}
