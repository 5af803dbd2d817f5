"""How every command there is gets used, on whichever platform, and which text of Cairn's stands in its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.language import texts

PEOPLE = b"handle,when,as\nann-codes,2026-03-01,mentor\nbob-codes,2026-03-02,participant\n"


class Here(Protocol):
    """A community with its people, channels and roles, each by name and as its platform's sandbox has them."""

    def person(self, name: str) -> Any:
        """Return somebody; `ann`, `bob` and `cat` have talked before."""
        ...

    def channel(self, name: str) -> Any:
        """Return a public channel; people talk in `general` and `help`."""
        ...

    def role(self, name: str) -> Any:
        """Return a role."""
        ...

    def file(self, name: str, content: bytes) -> Any:
        """Return a file to hand over."""
        ...


@dataclass(frozen=True)
class Way:
    """How a command is used, and which text of Cairn's stands in its answer, or in that to the form it opens."""

    says: str
    given: Callable[[Here], Mapping[str, Any]] = lambda _: {}
    form: Mapping[str, Any] = field(default_factory=dict)
    as_member: bool = False


def about(person: str, **more: Any) -> Callable[[Here], Mapping[str, Any]]:
    return lambda here: {"who": here.person(person), **more}


WAYS = {
    "cairn about-me": Way("about-me.saved", lambda _: {"zone": "Europe/Berlin"}, as_member=True),
    "cairn help": Way("help.what", as_member=True),
    "cairn link": Way("link.code", as_member=True),
    "cairn me": Way("me.why", as_member=True),
    "cairn page": Way("page.invite_now", as_member=True),
    "cairn privacy": Way("privacy.what", as_member=True),
    "cairn rules": Way("mountain.part.how", as_member=True),
    "cairn thank": Way("thank.done", lambda here: {"person": here.person("bob")}, as_member=True),
    "cairn why": Way("why.intro", as_member=True),
    "cairn-team chapter create": Way("chapter.made", lambda _: {"name": "Porto", "place": "Portugal"}),
    "cairn-team chapter add": Way("chapter.added", about("bob", chapter="Lisbon")),
    "cairn-team chapter remove": Way("chapter.removed", about("ann", chapter="Lisbon")),
    "cairn-team chapter list": Way("chapter.all"),
    "cairn-team event create": Way(
        "event.announced",
        lambda here: {"title": "Second call", "day": "2026-03-20", "time": "18:30", "channel": here.channel("general")},
    ),
    "cairn-team event check-in": Way("event.checked_in", about("cat", event="First call")),
    "cairn-team event headcount": Way("event.counted", lambda _: {"event": "First call", "heads": 12}),
    "cairn-team event list": Way("event.all"),
    "cairn-team exclude channel": Way("exclude.channel.done", lambda here: {"channel": here.channel("random")}),
    "cairn-team exclude role": Way("exclude.role.done", lambda here: {"role": here.role("guests")}),
    "cairn-team exclude person": Way("exclude.person.done", about("dan")),
    "cairn-team exclude list": Way("exclude.all"),
    "cairn-team import": Way("import.what", lambda here: {"file": here.file("people.csv", PEOPLE)}),
    "cairn-team jobs": Way("jobs.what"),
    "cairn-team log": Way("log.done", about("bob", what="was-seen")),
    "cairn-team member": Way("member.seen", about("ann")),
    "cairn-team merge": Way("merge.none"),
    "cairn-team note": Way("note.done", lambda _: {"text": "We wrote to everybody who is new."}),
    "cairn-team overview": Way("overview.set"),
    "cairn-team pause": Way("pause.done"),
    "cairn-team resume": Way("resume.done"),
    "cairn-team programme add": Way("programme.added", about("bob", programme="Leaders", role="participant")),
    "cairn-team programme remove": Way("programme.removed", about("bob", programme="Leaders", role="participant")),
    "cairn-team programme show": Way("programme.all"),
    "cairn-team report": Way("report.notes"),
    "cairn-team rules show": Way("draft.show"),
    "cairn-team rules edit": Way("draft.kept", lambda _: {"type": "came"}, {"points": "3", "most": "3"}),
    "cairn-team rules rehearse": Way("draft.tried"),
    "cairn-team rules apply": Way("draft.in_force"),
    "cairn-team rules undo": Way("draft.in_force"),
    "cairn-team setup": Way("setup.look", form={"history": "year"}),
    "cairn-team undo": Way("undo.what"),
}
"""Every command there is, in the order of the registry; a new one has to be told of here."""


def fixed(text: str) -> str:
    """Return the longest part of a text of Cairn's that is the same whatever is filled in."""
    parts = text.replace("**", "{}").replace("}", "{").split("{")[::2]
    return max((one.strip() for one in parts), key=len)


def part_of(key: str, language: str) -> str:
    """Return what is sure to stand in a text of Cairn's; of one with a number, in its usual form."""
    said = texts(language)
    return fixed(said[key if key in said else f"{key}.other"])
