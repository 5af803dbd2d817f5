"""What looks through all that is logged finds what it should, and lets be what Cairn leaves out."""

from __future__ import annotations

import logging
from pathlib import Path

from integrations.sandbox.slack.server import Sandbox
from tests.canaries import MARK, watching

WRITTEN = f"hello {MARK}"


def test_words_in_a_message_of_our_own_are_found() -> None:
    with watching() as watch:
        logging.getLogger("bot.hearing").error("%s could not be read", WRITTEN)
    assert len(watch.hits) == 1


def test_words_that_a_record_names_beside_its_message_are_found() -> None:
    with watching() as watch:
        logging.getLogger("integrations.discord").error("is gone", extra={"space": WRITTEN})
    assert len(watch.hits) == 1


def test_words_that_a_process_has_logged_are_found(tmp_path: Path) -> None:
    (tmp_path / "log0").write_text(f"fine\n{WRITTEN}\n", encoding="utf-8")
    with watching() as watch:
        watch.look_into(tmp_path)
    (tmp_path / "log0").unlink()
    assert watch.hits == [f"{WRITTEN}\n"]


def test_secrets_of_a_made_up_slack_are_found(tmp_path: Path) -> None:
    """Those that have no shape in a record, too; tokens where nothing has taken them out."""
    server = Sandbox()
    app = server.app
    plain = (app.client_secret, app.signing_secret, app.verification)
    with watching() as watch:
        for one in plain:
            logging.getLogger("integrations.slack").error("%s is wrong", one)
    assert len(watch.hits) == len(plain)
    lasting = server.team("Acme").token
    app.rotation = True
    rotated = server.team("Beta").token
    tokens = [app.app_token, lasting, rotated, *server.world.refreshes]
    (tmp_path / "log0").write_text("\n".join(tokens), encoding="utf-8")
    with watching() as watch:
        watch.look_into(tmp_path)
    (tmp_path / "log0").unlink()
    assert len(watch.hits) == len(tokens) == 4


def test_payload_that_a_library_logs_is_left_out() -> None:
    with watching() as watch:
        logging.getLogger("discord.gateway").error("Event: %s", {"content": WRITTEN})
        logging.getLogger("somewhere.else").error("%s broke it", WRITTEN)
    assert (watch.looked_at, watch.hits) == (2, [])
