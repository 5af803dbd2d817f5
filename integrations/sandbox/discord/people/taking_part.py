"""Voice, events and polls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from integrations.sandbox.discord.changes import events, messages, polls, voice
from integrations.sandbox.discord.changes.messages import Draft
from integrations.sandbox.discord.model import Channel, ChannelType, Guild, Message, Poll, ScheduledEvent, StageInstance
from integrations.sandbox.discord.people.somebody import Has, Somebody

_HOUR_MS = 3_600_000


class TakingPart(Somebody):
    """Being in voice, coming to events, voting."""

    __slots__ = ()

    async def joins_voice(self, channel: Channel) -> None:
        """Come to a voice or stage channel, or move there."""
        voice.change(self.hub, self.by, self._guild(channel), channel_id=channel.id)

    async def leaves_voice(self, guild: Has) -> None:
        """Leave voice."""
        voice.change(self.hub, self.by, guild.guild, channel_id=None)

    async def changes_voice(self, guild: Has, **state: object) -> None:
        """Change `self_mute`, `self_deaf`, `self_stream`, `self_video`, `suppress` (False makes a speaker)."""
        voice.change(self.hub, self.by, guild.guild, **state)

    async def opens_stage(self, channel: Channel, topic: str) -> StageInstance:
        """Let a stage go live, without a scheduled event."""
        made = StageInstance(self.hub.new_id(self.by), self._guild(channel).id, channel.id, topic)
        voice.stage_begins(self.hub, self.by, made)
        return made

    async def closes_stage(self, stage: StageInstance) -> None:
        """End a live stage."""
        voice.stage_ends(self.hub, self.by, stage)

    async def deafens(self, guild: Has, *, on: bool = True) -> None:
        """Hear nobody in voice, or hear again."""
        voice.change(self.hub, self.by, guild.guild, self_deaf=on, self_mute=on)

    async def plans(
        self, guild: Has, name: str, start: int, place: Channel | str, *, weekly: bool = False
    ) -> ScheduledEvent:
        """Plan an event, in a voice or stage channel or elsewhere (then for an hour); `weekly` makes it a series."""
        made = ScheduledEvent(self.hub.new_id(self.by), guild.guild.id, name, self.id, start)
        if isinstance(place, Channel):
            made.channel_id, made.kind = place.id, 1 if place.type == ChannelType.STAGE else 2
        else:
            made.location, made.end = place, start + _HOUR_MS
        made.rule = events.repeating(start, events.WEEKLY) if weekly else None
        events.plan(self.hub, self.by, made)
        return made

    async def starts(self, event: ScheduledEvent) -> None:
        """Start an event."""
        events.change(self.hub, self.by, event, status=2)

    async def ends(self, event: ScheduledEvent) -> None:
        """Complete an event."""
        events.change(self.hub, self.by, event, status=3, end=self.hub.now(self.by))

    async def cancels(self, event: ScheduledEvent) -> None:
        """Cancel an event."""
        events.change(self.hub, self.by, event, status=4)

    async def interested(self, event: ScheduledEvent) -> None:
        """Be interested in an event."""
        events.interest(self.hub, self.by, event, on=True)

    async def not_interested(self, event: ScheduledEvent) -> None:
        """Be interested no more."""
        events.interest(self.hub, self.by, event, on=False)

    async def asks(self, channel: Channel, question: str, answers: Sequence[str], *, multiple: bool = False) -> Message:
        """Ask a poll that stays open for a day."""
        media: dict[int, dict[str, Any]] = {number: {"text": text} for number, text in enumerate(answers, 1)}
        poll = Poll(question, media, self.hub.now(self.by) + 24 * _HOUR_MS, multiple)
        return messages.post(self.hub, self.by, channel, Draft(poll=poll))

    async def votes(self, message: Message, answer: int) -> None:
        """Choose an answer of a poll, by its number from 1."""
        polls.vote(self.hub, self.by, message, answer)

    async def takes_vote_back(self, message: Message, answer: int) -> None:
        """Choose it no more."""
        polls.vote(self.hub, self.by, message, answer, on=False)

    async def ends_poll(self, message: Message) -> None:
        """End an own poll."""
        polls.end(self.hub, self.by, message)

    def _guild(self, channel: Channel) -> Guild:
        guild = self.hub.world.guild_of(channel)
        if guild is None:
            raise ValueError("the channel is in no guild")
        return guild
