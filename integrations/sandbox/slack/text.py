"""How Slack writes text: escapes, whom it names, and the blocks of what people type."""

from __future__ import annotations

import re

from integrations.sandbox.slack.model import Json

_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


def escape(text: str) -> str:
    """Return what somebody typed as Slack keeps it: three characters are escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def named(text: str) -> list[str]:
    """Return the people whom a text mentions, in order and once each."""
    return list(dict.fromkeys(_USER.findall(text)))


def pings(text: str) -> list[str]:
    """Return all whom a text notifies: people, user groups, `here`, `channel` and `everyone`."""
    wide = re.findall(r"<!(here|channel|everyone)(?:\|[^>]*)?>", text)
    groups = re.findall(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>", text)
    return [*named(text), *dict.fromkeys(groups), *dict.fromkeys(wide)]


def rich(text: str, block_id: str) -> Json:
    """Return what somebody typed as the one block that their client makes of it."""
    elements: list[Json] = []
    last = 0
    for found in _USER.finditer(text):
        elements += [{"type": "text", "text": text[last : found.start()]}] if found.start() > last else []
        elements.append({"type": "user", "user_id": found.group(1)})
        last = found.end()
    elements += [{"type": "text", "text": text[last:]}] if last < len(text) else []
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}
