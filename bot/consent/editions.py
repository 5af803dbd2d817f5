"""Which purposes a text spoke of to which somebody said yes, so that who agreed to fewer of them is asked anew.

The version of a text, put down with each choice, is its language, a hash of its words and its edition. Words that say
the same better keep the edition, and nobody is bothered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.storage.choosing import Chosen

PAGE, INVITE = "page", "invite"
"""What is chosen, as `bot.consent.choices.What` has it."""
CURRENT: Mapping[str, int] = {PAGE: 1, INVITE: 1}
"""The editions of the card and of the question about invitations.

Raise one when its text asks for something that it did not ask for before. Who said yes to an earlier edition is then
asked again, at most twice a year, and what is new must be done with nobody's acts before they said yes to it.
"""
_NO, _NO_TEXT = ("no", "with what is kept"), ("team", "operator")


def edition(version: str) -> int:
    """Return the edition of a text by the version that is put down; the first where it says none."""
    last = version.rpartition(":")[2] if version.count(":") == 2 else ""
    return int(last) if last.isdecimal() and len(last) < 9 else 1


def outdated(rows: Sequence[Chosen], what: str, space: int) -> bool:
    """Whether somebody's last word for a space (rows in the order they came) is a yes to an earlier edition."""
    said = [one for one in rows if one.what == what and one.space in (0, space) and one.source not in _NO_TEXT]
    said = [one for one in said if one.value != _NO[1]]
    return bool(said) and is_older_yes(said[-1])


def is_older_yes(one: Chosen) -> bool:
    """Whether a choice is a yes to an earlier edition of its text than the one that is asked with now."""
    return one.value not in _NO and edition(one.version) < CURRENT.get(one.what, 1)
