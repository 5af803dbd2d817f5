"""Reads what an app wants to write, and refuses what Slack would."""

from __future__ import annotations

import re
from typing import Any

import orjson

from integrations.sandbox.slack import blocks
from integrations.sandbox.slack.arguments import Arguments
from integrations.sandbox.slack.changes.messages import Draft
from integrations.sandbox.slack.model import Json
from integrations.sandbox.slack.refusals import Refused, invalid_blocks
from integrations.sandbox.slack.routing import Call

_MOST = 40_000
_ATTACHMENTS = 100
_METADATA = 8_000
_STAMP = re.compile(r"^\d+\.\d+$")


def draft_of(call: Call) -> Draft:
    """Return the message that a request describes. A message without text beside its blocks is warned about."""
    made = draft(call.args)
    if not made.text and (made.blocks or made.attachments):
        call.warnings.append("missing_text_in_message")
    return made


def draft(args: Arguments) -> Draft:
    """Return the message that arguments describe. Refuses an empty one, one too long, and invalid parts."""
    text = args.text("text")
    if len(text) > _MOST:
        raise Refused("msg_too_long")
    shown, attached = blocks_of(args), _attachments(args)
    if not text.strip() and not shown and not attached:
        raise Refused("no_text")
    thread = args.text("thread_ts")
    if thread and not _STAMP.match(thread):
        raise Refused("invalid_thread_ts")
    wide = args.flag("reply_broadcast")
    return Draft(text, "", thread, wide, shown, attached, metadata=_metadata(args))


def changes_of(call: Call) -> dict[str, Any]:
    """Return the fields that a request changes. Blocks that are not given stay, unless only the text is new."""
    found: dict[str, Any] = {}
    if "text" in call.args.given:
        found["text"] = call.args.text("text")
    for name, read in (("blocks", blocks_of), ("attachments", _attachments)):
        if name in call.args.given:
            found[name] = list(read(call.args))
    if not found:
        raise Refused("no_text")
    if "blocks" not in found:
        found["blocks"] = []
    if "metadata" in call.args.given:
        found["metadata"] = _metadata(call.args)
    return found


def blocks_of(args: Arguments) -> tuple[Json, ...]:
    """Return the blocks that arguments describe, with all their ids. Refuses those that are wrong."""
    given = args.structure("blocks", "invalid_blocks_format")
    if given is None:
        return ()
    if not isinstance(given, list):
        raise Refused("invalid_blocks_format")
    problems = blocks.problems(given, blocks.MESSAGE)
    if problems:
        raise invalid_blocks(problems)
    return tuple(blocks.completed(given))


def _attachments(args: Arguments) -> tuple[Json, ...]:
    given = args.structure("attachments", "invalid_attachments")
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Refused("invalid_attachments")
    if len(given) > _ATTACHMENTS:
        raise Refused("too_many_attachments")
    for one in given:
        problems = blocks.problems(one.get("blocks") or [], blocks.MESSAGE)
        if problems:
            raise invalid_blocks(problems)
    return tuple({**one, "id": number} for number, one in enumerate(given, 1))


def _metadata(args: Arguments) -> Json | None:
    """Return a message's metadata: the name of an event and a payload, 8 kB at the most."""
    given = args.structure("metadata", "invalid_metadata_format")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise Refused("invalid_metadata_format")
    kind, payload = given.get("event_type"), given.get("event_payload", {})
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise Refused("invalid_metadata_schema")
    if len(orjson.dumps(payload)) > _METADATA:
        raise Refused("metadata_too_large")
    return {"event_type": kind, "event_payload": payload}
