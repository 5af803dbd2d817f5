"""Words that somebody writes in answer to a question."""

from __future__ import annotations

import re
import unicodedata

from bot.chat import letters
from bot.surveys.kinds import Raw
from bot.surveys.wrong import WrongAnswerError

_GAP = re.compile(r"\n\s*\n\s*")


def written(raw: Raw, longest: int) -> str:
    """Return words as they are kept: composed letters, nothing invisible, no more than one empty line in a row.

    Marks of any platform stay what they are, letters: whoever shows them escapes them. Raises WrongAnswerError where
    nothing is left, or more than `longest` characters are.
    """
    if not isinstance(raw, str):
        raise WrongAnswerError("no_words")
    if len(raw) > 4 * longest + 100:
        raise WrongAnswerError("too_long", longest=longest, length=len(raw))
    text = letters.clean(unicodedata.normalize("NFC", raw))
    text = _GAP.sub("\n\n", text).strip()
    if not text:
        raise WrongAnswerError("no_words")
    if len(text) > longest:
        raise WrongAnswerError("too_long", longest=longest, length=len(text))
    return text
