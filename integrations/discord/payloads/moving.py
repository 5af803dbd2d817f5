"""People who leave a server and come to it, as the gateway tells of them (privileged intent `members`)."""

from __future__ import annotations

from bot.ports import Account
from integrations.discord.payloads.ids import Payload, UnreadableError, readable
from integrations.discord.payloads.people import People

CAME, LEFT = "GUILD_MEMBER_ADD", "GUILD_MEMBER_REMOVE"
EVENTS = frozenset((CAME, LEFT))


def who(d: Payload, people: People) -> Account | None:
    """Return who came or left; None for a machine, and for what cannot be read (of which the readers tell)."""
    try:
        found = _named(d, people)
    except UnreadableError:
        return None
    return None if found.bot else found


def is_last(d: Payload) -> bool:
    """Whether a part of a list of members (GUILD_MEMBERS_CHUNK) is its last one."""
    index, count = d.get("chunk_index"), d.get("chunk_count")
    return isinstance(index, int) and isinstance(count, int) and index + 1 == count


@readable
def _named(d: Payload, people: People) -> Account:
    return people.user(d["user"])
