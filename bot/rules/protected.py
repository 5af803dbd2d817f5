"""Traits of people that are nobody's merit or fault: they can be reported where declared, and are never scored."""

from __future__ import annotations

import re

REFUSED = (
    "rules never score who people are (gender, origin, religion, age, health and the like), only what they do; "
    "list such a group under `sensitive` if reports should show it, and score a place or a programme instead"
)

_TRAIT = re.compile(
    r"""
    gender s? | sex (es|ual|uality)? | transgender | pronouns? | lgbt q? (ia)?
    | race s? | racial | ethnic (ity|ities)? | nationalit (y|ies) | ancestry | caste | tribe
    | indigenous | minorit (y|ies) | citizenship | immigration
    | religio (n|ns|us) | faith | political | politics
    | ages? | birth (day|date|year) | marital | veteran | pregnan (t|cy)
    | disab (led|ility|ilities) | handicap | health | illness | diagnosis
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")


def is_protected(name: str) -> bool:
    """Whether a group's name speaks of a protected trait: `gender`, `Gender identity`, `age_group`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return any(_TRAIT.fullmatch(word) for word in _WORD.findall(spaced))
