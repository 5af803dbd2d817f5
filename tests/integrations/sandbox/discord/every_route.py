"""What a bot can do at a sandbox through discord.py, so that every route is asked; one function for each resource."""

from __future__ import annotations

import datetime
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from integrations.sandbox.discord.guilds import GuildHandle
from integrations.sandbox.discord.model import Channel
from integrations.sandbox.discord.people import Person
from integrations.sandbox.discord.server import Sandbox
from tests.integrations.sandbox.discord.clients import USUAL, Client, connected
from tests.integrations.sandbox.discord.library import app_commands, discord, http
from tests.integrations.sandbox.discord.survey import Survey, layout

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Day:
    """A connected client at a guild in which something has happened."""

    server: Sandbox
    client: Client
    guild: GuildHandle
    alice: Person
    bob: Person

    @property
    def garden(self) -> discord.Guild:
        found = self.client.get_guild(self.guild.id)
        assert found is not None
        return found

    @property
    def general(self) -> discord.TextChannel:
        found = self.client.get_channel(self.guild.text("general").id)
        assert isinstance(found, discord.TextChannel)
        return found

    async def asks(self, method: str, path: str, **more: Any) -> Any:
        """Ask a route for which discord.py has no method of its own."""
        return await self.client.http.request(http.Route(method, path), **more)

    async def sees(self, channel: Channel) -> Any:
        """Return a channel as the client has it, once it has heard of it."""
        await self.client.until(lambda: self.garden.get_channel_or_thread(channel.id))
        return self.garden.get_channel_or_thread(channel.id)


async def the_bot_itself(day: Day) -> None:
    await day.client.application_info()
    await day.asks("GET", "/applications/@me")
    await day.asks("PATCH", "/applications/@me", json={"description": "Follows how people engage"})
    await day.asks("GET", "/gateway")
    await day.asks("GET", "/gateway/bot")
    await day.asks("GET", "/voice/regions")
    await day.client.fetch_user(day.alice.id)
    _ = [one async for one in day.client.fetch_guilds()]
    await day.client.fetch_guild(day.guild.id)
    await (await day.client.fetch_user(day.alice.id)).send("hello")
    other = day.server.guild("Orchard")
    await day.client.until(lambda: day.client.get_guild(other.id))
    await next(one for one in day.client.guilds if one.id == other.id).leave()


async def commands(day: Day) -> None:
    tree, here = day.client.tree, discord.Object(day.guild.id)

    @tree.command(name="me", description="Where I am")
    @app_commands.choices(what=[app_commands.Choice(name="Road", value="road")])
    async def me(
        interaction: discord.Interaction, days: int, what: str = "road", who: discord.Member | None = None
    ) -> None:
        await interaction.response.send_message(f"{days} {what} {who}", ephemeral=True)

    made = (await tree.sync())[0]
    await tree.fetch_commands()
    await tree.fetch_command(made.id)
    await made.edit(description="Where I stand")
    tree.copy_global_to(guild=here)
    own = (await tree.sync(guild=here))[0]
    await tree.fetch_commands(guild=here)
    await tree.fetch_command(own.id, guild=here)
    await own.edit(description="Where I stand here")
    await own.delete()
    base = f"/applications/{day.server.world.application.id}"
    one = await day.asks("POST", f"{base}/commands", json={"name": "one", "description": "One", "type": 1})
    await day.asks("DELETE", f"{base}/commands/{one['id']}")
    await day.asks("POST", f"{base}/guilds/{day.guild.id}/commands", json={"name": "Thanks", "type": 3})


async def interactions(day: Day) -> None:
    tree, alice, general = day.client.tree, day.alice, day.guild.text("general")

    @tree.command(name="survey", description="Ask")
    async def survey(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Well?", view=Survey(), embed=discord.Embed(description="Choose"))

    @tree.command(name="find", description="Find")
    async def find(interaction: discord.Interaction, text: str) -> None:
        await interaction.response.send_message(text)

    @find.autocomplete("text")
    async def suggest(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=current, value=current)]

    await tree.sync()
    asked = await (await alice.uses(general, "/survey")).answered()
    await (await alice.types(general, "/find", "text", "a")).answered()
    await (await alice.uses(alice.dm, "/find", {"text": "me"})).answered()
    await (await alice.clicks(asked.message, "yes")).answered()
    await (await alice.chooses(asked.message, "which", ["b"])).said(2)
    await (await alice.chooses(asked.message, "who", [str(day.bob.id)])).answered()
    form = await (await alice.clicks(asked.message, "more")).answered()
    sent = await alice.submits(form, {"reason": "because", "how": ["a"]})
    await day.server.until(lambda: sent.pending.answer and sent.pending.original is None, 30.0)


