"""Community files for tests, and the platforms they may name."""

from __future__ import annotations

from bot.community import CommunityShape, parse_community
from bot.ports import Platform

PLATFORMS = {
    "chat": Platform("chat", "[0-9]+", "12345"),
    "team": Platform("team", "[TU][0-9]+", "T123", own_ids=True),
}

WHOLE = """\
name: Acme
language: en-GB
zone: Europe/Berlin
consent: counted
digest: {weekday: Tuesday, hour: 8}
spaces:
  - platform: chat
    id: 100
    name: Acme's server
    consent: strict
    channels: {private: no, in: [staff], out: ["#random", 7]}
    roles: {moderators: [Mods, 55], managers: Admins}
    chapters: {Berlin: berlin-team, "Köln": [cologne, 66]}
    cohorts: [{role: round-5, programme: Open Leaders, cohort: Round 5}, {role: [mentors], programme: OL, as: mentor}]
    excluded_roles: [Guests]
    excluded_people: [901, 902]
    thanks: [🙏, ":tada:"]
    stays: everywhere
    backfill: 12 months
  - {platform: team, id: T1}
"""


def parsed(text: str = WHOLE) -> CommunityShape:
    """Return what a text says."""
    return parse_community(text, "community.yaml", PLATFORMS)
