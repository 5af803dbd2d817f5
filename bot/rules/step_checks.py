"""What steps must be: reachable, and leading up the Mountain, never down or in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.rules.draft import Draft
from bot.rules.problems import Path, Problem, not_among, quoted
from bot.rules.shapes import StepShape


def check_steps(draft: Draft) -> Iterator[Problem]:
    """Yield every problem of a draft's steps."""
    bands = draft.names("bands")
    if "bands" in draft.broken:
        return
    for path, step in draft.items("steps", draft.rules.steps):
        if step.band not in bands:
            yield Problem((*path, "band"), not_among(step.band, bands, "a band of this file"))
        else:
            yield from _reachable(draft, path, step)
            yield from _target(draft, path, step)
        if step.days > draft.rules.window and "window" not in draft.broken:
            found = f"{step.days} different days do not fit the window of {draft.rules.window} days"
            yield Problem((*path, "days"), f"{found}; allowed: at most that")
    yield from _circles(draft)


def _reachable(draft: Draft, path: Path, step: StepShape) -> Iterator[Problem]:
    items = draft.tree.get("engagements")
    scored = {one.get("band") for one in (items if isinstance(items, list) else ()) if isinstance(one, dict)}
    if step.band not in scored and "engagements" not in draft.broken:
        found = f"no way of engaging counts for {quoted(step.band)}, so nobody could ever reach this step"
        yield Problem((*path, "band"), f"{found}; choose another band or add one")


def _target(draft: Draft, path: Path, step: StepShape) -> Iterator[Problem]:
    bands = draft.names("bands")
    if step.leads_to is None:
        if step.band == bands[-1]:
            yield Problem(
                path, f"there is no band above {quoted(step.band)}; `leads_to` must name the step that follows"
            )
    elif step.leads_to in bands:
        if bands.index(step.leads_to) <= bands.index(step.band):
            higher = ", ".join(bands[bands.index(step.band) + 1 :]) or "none; name a step"
            found = f"{quoted(step.leads_to)} is not above {quoted(step.band)}"
            yield Problem((*path, "leads_to"), f"a step leads up, and {found}; allowed: {higher}")
    elif step.leads_to not in draft.names("steps"):
        allowed = [*bands, *draft.names("steps")]
        yield Problem((*path, "leads_to"), not_among(step.leads_to, allowed, "a band or step of this file"))
    else:
        yield from _not_down(draft, path, step)


def _not_down(draft: Draft, path: Path, step: StepShape) -> Iterator[Problem]:
    bands = draft.names("bands")
    for other in draft.rules.steps:
        if other.name == step.leads_to and other.band in bands and bands.index(other.band) < bands.index(step.band):
            found = f"{quoted(other.name)} begins in {quoted(other.band)}, below {quoted(step.band)}"
            yield Problem((*path, "leads_to"), f"a step leads up, and {found}; allowed: its own band or above")


def _circles(draft: Draft) -> Iterator[Problem]:
    steps = {step.name: (path, step) for path, step in draft.items("steps", draft.rules.steps)}
    leads = {name: step.leads_to for name, (_, step) in steps.items() if step.leads_to in steps}
    reported: set[str] = set()
    for name, (path, _) in steps.items():
        circle = _circle(name, leads)
        if circle and not reported & set(circle):
            reported |= set(circle)
            chain = " -> ".join(quoted(one) for one in (*circle, name))
            yield Problem((*path, "leads_to"), f"these steps lead in a circle: {chain}; let one of them lead to a band")


def _circle(start: str, leads: Mapping[str, str | None]) -> list[str]:
    """Return the steps of the circle that begins and ends at `start`, or nothing."""
    passed = [start]
    while (following := leads.get(passed[-1])) is not None:
        if following == start:
            return passed
        if following in passed:
            return []
        passed.append(following)
    return []
