"""What people say of themselves: their zone, the groups that reports may split by, and their handles elsewhere.

All of it is their own word, may be empty, and is taken back by leaving it empty. A person's own word counts before that
of any import. Handles lie encrypted, as all identities do.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import available_timezones

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import Keys
from bot.storage import belonging, contacts, declaring
from bot.storage.choosing import Family
from bot.storage.suggesting import Attribute
from scoring.mountain import Mountain

OWN_WORD = 0
"""The source of what people say themselves."""
HANDLE = "handle:"
"""What the names of attributes begin with that are handles."""
LONGEST = 60
_PATTERNS = {
    "github": re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}"),
    "gitlab": re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,253}"),
    "mastodon": re.compile(r"[A-Za-z0-9_.-]{1,60}@[A-Za-z0-9.-]{3,120}"),
    "orcid": re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]"),
}
SCHEMES = {"github": "GitHub", "gitlab": "GitLab", "mastodon": "Mastodon", "orcid": "ORCID"}
"""The places elsewhere whose handles can be declared, and what they are called."""
_ADDRESS = re.compile(r"https?://[^/]+/(?:@)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declared:
    """What holds of somebody: their zone, values of groups, handles by scheme, and the zone of their profile."""

    zone: str | None
    groups: Mapping[str, str]
    handles: Mapping[str, str]
    profile_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A handle elsewhere that is declared of an account; `own` is the person's own word, said where they sign in."""

    account: int
    scheme: str
    handle: str
    own: bool = True


async def read(connection: AsyncConnection, community: int, keys: Keys, whose: Family, mountain: Mountain) -> Declared:
    """Return what somebody has declared, and what imports say of the groups about which they have not."""
    said = await declaring.values(connection, community, [one.id for one in whose.accounts])
    groups = {name: said[name] for name in mountain.groups if said.get(name)}
    handles = {
        scheme: opened(keys, f"{HANDLE}{scheme}", said[f"{HANDLE}{scheme}"])
        for scheme in SCHEMES
        if said.get(f"{HANDLE}{scheme}")
    }
    zone = await declaring.zone(connection, community, whose.members)
    return Declared(zone, groups, handles, await declaring.profile_zone(connection, community, whose.members))


async def set_zone(connection: AsyncConnection, community: int, whose: Family, zone: str | None) -> None:
    """Put down somebody's zone for all who are joined in them; None takes it back."""
    for one in whose.members:
        if one != whose.root:
            await contacts.set_zone(connection, community, one, None)
    await contacts.set_zone(connection, community, whose.root, zone)


async def say(connection: AsyncConnection, community: int, whose: Family, said: Mapping[str, str]) -> None:
    """Put down what somebody says of themselves, by attribute; an empty value takes it back.

    It is kept with their first account, and their other accounts say nothing of their own any more. Where an import
    says something else, the empty word stays, so that the import's does not count.
    """
    accounts = [one.id for one in whose.accounts]
    others = await declaring.said_by_others(connection, community, accounts)
    kept = {name: value for name, value in said.items() if value or name in others}
    await belonging.withdraw(connection, community, OWN_WORD, [(one, name) for one in accounts for name in said])
    rows = [(accounts[0], name, value) for name, value in kept.items()]
    await belonging.declare(connection, community, OWN_WORD, rows)


def sealed(keys: Keys, handle: str) -> str:
    """Return a handle as it is stored."""
    return base64.urlsafe_b64encode(keys.seal_bytes(handle.encode())).decode()


def opened(keys: Keys, name: str, value: str) -> str:
    """Return an attribute's value as the person gave it: handles are stored encrypted."""
    if not name.startswith(HANDLE) or not value:
        return value
    return keys.open_bytes(base64.urlsafe_b64decode(value)).decode()


def elsewhere(keys: Keys, said: Iterable[Attribute]) -> list[Elsewhere]:
    """Return the handles among what is declared.

    People declare them themselves; an import that has an attribute of a scheme's name declares them, too.
    """
    named = [(one, one.name.removeprefix(HANDLE).casefold()) for one in said if one.value]
    return [
        Elsewhere(one.account, scheme, opened(keys, one.name, one.value), one.source == OWN_WORD)
        for one, scheme in named
        if scheme in SCHEMES
    ]


def same(scheme: str, given: str) -> str:
    """Return a handle in the one form in which it is compared with others of its scheme, however it is written."""
    known = handle(scheme.casefold(), given) if scheme.casefold() in SCHEMES else None
    return (known or given.strip()).casefold()


def handle(scheme: str, given: str) -> str | None:
    """Return a handle as its platform writes it, also where an address was given; None where it is none."""
    text = _ADDRESS.sub("", given.strip()).strip("/ ")
    if scheme == "mastodon" and (found := re.fullmatch(r"https?://([^/]+)/@([^/@]+)/?", given.strip())):
        text = f"{found[2]}@{found[1]}"
    text = text.removeprefix("@")
    text = text.upper() if scheme == "orcid" else text
    return text if _PATTERNS[scheme].fullmatch(text) else None


def value_of(mountain: Mountain, group: str, given: str) -> str:
    """Return a declared value in one line, spelled as the rules spell it where they name it."""
    text = " ".join("".join(one if one.isprintable() else " " for one in given).split())[:LONGEST].strip()
    named = [value for one in mountain.multipliers if one.group == group for value in one.values]
    return next((value for value in named if value.casefold() == text.casefold()), text)


@lru_cache(1)
def zones() -> Mapping[str, str]:
    """Return all IANA zones, by their names in small letters."""
    return {one.casefold(): one for one in sorted(available_timezones())}


def zone_of(given: str) -> str | None:
    """Return the zone that is meant, however it is typed; None where there is none of that name."""
    return zones().get(given.strip().replace(" ", "_").casefold())
