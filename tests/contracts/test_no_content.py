"""No field of the store may hold what somebody wrote, or a hash of it."""

from __future__ import annotations

import re

from sqlalchemy import LargeBinary, String

from bot.storage.schema import metadata

LOOKS_LIKE_CONTENT = re.compile(
    "text|content|body|message|embed|snippet|excerpt|quote|subject|title|said|words|wrote|payload"
    "|hash|checksum|fingerprint|digest|attachment|sentiment|length"
)
OUR_OWN = {
    ("import_run", "digest"): "of a whole file that the operator imported",
    ("rules", "text"): "the operator's rules",
    ("rules_draft", "text"): "the operator's rules, not in force yet",
    ("remark", "text"): "the team's own words on a week",
    ("convening", "title"): "how a convening is announced",
    ("task", "said"): "Cairn's own words on how a task ended",
    ("link_code", "digest"): "keyed, of a code that Cairn made up",
    ("outbox", "content"): "what Cairn sends, encrypted",
    ("outbox", "message"): "the id of what Cairn sent",
    ("audit", "payload"): "what the team did",
    ("arrival", "digest"): "of a number that Cairn made up",
    ("installation", "content"): "tokens that Cairn was given, encrypted",
    ("ballot", "content"): "what members answered when they were asked, encrypted",
    ("survey_outcome", "said"): "the team's own words on what a survey told",
    ("audit", "digest"): "of that, salted",
}
"""Fields that look as if they held content, and what they hold instead."""
HEARD = {
    "engagement": {"key", "parent"},
    "sighting": {"parent"},
    "orphan": {"parent"},
    "context": {"identity", "place", "name", "parent", "programme", "cohort", "role", "project"},
    "naming": {"name", "parent"},
    "account": {"handle", "sealed", "platform"},
    "rejected": {"reason"},
}
"""All that could hold words in the tables that are written from what is heard: keys, ids and names of places."""


def wordy(table: str) -> set[str]:
    return {one.name for one in metadata.tables[table].c if isinstance(one.type, String | LargeBinary)}


def test_fields_that_look_like_content_are_known_to_be_our_own() -> None:
    found = {(table, name) for table in metadata.tables for name in wordy(table) if LOOKS_LIKE_CONTENT.search(name)}

    assert found - set(OUR_OWN) == set()


def test_tables_of_what_is_heard_have_no_room_for_words() -> None:
    assert {table: wordy(table) for table in HEARD} == HEARD
