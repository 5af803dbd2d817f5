"""Messages: whole, and emptied of what was written for those who may not read it."""

from __future__ import annotations

from integrations.sandbox.discord.model import ChannelType, Emoji, Message, MessageType
from integrations.sandbox.discord.payloads.channels import thread
from integrations.sandbox.discord.payloads.polls import poll
from integrations.sandbox.discord.payloads.users import Json, bare_member, user
from integrations.sandbox.discord.snowflakes import iso, moment_of
from integrations.sandbox.discord.world import World

_REFERRING = (MessageType.REPLY, MessageType.THREAD_STARTER)


def emoji(of: Emoji) -> Json:
    """Return an emoji."""
    return {"id": str(of.id) if of.id else None, "name": of.name}


def message(world: World, of: Message, *, reads: bool) -> Json:
    """Return a message as REST gives it; `reads` is whether the app may read content."""
    found = _basic(world, of, reads=reads)
    if of.reactions:
        found["reactions"] = [_reaction(world, one, people) for one, people in of.reactions.items()]
    if of.type in _REFERRING and of.reference is not None:
        answered = world.message(of.reference.channel_id, of.reference.message_id)
        found["referenced_message"] = None if answered is None else _basic(world, answered, reads=reads)
    return found


def announced(world: World, of: Message, *, reads: bool) -> Json:
    """Return a message as a session hears of it: with guild, kind of channel and the author's member."""
    channel = world.channels[of.channel_id]
    found = {**message(world, of, reads=reads), "channel_type": channel.type}
    if of.nonce is not None and of.author_id == world.bot.id:
        found["nonce"] = of.nonce
    guild = world.guild_of(channel)
    if guild is None:
        return found
    found["guild_id"] = str(guild.id)
    author = guild.members.get(of.author_id)
    if author is not None:
        found["member"] = bare_member(author)
    for one in found["mentions"]:
        named = guild.members.get(int(one["id"]))
        if named is not None:
            one["member"] = bare_member(named)
    return found


def readable(world: World, of: Message) -> bool:
    """Whether content comes without the intent: the app's own messages, direct ones, and those that name it."""
    own = of.author_id == world.bot.id
    return own or world.bot.id in of.mentions or world.channels[of.channel_id].type == ChannelType.DM


def _basic(world: World, of: Message, *, reads: bool) -> Json:
    shown = reads or readable(world, of)
    found: Json = {
        "type": of.type,
        "content": of.content if shown else "",
        "mentions": [user(world.users[number]) for number in of.mentions],
        "mention_roles": [str(number) for number in of.mention_roles],
        "attachments": of.attachments if shown else [],
        "embeds": of.embeds if shown else [],
        "timestamp": iso_of(of),
        "edited_timestamp": None if of.edited is None else iso(of.edited),
        "flags": of.flags,
        "components": of.components if shown else [],
        "id": str(of.id),
        "channel_id": str(of.channel_id),
        "author": user(world.users[of.author_id]),
        "pinned": of.pinned is not None,
        "mention_everyone": of.mention_everyone,
        "tts": of.tts,
    }
    if of.poll is not None and shown:
        found["poll"] = poll(of.poll, world.bot.id)
    if world.users[of.author_id].webhook:
        found["webhook_id"] = str(of.author_id)
    if of.interaction is not None:
        found |= {"interaction_metadata": of.interaction, "application_id": str(world.application.id)}
        found["webhook_id"] = str(world.application.id)
    started = None if of.thread_id is None else world.channels.get(of.thread_id)
    if started is not None:
        found["thread"] = thread(started)
    return {**found, **_reference(of)}


def iso_of(of: Message) -> str:
    """Return when a message was written, as its id tells."""
    return iso(moment_of(of.id))


def _reference(of: Message) -> Json:
    if of.reference is None:
        return {}
    found = {
        "type": of.reference.kind,
        "channel_id": str(of.reference.channel_id),
        "message_id": str(of.reference.message_id),
    }
    if of.reference.guild_id is not None:
        found["guild_id"] = str(of.reference.guild_id)
    return {"message_reference": found}


def _reaction(world: World, of: Emoji, people: dict[int, int]) -> Json:
    return {
        "emoji": emoji(of),
        "count": len(people),
        "count_details": {"burst": 0, "normal": len(people)},
        "burst_colors": [],
        "me_burst": False,
        "me": world.bot.id in people,
    }
