"""The tables. Moments are integer milliseconds since 1970 UTC, days are day numbers (see `scoring.signals`).

Every key leads with the community, and with the day where rows come in by day, so that tables stay fast as they grow
and can be partitioned later. The engagement table carries no index scattered over members.
"""

from bot.storage.schema.acts import count, engagement, import_run, orphan, rejected, sighting
from bot.storage.schema.base import metadata
from bot.storage.schema.clock import lane, task
from bot.storage.schema.communities import community, context, naming, rules, setting, space
from bot.storage.schema.installing import arrival, installation
from bot.storage.schema.linking import link_code
from bot.storage.schema.listening import gap, note, unread
from bot.storage.schema.outgoing import contact, outbox, outgoing, reach, refusal, slowdown
from bot.storage.schema.past import backfill, backfill_place, writer
from bot.storage.schema.people import account, attribute, left_out, link, member
from bot.storage.schema.rights import audit, choice, erasure, excluded_place, notice, old_tally
from bot.storage.schema.scores import band_change, crossing, dirty, recount, stale, tally, total
from bot.storage.schema.surveys import (
    ballot,
    declared_tie,
    paper,
    survey,
    survey_outcome,
    survey_person,
    survey_place,
    survey_view,
)
from bot.storage.schema.teamwork import (
    chapter,
    chapter_member,
    convening,
    exclusion,
    investment,
    logged,
    never_join,
    remark,
    rules_draft,
    team_room,
)

__all__ = [
    "account",
    "arrival",
    "attribute",
    "audit",
    "backfill",
    "backfill_place",
    "ballot",
    "band_change",
    "chapter",
    "chapter_member",
    "choice",
    "community",
    "contact",
    "context",
    "convening",
    "count",
    "crossing",
    "declared_tie",
    "dirty",
    "engagement",
    "erasure",
    "excluded_place",
    "exclusion",
    "gap",
    "import_run",
    "installation",
    "investment",
    "lane",
    "left_out",
    "link",
    "link_code",
    "logged",
    "member",
    "metadata",
    "naming",
    "never_join",
    "note",
    "notice",
    "old_tally",
    "orphan",
    "outbox",
    "outgoing",
    "paper",
    "reach",
    "recount",
    "refusal",
    "rejected",
    "remark",
    "rules",
    "rules_draft",
    "setting",
    "sighting",
    "slowdown",
    "space",
    "stale",
    "survey",
    "survey_outcome",
    "survey_person",
    "survey_place",
    "survey_view",
    "tally",
    "task",
    "team_room",
    "total",
    "unread",
    "writer",
]
