"""Threads and forum posts: opening, growing, joining, archiving."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sandbox.discord.changes import audit
from integrations.sandbox.discord.changes.audit import Deed
from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import Channel, ChannelType, Guild, ThreadState
from integrations.sandbox.discord.payloads import users
from integrations.sandbox.discord.payloads.channels import thread, thread_member


@dataclass(frozen=True, slots=True)
class Opening:
    """What a thread is opened with; `number` is the id of the message it starts from, if it does."""

    name: str
    number: int | None = None
    private: bool = False
    tags: tuple[int, ...] = ()
    keep_minutes: int = 4320


def open_thread(hub: Hub, by: By, parent: Channel, opening: Opening) -> Channel:
    """Open a thread under a channel; who opens it is its first member."""
    kind = ChannelType.PRIVATE_THREAD if opening.private else ChannelType.PUBLIC_THREAD
    made = Channel(opening.number or hub.new_id(by), kind, opening.name, parent.guild_id, parent.id)
    made.thread = ThreadState(by.user_id, hub.now(by), keep_minutes=opening.keep_minutes, tags=list(opening.tags))
    made.thread.members[by.user_id] = made.thread.created
    guild = _guild(hub, parent)
    guild.threads[made.id] = made
    hub.world.channels[made.id] = made
    hub.tell_in(by, "THREAD_CREATE", {**thread(made, hub.world.bot.id), "newly_created": True}, made)
    hub.note(by, "thread", parent, what=made.id, about=opening.number)
    audit.write(hub, by, guild, Deed(audit.THREAD_MADE, made.id, audit.made(name=made.name, type=made.type)))
    return made


def grows(hub: Hub, by: By, channel: Channel) -> None:
    """Note a message in a thread: it wakes up, and who writes is a member from there on."""
    state = channel.thread
    if state is None:
        return
    state.sent += 1
    if state.archived:
        update(hub, by, channel, archived=False)
    if by.user_id not in state.members:
        add_member(hub, by, channel, by.user_id)


def add_member(hub: Hub, by: By, channel: Channel, user_id: int) -> None:
    """Let somebody into a thread."""
    if channel.thread is None or user_id in channel.thread.members:
        return
    channel.thread.members[user_id] = hub.now(by)
    if user_id == hub.world.bot.id:
        hub.tell(by, "THREAD_CREATE", thread(channel, user_id), channel.guild_id)
    added = {**thread_member(channel, user_id), "presence": None}
    known = _guild(hub, channel).members.get(user_id)
    if known is not None:
        added["member"] = users.member(hub.world, known)
    _members_told(hub, by, channel, {"added_members": [added]})
    hub.note(By(user_id, by.at, by.told), "thread_joined", channel, what=channel.id)


def remove_member(hub: Hub, by: By, channel: Channel, user_id: int) -> None:
    """Take somebody out of a thread."""
    if channel.thread is None or channel.thread.members.pop(user_id, None) is None:
        return
    _members_told(hub, by, channel, {"removed_member_ids": [str(user_id)]})
    hub.note(By(user_id, by.at, by.told), "thread_left", channel, what=channel.id)


def _members_told(hub: Hub, by: By, channel: Channel, change: users.Json) -> None:
    count = 0 if channel.thread is None else len(channel.thread.members)
    found = {"id": str(channel.id), "guild_id": str(channel.guild_id), "member_count": count, **change}
    hub.tell_in(by, "THREAD_MEMBERS_UPDATE", found, channel)


def update(hub: Hub, by: By, channel: Channel, *, archived: bool | None = None, locked: bool | None = None) -> None:
    """Archive or lock a thread, or undo that."""
    state = channel.thread
    if state is None:
        return
    before = {"archived": state.archived, "locked": state.locked}
    if archived is not None:
        state.archived, state.archived_at = archived, hub.now(by)
    if locked is not None:
        state.locked = locked
    hub.tell_in(by, "THREAD_UPDATE", thread(channel, hub.world.bot.id), channel)
    moved = audit.changed(before, {"archived": state.archived, "locked": state.locked})
    audit.write(hub, by, _guild(hub, channel), Deed(audit.THREAD_CHANGED, channel.id, moved))
    hub.wake()


def delete(hub: Hub, by: By, channel: Channel) -> None:
    """Delete a thread with all that is in it."""
    found = {
        "id": str(channel.id), "guild_id": str(channel.guild_id), "parent_id": str(channel.parent_id),
        "type": channel.type,
    }  # fmt: skip
    hub.tell_in(by, "THREAD_DELETE", found, channel)
    guild = _guild(hub, channel)
    del guild.threads[channel.id], hub.world.channels[channel.id]
    hub.note(by, "thread_deleted", channel, what=channel.id)
    audit.write(hub, by, guild, Deed(audit.THREAD_DELETED, channel.id, audit.gone(name=channel.name)))


def _guild(hub: Hub, channel: Channel) -> Guild:
    guild = hub.world.guild_of(channel)
    if guild is None:
        raise ValueError("threads are in guilds only")
    return guild
