"""Asks one question until the answer is usable; how it is asked is for the caller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Protocol, TypeVar

from pydantic_core import PydanticCustomError

from bot.errors import InputError
from bot.rules.fields import Span
from bot.rules.problems import not_among, quoted

Usable = TypeVar("Usable")

MOST_TRIES = 5
NOTHING = "-"
"""The answer that stands for none at all, since an empty one takes the default."""
LONGEST_NAME = 55


class Ask(Protocol):
    """Puts a question to a person and returns what they answer; the default where they answer nothing."""

    def __call__(self, question: str, choices: Sequence[str] = (), default: str = "") -> str:
        """Ask; `choices` are to choose from, or, where names are asked for, those known already."""
        ...


class UnusableAnswerError(ValueError):
    """An answer that cannot be used; the text says what would do."""


class Asker:
    """Asks for a choice, for names, for a number or for a text, and again with the reason where that did not work."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def choice(self, question: str, choices: Sequence[str], default: str) -> str:
        """Return one of the choices."""

        def read(answer: str) -> str:
            found = [one for one in choices if one.casefold() == answer.casefold()]
            if not found:
                raise UnusableAnswerError(not_among(answer, choices, "one of the choices"))
            return found[0]

        return self._until(question, choices, default, read)

    def names(self, question: str, known: Sequence[str], default: Sequence[str], most: int = 40) -> tuple[str, ...]:
        """Return names that were given with commas between them, each once."""

        def read(answer: str) -> tuple[str, ...]:
            names = tuple({name.casefold(): name for name in map(str.strip, answer.split(",")) if name}.values())
            for name in names:
                if not is_name(name):
                    raise UnusableAnswerError(f"{quoted(name)} is too long or no plain text")
            if len(names) > most:
                raise UnusableAnswerError(f"{len(names)} are too many; at most {most}")
            return names

        return self._until(question, known, ", ".join(default), read)

    def some_names(
        self, question: str, known: Sequence[str], default: Sequence[str], most: int = 40
    ) -> tuple[str, ...]:
        """Return at least one name."""
        names = self.names(question, known, default, most)
        return names or tuple(default)

    def chosen(self, question: str, choices: Sequence[str], default: Sequence[str]) -> tuple[str, ...]:
        """Return those of the choices that were named, in their own order."""

        def read(answer: str) -> tuple[str, ...]:
            named = [name.strip().casefold() for name in answer.split(",") if name.strip()]
            for name in named:
                if name not in {one.casefold() for one in choices}:
                    raise UnusableAnswerError(not_among(name, choices, "one of the choices"))
            return tuple(one for one in choices if one.casefold() in named)

        return self._until(question, choices, ", ".join(default), read)

    def number(self, question: str, default: str, span: Span) -> Decimal:
        """Return a number within the span."""

        def read(answer: str) -> Decimal:
            try:
                return span.read(answer)
            except PydanticCustomError as error:
                raise UnusableAnswerError(error.message()) from None

        return self._until(question, (), default, read)

    def text(self, question: str, default: str, longest: int) -> str:
        """Return a text on one line; it may be empty."""

        def read(answer: str) -> str:
            text = " ".join(answer.split())
            if len(text) > longest or not text.isprintable():
                raise UnusableAnswerError(f"a text of at most {longest} characters was expected")
            return text

        return self._until(question, (), default, read)

    def _until(self, question: str, choices: Sequence[str], default: str, read: Callable[[str], Usable]) -> Usable:
        reason = ""
        for _ in range(MOST_TRIES):
            try:
                answer = self._ask(reason + question, choices, default).strip()
                return read("" if answer == NOTHING else answer)
            except UnusableAnswerError as error:
                reason = f"{error}\n"
        raise InputError(
            f"the question {quoted(question)} got no usable answer in {MOST_TRIES} tries: {reason.strip()}"
        )


def is_name(text: str) -> bool:
    """Whether a text can stand as a name in rules and in a list with commas."""
    return bool(text.strip()) and len(text) <= LONGEST_NAME and text.isprintable() and "," not in text
