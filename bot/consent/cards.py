"""What people are told and asked about being counted: the notice in channels, the private card, and the question about
invitations. The version of a text is a hash of its words, so a choice says exactly what was read.
"""

from __future__ import annotations

import hashlib

from bot.chat.speech import Action, Block, Bold, Button, Controls, Paragraph, Style
from bot.consent import editions
from bot.gate import Invite
from bot.hearing.space_settings import Consent
from bot.language import Words

_WISHES = (Invite.DM, Invite.HERE, Invite.NO)


def version(words: Words, *keys: str) -> str:
    """Return which version of some texts this is: the language, and twelve digits made of the words."""
    said = "\n".join(words.plain(key) for key in keys)
    return f"{words.tag}:{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def card_version(words: Words, consent: Consent = Consent.COUNTED) -> str:
    """Return which version of the card and the notice this is, by the policy of the space in which it is read."""
    said = version(words, _card(consent), "page.make", "page.leave_out", "page.kept")
    return f"{said}:{editions.CURRENT[editions.PAGE]}"


def question_version(words: Words) -> str:
    """Return which version of the question about invitations this is."""
    said = version(words, "page.invite", *(f"page.invite_{one.value}" for one in _WISHES))
    return f"{said}:{editions.CURRENT[editions.INVITE]}"


def card(words: Words, consent: Consent = Consent.COUNTED) -> tuple[Block, ...]:
    """Return the card that asks whether somebody wants a page; nothing in it is preselected."""
    return (Paragraph(words.text(_card(consent))), choices(words))


def notice(words: Words, consent: Consent = Consent.COUNTED) -> tuple[Block, ...]:
    """Return what a channel is told; the same words as the card."""
    return card(words, consent)


def changed(words: Words, consent: Consent = Consent.COUNTED) -> tuple[Block, ...]:
    """Return what somebody with a page is asked where it is for more now than when they made it."""
    buttons = (
        Button(words.plain("page.keep"), Action("page-make")),
        Button(words.plain("page.close"), Action("page-close")),
        Button(words.plain("page.kept"), Action("page-kept")),
    )
    return (Paragraph(words.text("page.changed")), Paragraph(words.text(_card(consent))), Controls(buttons))


def changed_question(words: Words) -> tuple[Block, ...]:
    """Return the question about invitations for who answered one that asked for less; nothing is preselected."""
    return (Paragraph(words.text("page.invite_changed")), *question(words))


def _card(consent: Consent) -> str:
    """Return what is said of who has chosen nothing: under `strict` nothing is kept of them, so it says that."""
    return "page.card_strict" if consent is Consent.STRICT else "page.card"


def choices(words: Words) -> Controls:
    """Return the buttons of the card, which are good for ever."""
    return Controls(
        (
            Button(words.plain("page.make"), Action("page-make")),
            Button(words.plain("page.leave_out"), Action("page-leave-out")),
            Button(words.plain("page.kept"), Action("page-kept")),
        )
    )


def question(words: Words, chosen: Invite | None = None) -> tuple[Block, ...]:
    """Return the question how somebody wishes to be invited; what they chose before is said, never preselected."""
    buttons = tuple(
        Button(words.plain(f"page.invite_{one.value}"), Action("page-invite", (one.value,))) for one in _WISHES
    )
    told: tuple[Block, ...] = (Paragraph(words.text("page.invite")),)
    if chosen is not None:
        now = Bold(words.plain(f"page.invite_{chosen.value}"))
        told = (*told, Paragraph(words.text("page.invite_now", wish=now)))
    return (*told, Controls(buttons))


def danger(words: Words, key: str, action: str) -> Button:
    """Return a button that cannot be taken back."""
    return Button(words.plain(key), Action(action), Style.DANGER)
