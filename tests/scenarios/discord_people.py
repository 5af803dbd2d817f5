"""A crowd that is busy in a sandbox, by a seed: what it does, with whom and where, is the same each time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from integrations.sandbox.discord.guilds import GuildHandle
from integrations.sandbox.discord.model import Channel, Message, ScheduledEvent
from integrations.sandbox.discord.people import Person
from integrations.sandbox.discord.server import Sandbox
from tests.scenarios.discord_rig import MORNING, THANKS, Rig

EMOJI = ("👍", "🎉", THANKS)
PAUSE = 0.003
"""Seconds between two acts, at most, so that much is on its way at any time."""
SECRET = "lavender-otter"
"""Stands in every text that is written: it must be found nowhere."""


@dataclass
class Crowd:
    """People of one server. `fresh` are messages that were written since `begin_anew`."""

    rig: Rig
    guild: GuildHandle
    rng: random.Random
    people: list[Person] = field(default_factory=list)
    outside: list[Person] = field(default_factory=list)
    texts: list[Channel] = field(default_factory=list)
    threads: list[Channel] = field(default_factory=list)
    written: list[Message] = field(default_factory=list)
    fresh: list[Message] = field(default_factory=list)
    polls: list[Message] = field(default_factory=list)
    plans: list[ScheduledEvent] = field(default_factory=list)
    came: int = 0
    wild: bool = False
    """Whether they also do what Discord does not show afterwards, while Cairn is not there."""

    def __post_init__(self) -> None:
        guild, name = self.guild, self.guild.guild.name
        self.people = guild.people(f"{name} person {SECRET} {n}" for n in range(12))
        self.machines = [guild.bot(f"{name} helper"), guild.webhook(f"{name} hook")]
        self.texts = [guild.text(one) for one in ("general", "help", "random")] + [guild.news("news")]
        self.forum, self.lounge, self.stage = guild.forum("questions"), guild.voice("lounge"), guild.stage("stage")
        self.roles = [guild.role(one) for one in ("mentor", "host")]
        welcome, staff = guild.text("welcome"), guild.text("staff")
        guild.greets_in(welcome)
        guild.make_private(staff, guild.bot_role)
        self.texts.append(staff)
        self.rig.hidden.add(str(staff.id))
        usual: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (30, self.writes), (18, self.answers), (5, self.names_somebody), (3, self.machine_writes), (3, self.edits),
            (3, self.opens_thread), (3, self.posts), (6, self.writes_in_thread), (3, self.comes),
            (6, self.reacts_to_fresh), (3, self.deletes_fresh), (1, self.forwards),
        ]  # fmt: skip
        self.seen_later = usual
        """What Discord still shows afterwards."""
        self.everything = [
            *usual, (14, self.reacts), (5, self.takes_reaction_back), (2, self.clears_reactions), (3, self.deletes),
            (3, self.opens_thread_on), (2, self.goes), (3, self.role_changes), (5, self.voice), (5, self.answers_plan),
            (2, self.plan_changes), (4, self.votes), (1, self.asks), (1, self.deletes_many), (1, self.archives),
        ]  # fmt: skip

    def begin_anew(self) -> None:
        """Let all messages be old ones."""
        self.fresh = []

    async def act(self, times: int, *, only_seen_later: bool = False, keeping: bool = False) -> None:
        """Do some things; where they are `keeping`, only such as nobody takes away again."""
        choices = self.seen_later if only_seen_later and not self.wild else self.everything
        if keeping:
            choices = [(weight, one) for weight, one in self.seen_later if one != self.deletes_fresh]
        for _ in range(times):
            (one,) = self.rng.choices([act for _, act in choices], [weight for weight, _ in choices])
            await one()
            await asyncio.sleep(self.rng.random() * PAUSE)

    def somebody(self) -> Person:
        return self.rng.choice(self.people)

    def some(self, messages: list[Message]) -> Message | None:
        """Return a message that is still there, rather a late one."""
        for _ in range(5):
            if messages:
                found = messages[max(len(messages) - 1 - int(self.rng.expovariate(0.1)), 0)]
                if still_there(self.rig.server, found):
                    return found
        return None

    def text(self) -> str:
        return f"{SECRET} {self.rng.random()}"

    def title(self) -> str:
        """Return what a thread or convening is called; that is kept, so that people know what is meant."""
        return f"about {self.rng.randint(1, 999)}"

    def took(self, message: Message) -> Message:
        self.written.append(message)
        self.fresh.append(message)
        return message

    # what people do

    async def writes(self) -> None:
        self.took(await self.somebody().says(self.rng.choice(self.texts), self.text()))

    async def machine_writes(self) -> None:
        self.took(await self.rng.choice(self.machines).says(self.texts[0], self.text()))

    async def names_somebody(self) -> None:
        one, other, third = self.rng.sample(self.people, 3)
        message = await one.says(self.rng.choice(self.texts), self.text(), mentions=[other, third, self.machines[0]])
        self.written.append(message)

    async def answers(self) -> None:
        about = self.some(self.written)
        if about is not None:
            place = self.rig.server.world.channels[about.channel_id]
            self.took(await self.somebody().says(place, self.text(), replies_to=about))

    async def edits(self) -> None:
        message = self.some(self.written)
        if message is not None and "<@" not in message.content:
            await self.author(message).edits(message, self.text())

    def author(self, message: Message) -> Person:
        return next(one for one in (*self.people, *self.machines, *self.outside) if one.id == message.author_id)

    async def deletes(self) -> None:
        message = self.some(self.written)
        if message is not None:
            await self.author(message).deletes(message)

    async def deletes_fresh(self) -> None:
        message = self.some(self.fresh)
        if message is not None:
            await self.author(message).deletes(message)

    async def deletes_many(self) -> None:
        place = self.texts[1]
        gone = [one for one in self.written[-40:] if one.channel_id == place.id and still_there(self.rig.server, one)]
        if len(gone) > 2:
            await self.people[0].deletes(*gone[:3])

    async def forwards(self) -> None:
        message = self.some(self.written)
        if message is not None:
            await self.somebody().forwards(message, self.texts[2])

    async def reacts(self) -> None:
        message = self.some(self.written)
        if message is not None:
            await self.rng.choice([*self.people, self.machines[0]]).reacts(message, self.rng.choice(EMOJI))

    async def reacts_to_fresh(self) -> None:
        message = self.some(self.fresh)
        if message is not None:
            await self.somebody().reacts(message, self.rng.choice(EMOJI))

    async def takes_reaction_back(self) -> None:
        message = self.some([one for one in self.written[-60:] if one.reactions])
        if message is not None and message.reactions:
            emoji, people = self.rng.choice(list(message.reactions.items()))
            who = self.rng.choice(list(people))
            found = [one for one in (*self.people, *self.outside) if one.id == who]
            if found:
                await found[0].takes_back(message, emoji)

    async def clears_reactions(self) -> None:
        message = self.some([one for one in self.written[-60:] if one.reactions])
        if message is not None:
            emoji = self.rng.choice([None, *message.reactions])
            await self.people[0].clears_reactions(message, emoji)

    async def opens_thread(self) -> None:
        self.threads.append(await self.somebody().opens_thread(self.texts[0], self.title()))

    async def opens_thread_on(self) -> None:
        message = self.some([one for one in self.written if one.channel_id == self.texts[1].id])
        if message is not None and message.thread_id is None:
            self.threads.append(await self.somebody().opens_thread(message, self.title()))

    async def posts(self) -> None:
        self.threads.append(await self.somebody().posts(self.forum, self.title(), self.text()))

    async def writes_in_thread(self) -> None:
        if self.threads:
            self.took(await self.somebody().says(self.rng.choice(self.threads[-8:]), self.text()))

    async def archives(self) -> None:
        if self.threads:
            await self.somebody().archives(self.rng.choice(self.threads[-8:]))

    async def comes(self) -> None:
        self.came += 1
        one = self.rig.server.person(f"{self.guild.guild.name} newcomer {SECRET} {self.came}")
        await one.joins(self.guild)
        self.people.append(one)

    async def goes(self) -> None:
        if len(self.people) > 14:
            one = self.people.pop()
            self.outside.append(one)
            await one.leaves(self.guild)

    async def role_changes(self) -> None:
        one, role = self.rng.choice(self.people[6:]), self.rng.choice(self.roles)
        if role.id in self.guild.guild.members[one.id].roles:
            await one.loses_role(self.guild, role)
        else:
            await one.gets_role(self.guild, role)

    async def voice(self) -> None:
        one = self.rng.choice(self.people[:6])
        state = self.guild.guild.voice.get(one.id)
        if state is None:
            await one.joins_voice(self.lounge)
        elif self.rng.random() < 0.3:
            await one.leaves_voice(self.guild)
        else:
            await one.deafens(self.guild, on=not state.self_deaf)

    async def asks(self) -> None:
        answers = [SECRET, "no", "maybe"]
        place = self.rng.choice(self.texts[:3])
        poll = await self.somebody().asks(place, self.text(), answers, multiple=self.rng.random() < 0.5)
        self.polls.append(self.took(poll))

    async def votes(self) -> None:
        poll = self.some(self.polls)
        if poll is None or poll.poll is None:
            return
        one, answer = self.somebody(), self.rng.randint(1, 3)
        if one.id in poll.poll.votes.get(answer, {}):
            await one.takes_vote_back(poll, answer)
        else:
            await one.votes(poll, answer)

    async def plan_changes(self) -> None:
        """Plan a convening in the lounge, open it, and end it: one at a time."""
        running = [one for one in self.plans if one.status == 2]
        waiting = [one for one in self.plans if one.status == 1]
        if running and self.rng.random() < 0.5:
            await self.people[0].ends(running[0])
        elif waiting and not running:
            await self.people[0].starts(waiting[0])
        elif not waiting:
            start = self.rig.clock() + 3_600_000
            self.plans.append(await self.people[0].plans(self.guild, self.title(), start, self.lounge))

    async def answers_plan(self) -> None:
        plans = [one for one in self.plans if one.status < 3]
        if plans:
            plan, one = self.rng.choice(plans), self.somebody()
            await (one.not_interested(plan) if one.id in plan.users else one.interested(plan))


def crowd(rig: Rig, name: str, seed: int) -> Crowd:
    """Return the crowd of a server."""
    return Crowd(rig, rig.server.guild(name), random.Random(f"{name} {seed} {MORNING}"))


def still_there(server: Sandbox, message: Message) -> bool:
    """Whether a message has not been deleted."""
    return server.world.message(message.channel_id, message.id) is not None
