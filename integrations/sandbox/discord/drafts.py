"""Reads what the bot wants to say: checks it as Discord does and makes it what Discord would show."""

from __future__ import annotations

from itertools import count
from typing import Any

from integrations.sandbox.discord import components
from integrations.sandbox.discord.changes.messages import Draft
from integrations.sandbox.discord.hub import Hub
from integrations.sandbox.discord.model import Channel, Message, MessageType, Poll, Reference
from integrations.sandbox.discord.refusals import Refused, check_length, invalid

Json = dict[str, Any]

_HOUR_MS = 3_600_000
_SELECT: Json = {"min_values": 1, "max_values": 1}
# what Discord fills in where the bot said nothing, by kind of component
_USUAL: dict[int, Json] = {
    **dict.fromkeys((3, 5, 6, 7, 8), _SELECT),
    11: {"description": None, "spoiler": False},
    14: {"spacing": 1, "divider": True},
    17: {"accent_color": None, "spoiler": False},
}
_SORTS = frozenset(("users", "roles", "everyone"))
_KEPT_FLAGS = 1 << 2 | 1 << 6 | 1 << 12 | components.NEW_LAYOUT


def read_draft(hub: Hub, channel: Channel, body: Json, *, type_of: int = MessageType.DEFAULT) -> Draft:
    """Return a new message out of a request's body. Raises Refused."""
    content = check_length("content", body.get("content") or "", 2000)
    poll = read_poll(hub, body["poll"]) if body.get("poll") else None
    parts = read_parts(hub, body)
    sticker = bool(body.get("sticker_ids"))
    if not (content or poll or sticker or any(parts.values())):
        raise Refused(400, 50006)
    reference = _reference(hub, channel, body.get("message_reference"))
    silent, pings = _silenced(body.get("allowed_mentions"))
    named = (body.get("allowed_mentions") or {}).get("users")
    answers = reference is not None and reference.kind == 0
    return Draft(
        content=content,
        type=MessageType.REPLY if answers and type_of == MessageType.DEFAULT else type_of,
        reference=reference,
        pings=pings,
        silent=silent,
        named=None if not named else frozenset(map(int, named)),
        poll=poll,
        nonce=body.get("nonce"),
        flags=int(body.get("flags") or 0) & _KEPT_FLAGS,
        tts=bool(body.get("tts")),
        embeds=tuple(parts["embeds"]),
        components=tuple(parts["components"]),
        attachments=tuple(parts["attachments"]),
    )


def read_changes(hub: Hub, of: Message, body: Json) -> Json:
    """Return the fields of a message that an edit changes. Raises Refused."""
    changes: Json = {}
    if "content" in body:
        changes["content"] = check_length("content", body["content"] or "", 2000)
    layout = (of.flags | int(body.get("flags") or 0)) & components.NEW_LAYOUT
    parts = read_parts(hub, {**body, "flags": layout})
    if layout != of.flags & components.NEW_LAYOUT:
        changes["flags"] = of.flags | layout
    return changes | {key: value for key, value in parts.items() if key in body}


