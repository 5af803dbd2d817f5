"""Rules that a team changes in chat: a draft beside the rules in force, until it is put in force or thrown away."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.calling import Call
from bot.chat.speech import Bold, Channel, Paragraph, Reply, Text
from bot.commands.room import Room
from bot.gate import Purpose
from bot.language import Words
from bot.rules import parse_rules
from bot.sending.outbox import Letter, post
from bot.standing.rehearsing import apply
from bot.storage import communities, outgoing, teamwork
from bot.storage.communities import Rules
from bot.storage.teamwork import Draft
from bot.storage.turns import in_turn
from bot.teamwork.people import actor, did
from bot.teamwork.works import Progress
from scoring.mountain import Mountain

DRAFTED, DROPPED, BEGUN, IN_FORCE = (
    "drafted rules",
    "threw drafted rules away",
    "began to put rules in force",
    "put rules in force",
)
FILE = "mountain.yaml"


@dataclass(frozen=True, slots=True)
class Desk:
    """The rules in force, and the draft, where there is one that changes them; `stale`: it changes older ones."""

    active: Rules
    draft: Draft | None
    stale: bool

    @property
    def text(self) -> str:
        """The rules to go on changing."""
        return self.active.text if self.draft is None or self.stale else self.draft.text

    def mountain(self) -> Mountain:
        """Return the rules in force."""
        return parse_rules(self.active.text, self.active.name)

    def drafted(self) -> Mountain | None:
        """Return the drafted rules, None where there are none."""
        return None if self.draft is None or self.stale else parse_rules(self.draft.text, FILE)


async def desk(room: Room) -> Desk:
    """Return what there is of rules."""
    async with room.database.read() as connection:
        active = await communities.active_rules(connection, room.community)
        draft = await teamwork.draft(connection, room.community)
    return Desk(active, draft, draft is not None and draft.base != active.version)


async def keep(call: Call, room: Room, there: Desk, text: str) -> Mountain:
    """Put a draft down; returns it. Raises InputError for rules that do not hold together."""
    mountain = parse_rules(text, FILE)
    async with in_turn(room.database, room.community) as connection:
        by = await actor(connection, room, call.caller.account)
        one = Draft(text, mountain.version, there.active.version, by, room.now)
        await teamwork.keep_draft(connection, room.community, one)
        await did(connection, room, call, DRAFTED, version=mountain.version)
    return mountain


async def drop(call: Call, room: Room) -> None:
    """Throw the draft away."""
    async with in_turn(room.database, room.community) as connection:
        await teamwork.drop_draft(connection, room.community)
        await did(connection, room, call, DROPPED)


async def put_in_force(call: Call, room: Room, file: tuple[str, str, str], channel: str, progress: Progress) -> Reply:
    """Settle rules (text, version, file name), put them in force, and tell a channel."""
    async with room.database.read() as connection:
        community = await communities.get(connection, room.community)
    async with in_turn(room.database, room.community) as connection:
        await did(connection, room, call, BEGUN, version=file[1])
    most = 0

    def hear(left: int) -> None:
        nonlocal most
        most = max(most, left)
        progress.at("settling", most - left, most)

    changed = await apply(room.database, community, file, hear)
    where = channel
    async with in_turn(room.database, room.community) as connection:
        await teamwork.drop_draft(connection, room.community)
        going = await outgoing.going(connection, room.community)
        if changed:
            number = await did(connection, room, call, IN_FORCE, version=file[1])
            where = channel or await teamwork.team_channel(connection, room.space) or ""
            if where:
                await post(connection, _announcement(room, file[1], where, number), room.keys)
    room.tools.told()
    if not changed:
        return room.say("draft.was_in_force", version=Bold(file[1]))
    held = bool(where) and (going.live_at is None or going.paused_at is not None)
    said = [_told(room, where, team=not channel), *([room.words.text("draft.held")] if held else [])]
    return room.say("draft.in_force", *map(Paragraph, said), version=Bold(file[1]))


def _told(room: Room, where: str, *, team: bool) -> Text:
    """Say who is told that the rules have changed: a channel that was named, else the team's, else nobody."""
    if not where:
        return room.words.text("draft.untold")
    return room.words.text("draft.told_team" if team else "draft.told", channel=Channel(where))


def _announcement(room: Room, version: str, channel: str, by: int | None) -> Letter:
    """Say in a channel that the rules have changed, in the space's own language."""
    said = Words(room.settings.language).text("draft.announced", version=Bold(version))
    key = f"rules:{version}:{room.now}:{by or 0}"
    of = (room.community, room.space, key, Purpose.NOTICE, (Paragraph(said),))
    return Letter(*of, channel=channel, due=room.now)