async def messages(day: Day) -> None:
    written = await day.alice.says(day.guild.text("general"), "hello", mentions=[day.bob])
    await day.bob.says(day.guild.text("general"), "yes", replies_to=written)
    await day.alice.forwards(written, day.guild.text("general"))
    async with day.general.typing():
        sent = await day.general.send("hello", embed=discord.Embed(title="t", colour=3), view=Survey(), nonce="row-1")
    await day.general.send("hello", nonce="row-1")
    answer = await sent.reply("so", mention_author=False, file=discord.File(io.BytesIO(b"1,2"), "table.csv"))
    await answer.edit(content="so it is", attachments=[])
    await day.general.send(view=layout())
    await day.general.fetch_message(written.id)
    _ = [one async for one in day.general.history(limit=None)]
    _ = [one async for one in day.general.history(limit=2, around=discord.Object(written.id))]
    _ = [one async for one in day.general.history(limit=2, after=discord.Object(written.id))]
    await sent.pin()
    await day.alice.pins(written)
    _ = [one async for one in day.general.pins()]
    await sent.unpin()
    old = f"/channels/{day.general.id}/pins"
    await day.asks("GET", old)
    await day.asks("PUT", f"{old}/{sent.id}")
    await day.asks("DELETE", f"{old}/{sent.id}")
    await sent.delete()
    await day.general.delete_messages([await day.general.send(text) for text in "ab"])


async def reactions(day: Day) -> None:
    leaf = day.guild.emoji("leaf")
    written = await day.alice.says(day.guild.text("general"), "hello")
    await day.bob.reacts(written, "👍")
    await day.bob.reacts(written, leaf)
    message = await day.general.fetch_message(written.id)
    for reaction in message.reactions:
        _ = [one async for one in reaction.users()]
        _ = [one async for one in reaction.users(type=discord.ReactionType.burst)]
    assert day.client.user is not None
    await message.add_reaction("🌱")
    await message.remove_reaction("🌱", day.client.user)
    await message.remove_reaction("👍", discord.Object(day.bob.id))
    await message.clear_reaction(message.reactions[1].emoji)
    await message.clear_reactions()
    await day.garden.fetch_emojis()


async def threads(day: Day) -> None:
    general, alice = day.guild.text("general"), day.alice
    await alice.opens_thread(await alice.says(general, "hello"), "about this")
    await alice.archives(await alice.opens_thread(general, "over"))
    message = await day.general.send("a start")
    thread = await message.create_thread(name="from a message")
    await thread.send("in it")
    await thread.add_user(discord.Object(alice.id))
    await thread.fetch_member(alice.id)
    await thread.fetch_members()
    await thread.remove_user(discord.Object(alice.id))
    await thread.edit(archived=True)
    own = await day.general.create_thread(name="own", type=discord.ChannelType.public_thread)
    await own.leave()
    await own.join()
    await own.delete()
    secret = await day.general.create_thread(name="secret", type=discord.ChannelType.private_thread)
    await secret.edit(archived=True, locked=True)
    _ = [one async for one in day.general.archived_threads(limit=None)]
    _ = [one async for one in day.general.archived_threads(private=True, limit=None)]
    _ = [one async for one in day.general.archived_threads(private=True, joined=True, limit=None)]
    await day.garden.active_threads()
    forum = await day.sees(day.guild.forum("ideas", ["new"]))
    await alice.posts(day.guild.forum("ideas"), "an idea", tags=["new"])
    await forum.create_thread(name="another", content="text", applied_tags=forum.available_tags[:1])
    await day.client.fetch_channel(forum.id)


