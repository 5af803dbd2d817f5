"""Every message that comes to a member by itself says who sends it, why, what is kept, and how it stops or waits."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.chat.speech import Action, Block, Bold, Button, Controls, Paragraph
from bot.commands.registry import registry
from bot.commands.spec import Role
from bot.jobs import renewal
from bot.language import LANGUAGES, Words
from bot.sending.contacting import Sender
from scoring.signals import DAY_MS
from tests.bot.languages import ENGLISH

ROOT = Path(__file__).resolve().parents[2]
AT = 20_500 * DAY_MS
GARDEN = Sender("Makers Garden", "makers-chat")
TEMPLATES: dict[str, Callable[[Words], tuple[Block, ...]]] = {
    "bot/jobs/renewal.py": lambda words: renewal.asked(words, GARDEN, AT, AT + 12 * DAY_MS),
}
"""Every place in the code that begins a contact, with what it says there."""
_CONTACTS = ("Purpose.INVITATION", "Purpose.NUDGE", "Purpose.QUESTION")
_DECIDE = {"bot/gate.py", "bot/storage/outbox.py", "bot/sending/outcomes.py", "bot/storage/contacts.py"}
"""What lets contacts through and counts them."""


def senders() -> set[str]:
    """Return the modules that name a purpose of a contact, but for those that decide about contacts."""
    found = set()
    for file in sorted((ROOT / "bot").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        if any(ast.unparse(one) in _CONTACTS for one in ast.walk(tree) if isinstance(one, ast.Attribute)):
            found.add(file.relative_to(ROOT).as_posix())
    return found - _DECIDE


def words_of(blocks: tuple[Block, ...]) -> str:
    spans = [span for block in blocks if isinstance(block, Paragraph) for span in block.text]
    return "".join(one.text if isinstance(one, Bold) else one for one in spans if isinstance(one, str | Bold))


def buttons_of(blocks: tuple[Block, ...]) -> list[Button]:
    rows = [block.items for block in blocks if isinstance(block, Controls)]
    return [one for row in rows for one in row if isinstance(one, Button)]


def test_every_sender_of_contacts_has_its_template_here() -> None:
    assert senders() == set(TEMPLATES)


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_contact_names_sender_reason_data_stop_and_a_pause(name: str, tag: str) -> None:
    words = Words(tag)
    blocks = TEMPLATES[name](words)
    said, actions = words_of(blocks), [one.action for one in buttons_of(blocks)]

    assert GARDEN.community in said
    assert GARDEN.space in said
    assert "Cairn" in said
    assert words.plain("contact.because") in said
    assert [one for one in ("page-kept", "page-quiet") if Action(one) not in actions] == []
    assert Action("page-invite", ("no",)) in actions
    assert tag == "en" or ENGLISH.findall(said + " ".join(one.label for one in buttons_of(blocks))) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_buttons_of_contacts_are_anybodys_at_any_time(name: str) -> None:
    for one in buttons_of(TEMPLATES[name](Words("en"))):
        act = registry().act(one.action.name)
        assert act is not None
        assert act.role is Role.EVERYONE
        assert len(one.label) <= 40
        assert not any(part.isdecimal() and len(part) > 2 for part in one.action.arguments)  # nothing that runs out
