"""Forms of the made-up Slack, filled in field by field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.cli.stage.forms import Ask, Question
from bot.cli.stage.slack_looks import SlackLooks, inputs
from bot.errors import InputError
from integrations.sandbox.slack.model import Json

_LISTS = ("static_select", "radio_buttons")
_NAMED = {"users_select": "@", "conversations_select": "#", "channels_select": "#"}
_INITIAL = ("initial_value", "initial_date", "initial_conversation")
Named = Callable[[str, str], object]
"""Finds a person (`@`) or a channel (`#`) by name. Raises InputError."""


@dataclass(frozen=True, slots=True)
class Filling:
    """How a form is filled in: where it is printed, who answers, and what finds people and channels."""

    looks: SlackLooks
    ask: Ask
    named: Named


async def filled(view: Json, how: Filling) -> dict[str, Any] | None:
    """Return what somebody gives in a form, by its fields' ids; None where they close it."""
    how.looks.form(str((view.get("title") or {}).get("text") or ""))
    given: dict[str, Any] = {}
    for block in inputs(view):
        label, one = str(block["label"]["text"]), block["element"]
        while True:
            options = tuple(str(option["text"]["text"]) for option in one.get("options") or ())
            answer = await how.ask(Question(label, _there(one, how.looks), options))
            if answer is None:
                return None
            try:
                if answer.strip():
                    given[one["action_id"]] = _value(label, one, answer.strip(), how.named)
                elif not block.get("optional") and not _there(one, how.looks):
                    raise InputError(f"{label}: something is wanted here; cancel closes the form")
            except InputError as error:
                how.looks.note(str(error))
                continue
            break
    return given


def _there(one: Json, looks: SlackLooks) -> str:
    """Return what stands in a field before anything is given."""
    if one.get("initial_user"):
        return f"@{looks.name(one['initial_user'])}"
    if "initial_option" in one:
        return str(one["initial_option"]["text"]["text"])
    if one["type"] == "checkboxes":
        return "yes" if one.get("initial_options") else "no"
    return next((str(one[name]) for name in _INITIAL if one.get(name)), "")


def _value(label: str, one: Json, answer: str, named: Named) -> object:
    if one["type"] in _LISTS:
        for option in one["options"]:
            if answer.casefold() in (str(option["text"]["text"]).casefold(), str(option["value"]).casefold()):
                return option["value"]
        expected = ", ".join(str(option["text"]["text"]) for option in one["options"])
        raise InputError(f"{label}: expected one of: {expected}")
    if one["type"] == "checkboxes":
        return [one["options"][0]["value"]] if answer.casefold() in ("yes", "true", "1", "on") else []
    if one["type"] in _NAMED:
        return named(_NAMED[one["type"]], answer)
    return answer
