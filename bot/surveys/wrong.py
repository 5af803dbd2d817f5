"""An answer that is none: why, in a kind sentence of the reader's language."""

from __future__ import annotations

from bot.errors import InputError
from bot.language import Words


class WrongAnswerError(InputError):
    """What somebody answered is no answer to the question. `fault` names the sentence below `survey.wrong`."""

    def __init__(self, fault: str, **values: str | int) -> None:
        """Take the sentence's name and values; none of them repeats what was answered."""
        super().__init__(f"this is no answer to the question ({fault})", fault, **values)

    def sentence(self, words: Words) -> str:
        """Return what the person reads."""
        return words.plain(f"survey.wrong.{self.fault}", **self.values)
