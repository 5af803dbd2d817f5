"""Messages: as history has them, and as events tell of them."""

from __future__ import annotations

from urllib.parse import quote

from integrations.sandbox.slack.ids import seconds_of
from integrations.sandbox.slack.model import Channel, File, Json, Message
from integrations.sandbox.slack.payloads.users import bot_profile
from integrations.sandbox.slack.world import World

_LATEST = 5
_ROOT = ("text", "user", "type", "subtype", "ts", "bot_id", "username", "edited", "room")
_PINNED = ("bot_id", "type", "text", "user", "ts", "app_id", "team", "bot_profile")


def message(world: World, of: Message, *, metadata: bool = False) -> Json:
    """Return a message as history gives it, with its reactions and what its thread holds; `metadata` where asked."""
    found = plain(world, of)
    if metadata and of.metadata is not None:
        found["metadata"] = of.metadata
    if of.pinned:
        found["pinned_to"] = [of.channel_id]
    if of.broadcast:
        found["root"] = _root(world, of)
    if of.reactions:
        found["reactions"] = [
            {"name": name, "users": list(people), "count": len(people)} for name, people in of.reactions.items()
        ]
    channel = world.channels.get(of.channel_id)
    return found if channel is None or of.is_reply else found | thread(channel, of)


def plain(world: World, of: Message) -> Json:
    """Return what is always told of a message."""
    found: Json = {"type": "message", "ts": of.ts, "text": of.text}
    subtype = "thread_broadcast" if of.broadcast else of.subtype
    if subtype:
        found["subtype"] = subtype
    if subtype != "bot_message":
        found["user"] = of.user
    if of.client_msg_id:
        found["client_msg_id"] = of.client_msg_id
    found |= _author(world, of, subtype)
    found |= {name: part for name, part in (("blocks", of.blocks), ("attachments", of.attachments)) if part}
    if of.files:
        found |= {
            "files": [file(world, world.files[one]) for one in of.files],
            "upload": False,
            "display_as_bot": False,
        }
    if of.thread_ts:
        found["thread_ts"] = of.thread_ts
    root = world.message(of.channel_id, of.thread_ts) if of.is_reply else None
    if root is not None and not of.broadcast:
        found["parent_user_id"] = root.user
    if of.edited is not None:
        found["edited"] = {"user": of.edited[0], "ts": of.edited[1]}
    if of.room is not None:
        found["room"] = of.room
    return {**found, **of.extra}


def _author(world: World, of: Message, subtype: str) -> Json:
    """Return who wrote a message beyond their id: the team, the bot. A webhook shows less of itself."""
    found: Json = {}
    bot = world.users.get(of.user) if of.bot_id else None
    if of.bot_id:
        found["bot_id"] = of.bot_id
    if bot is not None and (bot.workflow or not bot.webhook):
        found |= {"app_id": of.app_id, "bot_profile": bot_profile(world, bot)}
    if of.username:
        found["username"] = of.username
    if of.icons:
        found["icons"] = of.icons
    if subtype in ("", "huddle_thread"):
        found["team"] = of.team_id
    channel = world.channels.get(of.channel_id)
    written = subtype in ("", "file_share", "thread_broadcast", "me_message", "bot_message")
    if channel is not None and channel.shared and of.team_id and written:
        found |= {"user_team": of.team_id, "source_team": of.team_id}
    return found


def thread(channel: Channel, of: Message) -> Json:
    """Return what a message tells of the answers to it; nothing where there are none."""
    answers = channel.replies(of.ts)
    if not answers:
        return {}
    people = list(dict.fromkeys(one.user for one in answers))
    return {
        "thread_ts": of.ts,
        "reply_count": len(answers),
        "reply_users_count": len(people),
        "latest_reply": answers[-1].ts,
        "reply_users": people[:_LATEST],
        "is_locked": False,
        "subscribed": False,
    }


def announced(world: World, of: Message) -> Json:
    """Return a new message as an event tells it."""
    channel = world.channels[of.channel_id]
    found = plain(world, of) | {"channel": of.channel_id, "event_ts": of.ts, "channel_type": channel.kind.value}
    if of.broadcast:
        found["root"] = _root(world, of)
    if of.metadata is not None:
        found["metadata"] = of.metadata
    return found


def _root(world: World, of: Message) -> Json:
    """Return the message that a broadcast answers, with less than history has of it."""
    channel = world.channels[of.channel_id]
    root = channel.messages.get(of.thread_ts)
    if root is None:
        return {}
    shown = {name: part for name, part in plain(world, root).items() if name in _ROOT}
    counted = thread(channel, root)
    return shown | {name: part for name, part in counted.items() if name not in ("reply_users", "is_locked")}


def pinned(world: World, of: Message) -> Json:
    """Return a message as the events of pins have it."""
    return {name: part for name, part in plain(world, of).items() if name in _PINNED}


def file(world: World, of: File, *, places: bool = False) -> Json:
    """Return a file, with the `places` where it was shared."""
    kind = of.name.rpartition(".")[2].lower() if "." in of.name else "text"
    domain = world.teams[of.team_id].domain
    private = f"{world.files_root or f'https://{domain}.invalid'}/files-pri/{of.team_id}-{of.id}"
    found: Json = {
        "id": of.id,
        "created": seconds_of(of.created),
        "timestamp": seconds_of(of.created),
        "name": of.name,
        "title": of.title or of.name,
        "mimetype": _MIME.get(kind, "application/octet-stream"),
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": of.user,
        "user_team": of.team_id,
        "editable": False,
        "size": of.length,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": True,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{private}/{quote(of.name)}",
        "url_private_download": f"{private}/download/{quote(of.name)}",
        "permalink": f"https://{domain}.invalid/files/{of.user}/{of.id}",
        "has_rich_preview": False,
        "file_access": "visible",
    }
    if of.alt_text:
        found["alt_txt"] = of.alt_text
    return found | {"channels": list(of.channels), "groups": [], "ims": []} if places else found


_MIME = {"png": "image/png", "jpg": "image/jpeg", "svg": "image/svg+xml", "pdf": "application/pdf", "csv": "text/csv"}
