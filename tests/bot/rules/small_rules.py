"""A small valid rules file for tests to change, and what is said of a changed one."""

from __future__ import annotations

from bot.errors import InputError
from bot.rules import parse_rules

SMALL = """\
name: Small
groups: [country, gender]
sensitive: [gender]
bands:
  - {name: Following, touch: low, entry: 1}
  - {name: Taking part, touch: high, entry: 5, focus: true}
engagements:
  - name: mentored
    band: Taking part
    when: {kind: participation, role: mentor}
    points: 5
  - name: wrote
    band: Following
    when: {kind: message}
    points: 1
multipliers:
  - {name: far away, times: 2, group: country, values: [Peru], from: 2026-01-01, to: 2026-12-31}
steps:
  - {name: come, band: Following, points: 3}
"""


def changed(old: str, new: str) -> str:
    """Return the small file with one place changed, which must be there exactly once."""
    assert SMALL.count(old) == 1, f"{old!r} stands {SMALL.count(old)} times in the small file"
    return SMALL.replace(old, new)


def problems(text: str) -> list[str]:
    """Return the lines of the error that a rules text leads to; none for a valid one."""
    try:
        parse_rules(text, "m.yaml")
    except InputError as error:
        return str(error).splitlines()
    return []
