"""Coming to, moving in and leaving voice and stage channels."""

from __future__ import annotations

from integrations.sandbox.discord.changes import audit
from integrations.sandbox.discord.changes.audit import Deed
from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import ChannelType, Guild, StageInstance, VoiceState
from integrations.sandbox.discord.payloads.users import Json
from integrations.sandbox.discord.payloads.voice import stage, voice_state


def change(hub: Hub, by: By, guild: Guild, **state: object) -> None:
    """Change somebody's state in voice; a `channel_id` of None is leaving. Who comes to a stage listens at first."""
    known = guild.voice.get(by.user_id)
    if known is None:
        known = VoiceState(by.user_id, None, f"voice{hub.new_id(by):x}")
        guild.voice[by.user_id] = known
    before = known.channel_id
    for key, value in state.items():
        setattr(known, key, value)
    if known.channel_id is None:
        del guild.voice[by.user_id]
    elif before != known.channel_id:
        known.suppress = guild.channels[known.channel_id].type == ChannelType.STAGE
    hub.tell(by, "VOICE_STATE_UPDATE", voice_state(hub.world, guild, known), guild.id)
    _noted(hub, by, guild, before, known)


def _noted(hub: Hub, by: By, guild: Guild, before: int | None, known: VoiceState) -> None:
    if before == known.channel_id:
        deaf = "self_deaf" if known.self_deaf else ""
        place = None if before is None else guild.channels[before]
        hub.note(by, "voice_state", place, space=guild.id, detail=deaf)
        return
    if before is not None:
        hub.note(by, "voice_leave", guild.channels[before], space=guild.id)
    if known.channel_id is not None:
        hub.note(by, "voice_join", guild.channels[known.channel_id], space=guild.id)


def stage_begins(hub: Hub, by: By, made: StageInstance) -> None:
    """Let a stage go live."""
    hub.world.guilds[made.guild_id].stages[made.channel_id] = made
    hub.tell(by, "STAGE_INSTANCE_CREATE", stage(made), made.guild_id)
    _log(hub, by, made, audit.STAGE_BEGUN, audit.made(topic=made.topic))


def stage_changes(hub: Hub, by: By, known: StageInstance, topic: str) -> None:
    """Change a live stage's topic."""
    moved = audit.changed({"topic": known.topic}, {"topic": topic})
    known.topic = topic
    hub.tell(by, "STAGE_INSTANCE_UPDATE", stage(known), known.guild_id)
    _log(hub, by, known, audit.STAGE_CHANGED, moved)


def stage_ends(hub: Hub, by: By, known: StageInstance) -> None:
    """End a live stage."""
    del hub.world.guilds[known.guild_id].stages[known.channel_id]
    hub.tell(by, "STAGE_INSTANCE_DELETE", stage(known), known.guild_id)
    _log(hub, by, known, audit.STAGE_ENDED, audit.gone(topic=known.topic))


def _log(hub: Hub, by: By, of: StageInstance, action: int, changes: tuple[Json, ...]) -> None:
    about = {"channel_id": str(of.channel_id)}
    audit.write(hub, by, hub.world.guilds[of.guild_id], Deed(action, of.id, changes, options=about))
