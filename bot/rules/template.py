"""Writes down what the interview learned, as a rules file with comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from glob import escape
from textwrap import wrap

from bot.rules.sketch import BandSketch, RoleSketch, Sketch, StepSketch

_PLAIN = re.compile(r"[^\W\d_][\w -]*[\w]|[^\W\d_]")
_READ_AS_OTHER = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})

_HEAD = """\
# yaml-language-server: $schema=docs/mountain.schema.json

# Written by `cairn rules new`. Change what you like; `cairn rules check` says what is wrong with it,
# `cairn rules explain` prints it in plain words, and `cairn rules rehearse` shows what would change.
"""
_BANDS = """
# From the lowest to the highest. `entry` is the number of points in that band from which a member is in it.
bands:"""
_ENGAGEMENTS = """
# What people do counts as the first one that fits, so the narrower ones stand above the wider ones.
engagements:"""
_STEPS = """
# The invitations, offered when a member reaches the points."""
_CHAT = """\
  # Chat shows that people are here. Of many messages in a row only one counts, and a day gives at most twice what its
  # first one gave, so that nobody gets anywhere by writing much."""
_TAKING_PART = """\
  # Taking part, whatever the role."""


def rendered(sketch: Sketch) -> str:
    """Return the text of the rules file."""
    parts = (_about(sketch), _bands(sketch), _engagements(sketch), _steps(sketch))
    return _HEAD + "".join(f"{line}\n" for part in parts for line in part)


def _about(sketch: Sketch) -> Iterator[str]:
    yield ""
    yield f"name: {_text(sketch.name)}"
    if sketch.programmes:
        yield from _comment(f"What we do: {', '.join(sketch.programmes)}.")
    if sketch.purpose:
        yield ""
        yield from _comment(f"What we do with the data: {sketch.purpose}")
    yield f"window: {sketch.window}"
    yield f"groups: {_list(sketch.groups)}"
    yield f"sensitive: {_list(sketch.sensitive)}"


def _bands(sketch: Sketch) -> Iterator[str]:
    yield _BANDS
    for band in sketch.bands:
        yield f"  - name: {_text(band.name)}"
        yield f"    touch: {band.touch.value}"
        yield f"    entry: {band.entry}"
        if band.focus:
            yield "    focus: true"
        yield from (f"    {name}: {_text(text)}" for name, text in (("gives", band.gives), ("gets", band.gets)) if text)


def _engagements(sketch: Sketch) -> Iterator[str]:
    yield _ENGAGEMENTS
    for role in sketch.roles:
        yield from _role(role)
    if sketch.help_channels:
        yield from _help(sketch)
    yield from _taking_part(sketch.meeting_band)
    if sketch.chat_bands:
        yield from _chat(sketch.chat_bands)


def _role(role: RoleSketch) -> Iterator[str]:
    yield f"  - name: {_text(f'as {role.name}'[:60].strip())}"
    yield f"    title: {_text(f'took part as {role.name}')}"
    yield f"    band: {_text(role.band)}"
    yield "    when:"
    yield "      kind: participation"
    yield f"      role: {_text(escape(role.name))}"
    if role.programmes:
        yield f"      programme: {_list([escape(one) for one in role.programmes])}"
    yield f"    points: {role.points}"


def _help(sketch: Sketch) -> Iterator[str]:
    yield "  # One for each different person a day, so that helping many counts, and chatting with one friend does not."
    yield "  - name: helped"
    yield "    title: helped others"
    yield f"    band: {_text(sketch.meeting_band.name)}"
    yield "    when:"
    yield "      kind: reply"
    yield f"      place: {_list([escape(one) for one in sketch.help_channels])}"
    yield "      to_others: true"
    yield "    different_people: true"
    yield "    curve: [0.2, 0.3, 0.4]"


def _taking_part(band: BandSketch) -> Iterator[str]:
    yield _TAKING_PART
    yield from _type("took part", "took part", band, "kind: participation")
    yield "    points: 1"
    yield from _type("came", "came to an event", band, "kind: attendance")
    yield "    points: 2"
    yield from _type("answered survey", "answered a survey", band, "kind: survey_answer")
    yield "    points: 0.5"
    yield from _type("was thanked", "was thanked by others", band, "kind: thanks")
    yield "    credit: receiver"
    yield "    different_people: true"
    yield "    curve: [0.5, 0.8, 1]"
    yield from _type("was seen", "did something that a moderator noted", band, "kind: logged")
    yield "    points: 1"


def _chat(bands: list[BandSketch]) -> Iterator[str]:
    lowest, next_one = bands[0], bands[min(1, len(bands) - 1)]
    yield _CHAT
    yield from _type("wrote", "wrote in a conversation", lowest, "kind: [message, reply]")
    yield "    curve: [0.5, 0.8, 1]"
    yield "    cooldown: 10 minutes"
    yield from _type("reacted", "reacted to what others wrote", next_one, "kind: reaction")
    yield "    curve: [0.25, 0.4, 0.5]"
    yield "    cooldown: 10 minutes"
    yield from _type("said yes", "said they would come", next_one, "kind: rsvp")
    yield "    points: 0.5"


def _type(name: str, title: str, band: BandSketch, when: str) -> Iterator[str]:
    yield f"  - name: {name}"
    yield f"    title: {title}"
    yield f"    band: {_text(band.name)}"
    yield f"    when: {{{when}}}"


def _steps(sketch: Sketch) -> Iterator[str]:
    yield _STEPS
    yield "steps:" if sketch.steps else "steps: []"
    for step in sketch.steps:
        yield from _step(step)


def _step(step: StepSketch) -> Iterator[str]:
    yield f"  - name: {_text(f'from {step.band}'[:60].strip())}"
    yield f"    title: {_text(step.title)}"
    yield f"    band: {_text(step.band)}"
    yield f"    points: {step.points}"
    yield f"    leads_to: {_text(step.leads_to)}"
    if step.without_role:
        yield f"    without_role: {_text(step.without_role)}"


def _text(text: str) -> str:
    """Return a text as YAML has it: plain where that is safe, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _READ_AS_OTHER:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _list(texts: tuple[str, ...] | list[str]) -> str:
    return f"[{', '.join(_text(text) for text in texts)}]"


def _comment(text: str) -> list[str]:
    return wrap(text, 118, initial_indent="# ", subsequent_indent="# ")
