"""Changes single figures of a rules file and leaves everything else as it stands, comments too."""

from __future__ import annotations

import io
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml import YAML

from bot.errors import InputError
from bot.rules.reading import parse_rules
from scoring.mountain import POINT, EngagementType, Mountain


@dataclass(frozen=True, slots=True)
class Edit:
    """What a type shall give: thousandths for the first of a day, the most of a day, and the band it counts for."""

    type: str
    first: int
    most: int
    band: str


def edited(text: str, name: str, wanted: Edit) -> str:
    """Return a rules file in which one type gives something else; `name` stands in errors.

    Raises InputError where there is no such type, or where the file could not be changed without changing more.
    """
    before = parse_rules(text, name)
    number = next((n for n, one in enumerate(before.types) if one.name == wanted.type), None)
    if number is None:
        raise InputError(f"{name}: there is no way of engaging called {wanted.type!r}")
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 120
    tree = yaml.load(text)
    _change(tree["engagements"][number], before.types[number], wanted)
    out = io.StringIO()
    yaml.dump(tree, out)
    after = parse_rules(out.getvalue(), name)
    if not _only(before, after, number):
        raise InputError(f"{name}: this file can only be changed by hand; `cairn rules apply` takes it then")
    return out.getvalue()


def _change(item: MutableMapping[str, Any], was: EngagementType, wanted: Edit) -> None:
    item["band"] = wanted.band
    first, most = was.curve[1], was.curve[-1]
    if (wanted.first, wanted.most) == (first, most):
        return
    cap = wanted.first if wanted.most == most == first else wanted.most  # once a day: the most is the first
    if "curve" in item and len(was.curve) > 2 and most > first:
        item["curve"] = [_number(one) for one in _stretched(was.curve[1:], wanted.first, cap)]
        return
    item.pop("curve", None)
    item["points"] = _number(wanted.first)
    if cap == wanted.first:
        item.pop("daily_cap", None)
        item.pop("each_next", None)
    elif cap != most or "daily_cap" in item:
        item["daily_cap"] = _number(cap)


def _stretched(curve: tuple[int, ...], first: int, most: int) -> list[int]:
    """Return a day's points so that they begin and end elsewhere and keep their shape."""
    begin, reach = curve[0], curve[-1] - curve[0]
    return [first + (one - begin) * (most - first) // reach for one in curve]


def _number(thousandths: int) -> int | float:
    return thousandths // POINT if thousandths % POINT == 0 else thousandths / POINT


def _only(before: Mountain, after: Mountain, number: int) -> bool:
    """Whether nothing but one type's points and band has changed."""
    if len(before.types) != len(after.types) or [tag for tag, _ in before.others] != [tag for tag, _ in after.others]:
        return False
    was, now = before.types[number], after.types[number]
    same = replace(now, curve=was.curve, band=was.band) == was
    types = (*after.types[:number], was, *after.types[number + 1 :])
    others = [_only(one, other, number) for (_, one), (_, other) in zip(before.others, after.others, strict=True)]
    rest = replace(after, version=before.version, types=types, others=before.others)
    return same and all(others) and rest == before
