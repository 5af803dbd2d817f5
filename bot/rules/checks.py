"""What the parts of a rules file must be to one another: names that exist, orders that hold, numbers that fit.

Each check takes the draft and yields a problem for each thing that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.rules.compiling import MOST_ENTRIES, conditions
from bot.rules.draft import Draft
from bot.rules.problems import Path, Problem, not_among, quoted
from bot.rules.protected import REFUSED, is_protected
from bot.rules.shapes import BandShape, EngagementShape, MultiplierShape
from scoring.mountain import Conditions, Credit, Touch
from scoring.signals import Kind

_CHAT = frozenset(
    {
        Kind.MESSAGE, Kind.REPLY, Kind.MENTION, Kind.REACTION, Kind.THREAD,
        Kind.JOIN, Kind.LEAVE, Kind.STAY, Kind.POLL_VOTE,
    }
)  # fmt: skip
_ABOUT_SOMEBODY = frozenset({Kind.REPLY, Kind.MENTION, Kind.REACTION, Kind.THANKS})
_MOST = {"bands": 20, "engagements": 200, "multipliers": 100, "steps": 100}


def check(draft: Draft) -> Iterator[Problem]:
    """Yield every problem between the parts of a draft."""
    yield from _enough(draft)
    yield from _names(draft)
    yield from _bands(draft)
    for path, engagement in draft.items("engagements", draft.rules.engagements):
        yield from _known_band(draft, path, engagement.band)
        yield from _points(path, engagement)
        yield from _counting(path, engagement)
        yield from _when(path, engagement)
    yield from _shadowed(draft)
    yield from _groups(draft)
    for path, multiplier in draft.items("multipliers", draft.rules.multipliers):
        yield from _multiplier(draft, path, multiplier)


def _enough(draft: Draft) -> Iterator[Problem]:
    for section, word in (("bands", "band"), ("engagements", "way of engaging")):
        if section not in draft.broken and not draft.tree.get(section):
            yield Problem((section,), f"there is no {word}; at least one is needed, as an item of `{section}`")
    for section, most in _MOST.items():
        items = draft.tree.get(section)
        if isinstance(items, list) and len(items) > most:
            yield Problem((section,), f"there are {len(items)} items; at most {most} are allowed")


def _names(draft: Draft) -> Iterator[Problem]:
    for section in _MOST:
        seen: set[str] = set()
        items = draft.tree.get(section)
        for place, item in enumerate(items if isinstance(items, list) else ()):
            name = item.get("name") if isinstance(item, dict) else None
            if not isinstance(name, str):
                continue
            if name.strip().casefold() in seen:
                yield Problem((section, place, "name"), f"the name {quoted(name)} is taken; each name is used once")
            seen.add(name.strip().casefold())


def _bands(draft: Draft) -> Iterator[Problem]:
    bands = list(draft.items("bands", draft.rules.bands))
    below: BandShape | None = None
    for path, band in bands:
        if below and below.touch is Touch.HIGH and band.touch is Touch.LOW:
            yield Problem(
                (*path, "touch"),
                f"the low-touch band {quoted(band.name)} stands above the high-touch band {quoted(below.name)}; "
                "bands are listed from the lowest to the highest, and a relationship grows closer on the way up",
            )
        below = band
    if bands and len(bands) == len(draft.names("bands")) and not any(band.focus for _, band in bands):
        yield Problem(("bands",), "no band has `focus: true`; at least one is needed, to say where your attention goes")


def _known_band(draft: Draft, path: Path, name: str) -> Iterator[Problem]:
    names = draft.names("bands")
    if "bands" not in draft.broken and name not in names:
        yield Problem((*path, "band"), not_among(name, names, "a band of this file"))


def _points(path: Path, one: EngagementShape) -> Iterator[Problem]:
    simple = [name for name in ("points", "each_next", "daily_cap") if getattr(one, name) is not None]
    if one.curve is not None:
        if simple:
            yield Problem((*path, "curve"), f"`curve` says it all; leave out `{'` and `'.join(simple)}`, or the curve")
        if list(one.curve) != sorted(one.curve):
            yield Problem((*path, "curve"), "a day's points go down; a curve lists the day's total, so it never falls")
    elif one.points is None:
        yield Problem(path, "there is neither `points` nor `curve`; one of them says what it gives")
    elif one.daily_cap is not None and one.daily_cap < one.points:
        found = f"the day's most ({one.daily_cap}) is below what the first one gives ({one.points})"
        yield Problem((*path, "daily_cap"), f"{found}; allowed: {one.points} or more")
    elif one.points and (one.daily_cap or 0) > one.points * MOST_ENTRIES:
        yield Problem((*path, "daily_cap"), f"it takes more than {MOST_ENTRIES:,} a day to reach; allowed: fewer")


def _counting(path: Path, one: EngagementShape) -> Iterator[Problem]:
    chosen = [name for name in ("cooldown", "per", "different_people") if getattr(one, name)]
    if len(chosen) > 1:
        yield Problem((*path, chosen[1]), f"`{'` and `'.join(chosen)}` do not go together; keep one of them")
    kinds = _kinds(one)
    if one.per and kinds != {Kind.STAY}:
        yield Problem((*path, "per"), "only stays have a length; `per` goes with `kind: stay` alone")
    if one.credit is Credit.RECEIVER and kinds != {Kind.THANKS}:
        yield Problem((*path, "credit"), "only thanks have a receiver to credit; it goes with `kind: thanks` alone")
    for name, asked in (("different_people", one.different_people), ("to_others", one.when.to_others)):
        if asked and not kinds <= _ABOUT_SOMEBODY:
            allowed = ", ".join(kind.label for kind in sorted(_ABOUT_SOMEBODY))
            found = ", ".join(kind.label for kind in sorted(kinds - _ABOUT_SOMEBODY))
            place = (*path, name) if name == "different_people" else (*path, "when", name)
            yield Problem(place, f"`{name}` asks about another person, and {found} has none; allowed with: {allowed}")


def _when(path: Path, one: EngagementShape) -> Iterator[Problem]:
    chat = sorted(_kinds(one) & _CHAT)
    for name in ("programme", "cohort", "role", "completed"):
        if chat and getattr(one.when, name) not in ((), None):
            labels = ", ".join(kind.label for kind in chat)
            yield Problem((*path, "when", name), f"a signal of kind {labels} has no {name}; leave out one of them")


def _kinds(one: EngagementShape) -> set[Kind]:
    return set(conditions(one.when).kinds)


def _shadowed(draft: Draft) -> Iterator[Problem]:
    """Find types that never count because an earlier one takes all of theirs."""
    before: list[tuple[str, Conditions]] = []
    for path, one in draft.items("engagements", draft.rules.engagements):
        when = conditions(one.when)
        takers = {kind: name for name, above in reversed(before) for kind in when.kinds if _takes(above, kind, when)}
        if len(takers) == len(when.kinds):
            names = ", ".join(dict.fromkeys(quoted(name) for name in takers.values()))
            yield Problem((*path, "when"), f"this never counts: {names} above takes all of it; put the narrower first")
        before.append((one.name, when))


def _takes(earlier: Conditions, kind: Kind, later: Conditions) -> bool:
    """Whether all of a kind that a later type asks for matches the earlier one anyway."""
    asks = ("places", "programmes", "cohorts", "roles")
    wide = all(getattr(earlier, name) in ((), getattr(later, name)) for name in asks)
    completed = earlier.completed is None or earlier.completed is later.completed
    return kind in earlier.kinds and wide and completed and (later.to_others or not earlier.to_others)


def _groups(draft: Draft) -> Iterator[Problem]:
    groups, sensitive = draft.rules.groups, draft.rules.sensitive
    if draft.broken & {"groups", "sensitive"}:
        return
    for place, name in enumerate(sensitive):
        if name not in groups:
            yield Problem(("sensitive", place), not_among(name, groups, "one of the declared `groups`"))
    for place, name in enumerate(groups):
        if is_protected(name) and name not in sensitive:
            yield Problem(("groups", place), f"{quoted(name)}: {REFUSED}")


def _multiplier(draft: Draft, path: Path, one: MultiplierShape) -> Iterator[Problem]:
    if (one.group is None) == (one.programme is None):
        yield Problem(path, "exactly one of `group` (with `values`) and `programme` says for whom it holds")
    elif one.group is not None and not one.values:
        yield Problem(path, "the field `values` is missing; it lists the values of the group that it holds for")
    elif one.programme is not None and one.values:
        yield Problem((*path, "values"), "`values` go with `group`; a multiplier for a programme has none")
    if one.group is not None:
        yield from _scorable(draft, (*path, "group"), one.group)
    if one.first and one.last and one.last < one.first:
        yield Problem((*path, "to"), f"{one.last} is before it begins; allowed: {one.first} or later")
    if one.times > draft.rules.multiplier_cap and "multiplier_cap" not in draft.broken:
        cap = draft.rules.multiplier_cap
        yield Problem((*path, "times"), f"{one.times} is above `multiplier_cap` ({cap}); allowed: at most that")


def _scorable(draft: Draft, path: Path, group: str) -> Iterator[Problem]:
    groups, sensitive = draft.rules.groups, draft.rules.sensitive
    if is_protected(group):
        yield Problem(path, f"{quoted(group)}: {REFUSED}")
    elif group in sensitive:
        yield Problem(path, f"{quoted(group)} is marked `sensitive`: it can be reported, never scored")
    elif group not in groups and "groups" not in draft.broken:
        yield Problem(path, not_among(group, groups, "one of the declared `groups`"))