def read_parts(hub: Hub, body: Json) -> dict[str, list[Json]]:
    """Return embeds, components and attachments as Discord shows them. Raises Refused."""
    embeds = body.get("embeds") or []
    if len(embeds) > 10:
        raise invalid("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for index, embed in enumerate(embeds):
        check_length(f"embeds.{index}.title", embed.get("title") or "", 256)
        check_length(f"embeds.{index}.description", embed.get("description") or "", 4096)
    flags = int(body.get("flags") or 0)
    if flags & components.NEW_LAYOUT and (body.get("content") or embeds or body.get("poll") or body.get("sticker_ids")):
        raise invalid("flags", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "This layout has none of that")
    said = body.get("components") or []
    components.check(said, flags, frozenset(str(one.get("filename")) for one in body.get("attachments") or ()))
    attachments = [_attachment(hub, one) for one in body.get("attachments") or []]
    shown = shown_components(said)
    for one in components.walked(shown):
        one |= _with_media(hub, one, {file["filename"]: file for file in attachments})
    return {"embeds": [_embed(embed) for embed in embeds], "components": shown, "attachments": attachments}


def _embed(said: Json) -> Json:
    fields = [{"inline": False, **field} for field in said.get("fields") or ()]
    return {"type": "rich", **said, **({"fields": fields} if fields else {})}


def shown_components(said: list[Json]) -> list[Json]:
    """Return components with the numbers and usual values that Discord fills in."""
    numbers = count(1)
    return [_shown(one, numbers) for one in said]


def _shown(one: Json, numbers: count[int]) -> Json:
    found = {**_USUAL.get(one["type"], {}), **one, "id": one.get("id") or next(numbers)}
    found |= _with_emoji(one)
    if "options" in one:
        found["options"] = [{**option, **_with_emoji(option)} for option in one["options"]]
    if "components" in one:
        found["components"] = [_shown(inner, numbers) for inner in one["components"]]
    for key in ("component", "accessory"):
        if isinstance(one.get(key), dict):
            found[key] = _shown(one[key], numbers)
    return found


def _with_media(hub: Hub, one: Json, files: dict[str, Json]) -> Json:
    """Return what Discord says of the files in a component; those that came along are where it has put them."""
    if one["type"] == components.FILE:
        file = files.get(_named(one["file"])) or {"filename": None, "size": None}
        about = {"name": file["filename"], "size": file["size"], "spoiler": bool(one.get("spoiler"))}
        return {"file": _unfurled(hub, one["file"], files), **about}
    if one["type"] == components.THUMBNAIL:
        return {"media": _unfurled(hub, one["media"], files)}
    if one["type"] == components.GALLERY:
        usual = {"description": None, "spoiler": False}
        return {"items": [{**usual, **item, "media": _unfurled(hub, item["media"], files)} for item in one["items"]]}
    return {}


def _unfurled(hub: Hub, media: Json, files: dict[str, Json]) -> Json:
    found: Json = {"id": str(hub.world.ids.now()), "url": media["url"], "proxy_url": media["url"]}
    file = files.get(_named(media))
    if file is not None:
        found |= {"url": file["url"], "proxy_url": file["proxy_url"], "attachment_id": file["id"]}
    return found


def _named(media: Json) -> str:
    """Return which of the files that come along is meant, if one is."""
    scheme, _, name = str(media["url"]).partition("://")
    return name if scheme == "attachment" else ""


def _with_emoji(one: Json) -> Json:
    """Return the emoji of a component; a common one is shown without an id."""
    said = one.get("emoji")
    return {"emoji": {key: value for key, value in said.items() if value is not None}} if said else {}


def _attachment(hub: Hub, one: Json) -> Json:
    name = str(one.get("filename") or "file")
    number = hub.world.ids.now()
    url = f"https://cdn.invalid/attachments/{number}/{name}"
    return {"id": str(number), "filename": name, "size": int(one.get("size") or 0), "url": url, "proxy_url": url}


def _reference(hub: Hub, channel: Channel, said: Json | None) -> Reference | None:
    """Return what a message answers; one that is not there refuses, unless the bot said that it may fail."""
    if not said:
        return None
    place, number = int(said.get("channel_id") or channel.id), int(said["message_id"])
    if hub.world.message(place, number) is not None:
        return Reference(place, number, channel.guild_id, int(said.get("type") or 0))
    if said.get("fail_if_not_exists", True):
        raise invalid("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
    return None


def _silenced(allowed: Json | None) -> tuple[frozenset[str], bool]:
    """Return the sorts of mention that reach nobody, and whether the answered author is mentioned."""
    if allowed is None:
        return frozenset(), True
    heard = set(allowed.get("parse") or ()) | {sort for sort in ("users", "roles") if allowed.get(sort)}
    return _SORTS - heard, bool(allowed.get("replied_user", False))


def read_poll(hub: Hub, said: Json) -> Poll:
    """Return a poll out of a request's body. Raises Refused."""
    question = check_length("poll.question.text", said["question"].get("text"), 300, 1)
    answers = said.get("answers") or []
    if not 1 <= len(answers) <= 10:
        raise invalid("poll.answers", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 10 in length.")
    for index, one in enumerate(answers):
        check_length(f"poll.answers.{index}.poll_media.text", one["poll_media"].get("text"), 55, 1)
    hours = int(said.get("duration") or 24)
    if not 1 <= hours <= 32 * 24:
        raise invalid("poll.duration", "NUMBER_TYPE_MAX", "int value should be less than or equal to 768.")
    media = {number: _media(one["poll_media"]) for number, one in enumerate(answers, 1)}
    return Poll(question, media, hub.world.clock() + hours * _HOUR_MS, bool(said.get("allow_multiselect")))


def _media(said: Json) -> Json:
    found: Json = {"text": said["text"]}
    emoji = said.get("emoji")
    return {**found, "emoji": {"id": emoji.get("id"), "name": emoji.get("name")}} if emoji else found
