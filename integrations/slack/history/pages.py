"""Pages of Slack's history, and what the messages on them say: for what was missed, and for back-fill."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from bot.ports import Account, Kind, Payload, Signal, Unreadable, UnreadableError, day_of, readable
from integrations.formats.slack import ARRIVALS, GONE, WRITTEN, emoji_of, gone, key_of, moment_of, whole
from integrations.slack.api import Api, RefusedError
from integrations.slack.loading import Loader
from integrations.slack.payloads.channels import Spot
from integrations.slack.payloads.ids import UnknownError
from integrations.slack.payloads.messages import arrived, posted
from integrations.slack.payloads.workspace import Workspace
from integrations.slack.receiving.ear import Heard


class Pages:
    """Asks for pages of channels, and reads them as an importer would: with everyone who reacted."""

    def __init__(self, api: Api, loader: Loader, clock: Callable[[], int]) -> None:
        """Take the way to Slack, what asks for who is not known, and our clock (ms)."""
        self._api = api
        self._loader = loader
        self.clock = clock

    async def messages(
        self, heard: Heard, channel: str, since: int, until: int
    ) -> AsyncIterator[tuple[list[Payload], list[Signal]]]:
        """Yield a channel's messages between two moments (ms), a page at a time, the newest first, and what they say.

        Answers in threads come with the message that they answer, where they were written in that time. Raises
        RefusedError, and MachineError where Slack cannot be reached.
        """
        wanted = {"channel": channel, "oldest": _ts(since), "latest": _ts(until), "inclusive": "true"}
        asked = self.clock()
        async for page in self._api.pages(heard.token, "conversations.history", "messages", **wanted):
            said: list[Signal] = []
            for message in page:
                said += await self._whole(heard, channel, message, asked)
                if _answered_in(message, since):
                    said += await self.answers(heard, channel, message, since)
            yield page, said
            asked = self.clock()

    async def threads(self, heard: Heard, channel: str, back_to: int, since: int) -> AsyncIterator[Payload]:
        """Yield the messages written from `back_to` to `since` (ms) that were answered after that."""
        wanted = {"channel": channel, "oldest": _ts(back_to), "latest": _ts(since), "inclusive": "true"}
        async for page in self._api.pages(heard.token, "conversations.history", "messages", **wanted):
            for message in page:
                if _answered_in(message, since):
                    yield message

    async def answers(self, heard: Heard, channel: str, message: Payload, since: int) -> list[Signal]:
        """Return what the answers in a thread say that were written since a moment (ms)."""
        wanted = {"channel": channel, "ts": str(message["ts"]), "oldest": _ts(since), "inclusive": "true"}
        said: list[Signal] = []
        asked = self.clock()
        async for page in self._api.pages(heard.token, "conversations.replies", "messages", **wanted):
            for one in page:
                if one.get("ts") != message["ts"]:
                    said += await self._whole(heard, channel, one, asked)
            asked = self.clock()
        return said

    async def _whole(self, heard: Heard, channel: str, message: Payload, asked: int) -> list[Signal]:
        """Return what a message and the reactions to it say; what cannot be read is put down and left."""
        try:
            reactions = await self._reactions(heard, channel, message)
            while True:
                try:
                    return captured(message, reactions, heard.workspace, (channel, asked))
                except UnknownError as unknown:
                    await self._loader.find(heard.workspace, heard.token, unknown)
        except UnreadableError as error:
            await heard.desk.unread.add([Unreadable("message", str(error), asked)])
            return []

    async def _reactions(self, heard: Heard, channel: str, message: Payload) -> list[Payload]:
        """Return a message's reactions; the whole list where the page shows only the first people of each."""
        shown = message.get("reactions") or []
        if not shown or _is_whole(shown):
            return list(shown)
        try:
            answer = await self._api.ask(
                heard.token, "reactions.get", channel=channel, timestamp=str(message["ts"]), full="true"
            )
        except RefusedError:
            return list(shown)
        return list((answer.get("message") or {}).get("reactions") or ())


@readable
def _is_whole(reactions: list[Any]) -> bool:
    return whole(reactions)


@readable
def captured(message: Payload, reactions: list[Payload], workspace: Workspace, page: tuple[str, int]) -> list[Signal]:
    """Return what a message on a `page` (of which channel, asked for when) and those who reacted to it say."""
    channel, asked = page
    spot, subtype = workspace.channels.spot(channel), message.get("subtype")
    if not spot.allowed:
        return []
    if subtype == GONE:
        return [gone(channel, message["ts"], message.get("thread_ts"), asked, spot.context)]
    if subtype in ARRIVALS:
        return arrived(message, workspace, spot, asked)
    found: list[Signal] = []
    if subtype in WRITTEN:
        found = posted(message, workspace, spot, asked, asked if whole(reactions) else 0)
    for one in reactions:
        found += _reacted(message, one, workspace, (spot, asked))
    return found


def _reacted(message: Payload, reaction: Payload, workspace: Workspace, page: tuple[Spot, int]) -> list[Signal]:
    """Return who reacted with one emoji: dated by the message, since Slack does not tell when."""
    (spot, asked), ts, name = page, message["ts"], emoji_of(reaction["name"])
    key, at = key_of(spot.context.place, ts), moment_of(ts)
    day, context = day_of(at), spot.context
    found: list[Signal] = []
    thanked = _author(message, workspace) if Kind.THANKS in workspace.kinds and workspace.is_thanks(name) else None
    for user in dict.fromkeys(reaction.get("users") or ()):
        who = workspace.actor(user, spot)
        if who is None:
            continue
        if Kind.REACTION in workspace.kinds:
            found.append(
                Signal(Kind.REACTION, f"{key}/r/{name}", day, at, who, asked, context, who, key, day, estimated=True)
            )
        if thanked is not None and thanked != who:
            key_of_thanks = f"{key}/thanks/{name}"
            thanks = Signal(Kind.THANKS, key_of_thanks, day, at, who, asked, context, who, key, day, thanked)
            found.append(thanks._replace(estimated=True))
    return found


def _author(message: Payload, workspace: Workspace) -> Account | None:
    author = message.get("user")
    who = workspace.people.account(author) if author else None
    return None if who is None or who.bot else who


def _answered_in(message: Payload, since: int) -> bool:
    latest = message.get("latest_reply")
    try:
        return bool(latest) and moment_of(latest) >= since
    except ValueError:
        return False


def _ts(moment: int) -> str:
    """Return a moment (ms) as Slack's `ts`."""
    return f"{max(moment, 0) // 1000}.{max(moment, 0) % 1000:03}000"
