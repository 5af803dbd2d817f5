"""`cairn rules new`: the seven questions of the Mountain of Engagement, and the rules file that follows from them.

The questions are those that Chad Sansing's "Let engagement lead the way" ends with, in its order. Nothing here reads
or prints: the caller brings a way to ask.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from bot.rules.asking import Ask, Asker, is_name
from bot.rules.fields import Span
from bot.rules.protected import is_protected
from bot.rules.reading import parse_rules
from bot.rules.sketch import BandSketch, RoleSketch, Sketch, StepSketch
from bot.rules.template import rendered
from scoring.mountain import Touch

_BANDS = {
    "Learning": (Touch.LOW, "Open resources and conversations to use and take away.", "To see what finds attention."),
    "Endorsing": (Touch.LOW, "News worth passing on, and like-minded company.", "Reach: people spread the word."),
    "Participating": (Touch.HIGH, "Trainings and events, with people who look after you.", "Ideas and contributions."),
    "Collaborating": (Touch.HIGH, "Professional development and a voice in what comes next.", "Work made together."),
    "Leading": (Touch.HIGH, "A lasting partnership, support and standing.", "Communities and events that others run."),
}
_ROLES = ("participant", "contributor", "mentor", "speaker", "organizer")
_USUAL_BAND = (
    (re.compile(r"organi[sz]er|lead|host|wrangler|maintainer|chair"), 1.0),
    (re.compile(r"mentor|expert|speaker|presenter|facilitator|trainer|teacher|review|translator"), 0.75),
    (re.compile(r"follow|watch|fork|subscri|register"), 0.25),
)
_POINTS = ((re.compile(r"contribut|volunteer|helper"), 1), (re.compile(r"attend|visitor|guest"), 2))
_HELP = re.compile(r"help|support|question|ask|faq", re.IGNORECASE)
_ENTRY = {Touch.LOW: 1, Touch.HIGH: 5}
_WINDOW = Span("30", "3650", 0)
_THRESHOLD = Span("0.5", "1000", 1)


def new_rules(ask: Ask, channels: Sequence[str] = (), programmes: Sequence[str] = ()) -> str:
    """Ask the seven questions and return the text of a valid rules file with comments.

    `channels` and `programmes` are names already known; they are offered as answers. Raises InputError where a
    question gets no usable answer.
    """
    asker = Asker(ask)
    sketch = Sketch()
    _what_do_we_do(asker, sketch, [name for name in programmes if is_name(name)])
    held = _how_do_people_engage(asker, sketch, [name for name in channels if is_name(name)])
    _how_to_band_it(asker, sketch, held)
    _what_does_it_look_like(asker, sketch)
    _how_to_operationalise_it(asker, sketch)
    _where_to_focus(asker, sketch)
    _what_to_do_with_the_data(asker, sketch)
    text = rendered(sketch)
    parse_rules(text, "the new rules")
    return text


def _what_do_we_do(asker: Asker, sketch: Sketch, known: list[str]) -> None:
    sketch.name = (
        asker.text("What do we do? First, the name of your community", "Our community", 100) or "Our community"
    )
    question = "Which programmes, recurring events or groups do you run? (with commas between, - for none)"
    sketch.programmes = asker.names(question, known, known[:40])


def _how_do_people_engage(asker: Asker, sketch: Sketch, channels: list[str]) -> dict[str, list[str]]:
    """Return the roles that people hold, and in which programmes (none: wherever)."""
    held: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    roles: Sequence[str] = _ROLES
    for programme in sketch.programmes or ("",):
        of = f" in {programme}" if programme else ""
        roles = asker.names(f"How do people engage? Which roles do they have{of}?", _ROLES, roles) or roles
        for role in roles:
            held.setdefault(spelled.setdefault(role.casefold(), role), []).append(programme)
    helping = [name for name in channels if _HELP.search(name)]
    question = "In which channels do people help one another? (with commas between, - for none)"
    sketch.help_channels = asker.names(question, channels, helping[:40])
    return {role: [one for one in where if one] for role, where in held.items()}


def _how_to_band_it(asker: Asker, sketch: Sketch, held: dict[str, list[str]]) -> None:
    question = "How do you band all this? The names of your bands, from the lowest to the highest"
    names = asker.some_names(question, tuple(_BANDS), tuple(_BANDS), most=9)
    sketch.bands = [BandSketch(name) for name in names]
    for role, programmes in held.items():
        band = asker.choice(f"Which band does the role '{role}' belong to?", names, _usual_band(role, names))
        sketch.roles.append(RoleSketch(role, tuple(programmes), band))


def _usual_band(role: str, names: Sequence[str]) -> str:
    height = next((share for pattern, share in _USUAL_BAND if pattern.search(role.casefold())), 0.5)
    return names[round(height * (len(names) - 1))]


def _what_does_it_look_like(asker: Asker, sketch: Sketch) -> None:
    below = Touch.LOW
    for number, band in enumerate(sketch.bands):
        usual = Touch.LOW if number < len(sketch.bands) // 2 else Touch.HIGH
        touch, gives, gets = _BANDS.get(band.name, (usual, "", ""))
        if below is Touch.LOW:
            question = f"What does your Mountain look like? How close is the relationship in {band.name}?"
            below = Touch(asker.choice(question, [one.value for one in Touch], touch.value))
        band.touch = below
        band.gives = asker.text(f"What do people in {band.name} get from you?", gives, 500)
        band.gets = asker.text(f"What do you get from people in {band.name}?", gets, 500)
        band.entry = _ENTRY[band.touch]
    for role in sketch.roles:
        usual_points = next((points for pattern, points in _POINTS if pattern.search(role.name.casefold())), None)
        role.points = min(sketch.band(role.band).entry, usual_points or _ENTRY[Touch.HIGH])


def _how_to_operationalise_it(asker: Asker, sketch: Sketch) -> None:
    for band, above in zip(sketch.bands, sketch.bands[1:], strict=False):
        if band.touch is Touch.LOW or band.name not in sketch.scored_bands:
            continue
        question = f"How do you make it useful? What do you invite people in {band.name} to? (- for nothing)"
        title = asker.text(question, f"Take a step towards {above.name}", 100)
        if not title:
            continue
        points = asker.number(f"At how many points in {band.name}?", str(band.entry), _THRESHOLD)
        roles = [role.name for role in sketch.roles if role.band == above.name]
        sketch.steps.append(StepSketch(title, band.name, points, above.name, roles[0] if roles else ""))


def _where_to_focus(asker: Asker, sketch: Sketch) -> None:
    names = [band.name for band in sketch.bands]
    default = [band.name for band in sketch.bands if band.touch is Touch.HIGH] or names[-1:]
    chosen = asker.chosen("Where do you focus your attention? (bands, with commas between)", names, default) or default
    for band in sketch.bands:
        band.focus = band.name in chosen


def _what_to_do_with_the_data(asker: Asker, sketch: Sketch) -> None:
    question = "What do you do with the data you collect? In a sentence that your members will read"
    sketch.purpose = asker.text(
        question, "We learn what helps people to take the next step, and invite them to it.", 500
    )
    question = "What may members declare of themselves, for reports about groups? (with commas between, - for none)"
    sketch.groups = asker.names(question, ("country", "continent"), ("country",), most=20)
    if sketch.groups:
        protected = [name for name in sketch.groups if is_protected(name)]
        question = (
            "Which of these may be reported, and never change anybody's points? (with commas between, - for none)"
        )
        never = asker.chosen(question, sketch.groups, protected)
        sketch.sensitive = tuple(name for name in sketch.groups if name in never or name in protected)
    sketch.window = asker.number("For how many days do points count?", str(Decimal(365)), _WINDOW)
