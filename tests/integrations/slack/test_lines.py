"""What a line behind `/cairn` means: which command, what is given with it, and whether a form has to ask for more."""

from __future__ import annotations

import pytest

from bot.commands.registry import registry
from bot.language import Words
from integrations.slack.speaking.commands import Meant, meant
from scoring.signals import Account

OFFERED = registry().offered(Words("en"))
BOB = "<@U0BOB|bob>"


def account(number: str) -> Account:
    return Account("slack", "T01", number)


def read(line: str) -> Meant:
    root, _, rest = line.partition(" ")
    found = meant(root, rest, OFFERED, account)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("line", "given"),
    [
        (f"cairn thank {BOB}", {"person": account("U0BOB")}),
        (f"cairn-team log {BOB} a talk &amp; more", {"who": account("U0BOB"), "what": "a talk & more"}),
        (f"cairn-team programme add {BOB} Leaders", {"who": account("U0BOB"), "programme": "Leaders"}),
        ("cairn-team chapter create New Porto", {"name": "New Porto"}),
        ("cairn-team rules apply <#C0GENERAL|general>", {"channel": "C0GENERAL"}),
    ],
)
def test_line_with_all_that_is_needed_is_enough(line: str, given: dict[str, object]) -> None:
    found = read(line)
    assert (found.given, found.enough, found.spare) == (given, True, False)


def test_words_that_nothing_is_left_for_are_let_be() -> None:
    found = read(f"cairn thank {BOB} for the talk")
    assert (found.given, found.enough, found.spare) == ({"person": account("U0BOB")}, True, True)


@pytest.mark.parametrize(
    "line",
    [
        "cairn thank", "cairn thank bob", f"cairn thank {BOB} <@U0ANN>", f"cairn thank {BOB} ?", "cairn thank ?",
        "cairn-team rules apply to general", "cairn-team import people.csv", f"cairn-team log {BOB}",
        f"cairn-team log {BOB} ?",
    ],
)  # fmt: skip
def test_line_that_may_mean_more_is_asked_about(line: str) -> None:
    """A name that was not chosen, a second person, a channel that was only typed: what was meant is not guessed."""
    found = read(line)
    assert not found.enough
    assert found.given in ({}, {"person": account("U0BOB")}, {"who": account("U0BOB")})
