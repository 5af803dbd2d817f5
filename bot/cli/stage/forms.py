"""Forms of the made-up Discord, filled in field by field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.cli.stage import typed
from bot.cli.stage.looks import fields
from bot.errors import InputError
from integrations.sandbox.discord import components
from integrations.sandbox.discord.components import Json

if TYPE_CHECKING:
    from bot.cli.stage.talk import Talk

_KINDS = {5: typed.PERSON, 6: typed.ROLE, 8: typed.CHANNEL, components.UPLOAD: typed.FILE}
"""What the fields of a form take, as the options of a command take it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A field of a form as it is asked: what stands above it, what stands in it, and what there is to choose from."""

    label: str
    value: str = ""
    choices: tuple[str, ...] = ()


Ask = Callable[[Question], Awaitable[str | None]]
"""Asks somebody for a field: an empty answer leaves what stands in it, None closes the form."""


async def filled(form: Json, talk: Talk, ask: Ask) -> dict[str, Any] | None:
    """Return what somebody gives in a form, by its fields; None where they close it."""
    talk.looks.form(str(form["title"]))
    given: dict[str, Any] = {}
    for label, one in fields(form):
        while True:
            question = Question(label, _there(one), tuple(str(choice["label"]) for choice in one.get("options") or ()))
            answer = await ask(question)
            if answer is None:
                return None
            try:
                if answer.strip():
                    given[one["custom_id"]] = _value(talk, label, one, answer.strip())
                elif _wanted(one):
                    raise InputError(f"{label}: something is wanted here; cancel closes the form")
            except InputError as error:
                talk.looks.note(str(error))
                continue
            break
    return given


def _there(one: Json) -> str:
    """Return what stands in a field before anything is given."""
    chosen = [str(choice["label"]) for choice in one.get("options") or () if choice.get("default")]
    ticked = "yes" if one.get("default") is True else "no" if one["type"] == components.TICK else ""
    return str(one.get("value") or ticked or ", ".join(chosen))


def _wanted(one: Json) -> bool:
    return bool(one.get("required", True)) and not _there(one)


def _value(talk: Talk, label: str, one: Json, answer: str) -> Any:  # noqa: ANN401 - whatever a field takes
    options = one.get("options") or ()
    if options:
        for choice in options:
            if answer.casefold() in (str(choice["label"]).casefold(), str(choice["value"]).casefold()):
                return choice["value"]
        raise InputError(f"{label}: expected one of: {', '.join(str(choice['label']) for choice in options)}")
    if one["type"] == components.TICK:
        return answer.casefold() in ("yes", "true", "1", "on")
    if len(answer) > one.get("max_length", len(answer)):
        raise InputError(f"{label}: at most {one['max_length']} characters")
    return talk.value(_KINDS[one["type"]], label, answer) if one["type"] in _KINDS else answer
