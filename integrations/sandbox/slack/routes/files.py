"""Files, uploaded in three steps: a URL is asked for, takes the content, and the upload is completed."""

from __future__ import annotations

from integrations.sandbox.slack.changes import files
from integrations.sandbox.slack.changes.messages import Draft
from integrations.sandbox.slack.drafts import blocks_of
from integrations.sandbox.slack.limits import TIER_4
from integrations.sandbox.slack.model import Channel, File, Json, Kind
from integrations.sandbox.slack.payloads.messages import file
from integrations.sandbox.slack.refusals import Refused, invalid_arguments
from integrations.sandbox.slack.routing import Call, Methods

methods = Methods()
_LARGEST = 1_073_741_824


@methods.on("files.getUploadURLExternal", TIER_4, "files:write")
async def upload_url(call: Call) -> Json:
    """Return where to upload a file."""
    length = call.args.need("length")
    if not length.isdigit() or not 1 <= int(length) <= _LARGEST:
        raise invalid_arguments("must be a positive integer [json-pointer:/length]")
    made = files.announce(call.hub, call.by, call.team, call.args.need("filename"), int(length))
    made.alt_text = call.args.text("alt_txt")
    return {"upload_url": f"{call.hub.root}/upload/v1/{made.id}", "file_id": made.id}


@methods.on("files.completeUploadExternal", TIER_4, "files:write")
async def complete(call: Call) -> Json:
    """Complete uploads; where a channel is named, share them there."""
    given = call.args.structure("files", "invalid_arguments")
    if not isinstance(given, list) or not given:
        raise invalid_arguments("missing required field: files")
    known = [_uploaded(call, one) for one in given]
    places = [one for one in (call.args.text("channel_id"), *call.args.several("channels")) if one]
    for number in dict.fromkeys(places):
        _share(call, _place(call, number), known)
    for one in known:
        one.done = True
    call.values["files"] = tuple(one.id for one in known)
    return {"files": [file(call.hub.world, one, places=True) for one in known]}


def _uploaded(call: Call, given: object) -> File:
    if not isinstance(given, dict):
        raise invalid_arguments("must provide an object [json-pointer:/files/0]")
    known = call.team.files.get(str(given.get("id")))
    if known is None or known.content is None or known.done or known.user != call.token.user:
        raise Refused("file_not_found")
    known.title = str(given.get("title") or known.name)
    return known


def _place(call: Call, number: str) -> Channel:
    known = call.hub.world.channels.get(number)
    if known is None or not call.visible(known):
        raise Refused("channel_not_found")
    if known.archived:
        raise Refused("is_archived")
    if call.token.user not in known.members:
        raise Refused("not_in_channel")
    return known


def _share(call: Call, place: Channel, known: list[File]) -> None:
    draft = Draft(call.args.text("initial_comment"), thread_ts=call.args.text("thread_ts"), blocks=blocks_of(call.args))
    made = files.share(call.hub, call.by, place, known, draft)
    call.values |= {"channel": place.id, "message": made.ts}
    others = [one for one in place.members if one != call.token.user]
    if place.kind == Kind.DIRECT and others:
        call.values["user"] = others[0]


@methods.on("files.info", TIER_4, "files:read")
async def info(call: Call) -> Json:
    """Return a file."""
    known = call.team.files.get(call.args.need("file"))
    if known is None or not known.done:
        raise Refused("file_not_found")
    return {"file": file(call.hub.world, known, places=True), "comments": [], "response_metadata": {"next_cursor": ""}}