async def people(day: Day) -> None:
    carol, gardener = day.server.person("carol"), day.guild.role("gardener")
    day.guild.asks_newcomers("What brings you here?", ["grower", "reader"])
    await carol.joins(day.guild)
    await carol.gets_role(day.guild, gardener)
    _ = [one async for one in day.garden.fetch_members(limit=None)]
    await day.asks("GET", f"/guilds/{day.guild.id}/members/search", params={"query": "a", "limit": 10})
    member = await day.garden.fetch_member(carol.id)
    await day.client.until(lambda: day.garden.get_role(gardener.id))
    await member.edit(nick="C")
    await member.remove_roles(discord.Object(gardener.id), reason="no longer")
    await member.add_roles(discord.Object(gardener.id), reason="again")
    await day.garden.me.edit(nick="Guide")
    role = await day.garden.create_role(name="helper")
    await role.edit(name="helpers", permissions=discord.Permissions(manage_events=True))
    await day.garden.fetch_role(role.id)
    await day.garden.fetch_roles()
    await role.delete()
    await day.garden.onboarding()
    _ = [one async for one in day.garden.audit_logs(limit=None)]
    _ = [one async for one in day.garden.audit_logs(limit=5, oldest_first=True, user=discord.Object(day.bob.id))]


async def channels(day: Day) -> None:
    made = await day.garden.create_text_channel("plants", topic="what grows")
    await made.edit(name="trees", topic="")
    await made.set_permissions(day.garden.default_role, send_messages=False)
    await made.delete()
    for make in (day.guild.news, day.guild.category, day.guild.voice, day.guild.stage):
        make(make.__name__)
    day.guild.make_private(day.guild.text("moderators"), day.guild.bot_role)
    await day.garden.fetch_channels()
    for channel in day.guild.guild.channels:
        await day.client.fetch_channel(channel)


async def events(day: Day) -> None:
    start = day.server.world.clock() + HOUR_MS
    lounge, talks = day.guild.voice("lounge"), day.guild.stage("talks")
    calls = [await day.alice.plans(day.guild, "call", start, place) for place in (lounge, talks, "online")]
    await day.bob.interested(calls[0])
    await day.bob.interested(calls[2])
    await day.alice.starts(calls[0])
    found = await day.garden.fetch_scheduled_events()
    for event in found:
        _ = [one async for one in event.users()]
    _ = [one async for one in found[0].users(oldest_first=False, limit=1)]
    await day.garden.fetch_scheduled_event(found[0].id, with_counts=False)
    moment = datetime.datetime.fromtimestamp(start / 1000, datetime.UTC)
    made = await day.garden.create_scheduled_event(
        name="workshop",
        start_time=moment,
        end_time=moment + datetime.timedelta(hours=1),
        entity_type=discord.EntityType.external,
        privacy_level=discord.PrivacyLevel.guild_only,
        location="the shed",
    )
    weekly = {"start": moment.isoformat(), "frequency": 2, "interval": 1}
    for rule in (weekly, None):
        await day.asks("PATCH", f"/guilds/{day.guild.id}/scheduled-events/{made.id}", json={"recurrence_rule": rule})
    changed = await made.edit(description="Bring gloves")
    await (await (await changed.start()).end()).delete()


async def voice(day: Day) -> None:
    lounge, talks = day.guild.voice("lounge"), day.guild.stage("talks")
    await day.alice.joins_voice(lounge)
    await day.bob.joins_voice(talks)
    for who in (day.alice, day.bob):
        await day.asks("GET", f"/guilds/{day.guild.id}/voice-states/{who.id}")
    stage = await day.sees(talks)
    live = await stage.create_instance(topic="planting", privacy_level=discord.PrivacyLevel.guild_only)
    await stage.fetch_instance()
    await live.edit(topic="harvest")
    await live.delete()


async def polls(day: Day) -> None:
    asked = await day.alice.asks(day.guild.text("general"), "When?", ["now", "later"])
    await day.bob.votes(asked, 1)
    message = await day.general.fetch_message(asked.id)
    assert message.poll is not None
    for answer in message.poll.answers:
        _ = [one async for one in answer.voters()]
    poll = discord.Poll("Where?", datetime.timedelta(hours=2), multiple=True)
    own = await day.general.send(poll=poll.add_answer(text="here", emoji="🌱").add_answer(text="there"))
    assert own.poll is not None
    await own.poll.end()


EVERYTHING: tuple[Callable[[Day], Awaitable[None]], ...] = (
    the_bot_itself, commands, interactions, messages, reactions, threads, people, channels, events, voice, polls,
)  # fmt: skip


async def lives_through_everything(server: Sandbox) -> None:
    """Log in and do all of it."""
    guild = server.guild("Garden")
    guild.text("general")
    alice, bob = guild.people(["alice", "bob"])
    intents = discord.Intents(USUAL.value | discord.Intents.members.flag | discord.Intents.dm_messages.flag)
    async with connected(server, Client(intents=intents)) as client:
        for resource in EVERYTHING:
            await resource(Day(server, client, guild, alice, bob))
