"""Polls inside messages."""

from __future__ import annotations

from integrations.sandbox.discord.model import Poll
from integrations.sandbox.discord.payloads.users import Json
from integrations.sandbox.discord.snowflakes import iso


def poll(of: Poll, reader: int) -> Json:
    """Return a poll with its counts as `reader` sees it."""
    return {
        "question": {"text": of.question},
        "answers": [{"answer_id": number, "poll_media": media} for number, media in of.answers.items()],
        "expiry": iso(of.expires),
        "allow_multiselect": of.multiple,
        "layout_type": 1,
        "results": {
            "answer_counts": [
                {"id": number, "count": len(people), "me_voted": reader in people}
                for number, people in of.votes.items()
                if people
            ],
            "is_finalized": of.finalized,
        },
    }
