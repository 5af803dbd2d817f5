"""Logs: one line a record, without secrets, payloads or control characters, whatever libraries do."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from typing import Any

import pytest

from bot.errors import MachineError
from bot.operating import logs
from bot.operating.redaction import REMOVED, Redactor

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
CANARY = "canary-text-of-a-member"
SECRETS = ("hunter2!long", "s3cr3t/pass")


class Told:
    """Everything that is logged within."""

    def __init__(self, form: str) -> None:
        self.stream = io.StringIO()
        self._telling = logs.telling("debug", form, Redactor(SECRETS), self.stream)

    def __enter__(self) -> None:
        self._telling.__enter__()

    def __exit__(self, *exception: Any) -> None:
        self._telling.__exit__(*exception)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(one) for one in self.text.splitlines()]


@pytest.fixture(params=["json", "text"])
def told(request: pytest.FixtureRequest) -> Told:
    return Told(request.param)


@pytest.fixture
def as_json() -> Told:
    return Told("json")


def fail(words: str) -> None:
    raise ValueError(words)


def test_record_is_one_json_object_with_what_it_is_about(as_json: Told) -> None:
    with as_json:
        logging.getLogger("bot.intake").info("stored %d signals", 3, extra={"community": "Acme", "space": "chat 100"})

        (line,) = as_json.lines
        assert line.pop("time").endswith("Z")
        assert line == {
            "level": "info", "logger": "bot.intake", "message": "stored 3 signals", "community": "Acme",
            "space": "chat 100",
        }  # fmt: skip


@pytest.mark.parametrize(
    "secret",
    [
        *SECRETS,
        "s3cr3t%2Fpass",
        TOKEN,
        "xoxb-123456789012-abcdefGHIJKL",
        "xoxe.xoxp-1-Mi0yLTEyMzQ",
        "xapp-1-A012-345-abcdef",
        f"Authorization: Bot {TOKEN}",
        "Bearer abc.def-123456",
        "postgresql://cairn:pa55word@db/cairn",
        "password=pa55word99",
        "https://discord.com/api/webhooks/123456789012345678/aW50ZXJhY3Rpb246MTIzNDU2",
        "/interactions/123456789012345678/aW50ZXJhY3Rpb246MTIzNDU2/callback",
    ],
)
def test_secret_is_removed_from_a_message_of_ours(told: Told, secret: str) -> None:
    with told:
        logging.getLogger("bot.any").warning("given %s, and then", secret)

        hidden = secret.rsplit(" ", 1)[-1].rsplit("=", 1)[-1]
        assert hidden not in told.text
        assert "pa55word" not in told.text
        assert "aW50ZXJhY3Rpb246" not in told.text
        assert REMOVED in told.text
        assert "and then" in told.text


def test_plain_words_and_addresses_stay(told: Told) -> None:
    with told:
        sentence = "the bot token is missing; see https://example.org/a/b?c=d, 12:30:00, file a.b.c, bot-started"
        logging.getLogger("bot.any").info(sentence)

        assert sentence in told.text


@pytest.mark.parametrize(
    "name", ["discord.gateway", "discord.http", "aiohttp.client", "slack_sdk.web", "slack_bolt", "x"]
)
@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_payload_in_a_library_s_message_is_not_told_at_any_level(told: Told, name: str, level: str) -> None:
    with told:
        logger, payload = logging.getLogger(name), {"content": CANARY, "id": 123456789012345678}
        say = getattr(logger, level)

        say("For Shard ID %s: WebSocket Event: %s", 3, payload)
        say("%s %s with %s has returned %s", "POST", "https://x/channels/123456789012345678", CANARY, 200)
        say(f"Unhandled request ({payload})")
        say("Received: " + CANARY + " 123456789012345678")
        say("%(text)s was said", {"text": CANARY})
        say("too few %s %s", CANARY)
        say(payload)

        assert CANARY not in told.text
        assert "123456789012345678" not in told.text
        assert told.text.count(name) == 7


def test_library_s_warning_keeps_its_words_and_numbers(as_json: Told) -> None:
    with as_json:
        said = "We are being rate limited. %s %s responded with %d. Retrying in %.2f seconds."
        logging.getLogger("discord.http").warning(said, "GET", "/x", 429, 3.5)
        logging.getLogger("slack_bolt").warning("Unhandled request ({'a': 1})")

        assert [one["message"] for one in as_json.lines] == [
            "We are being rate limited. <str> <str> responded with 429. Retrying in 3.50 seconds.",
            "Unhandled request",
        ]


@pytest.mark.parametrize("name", ["bot.any", "discord.client"])
def test_error_is_told_by_kind_and_place_and_never_by_its_words(told: Told, name: str) -> None:
    with told:
        try:
            try:
                fail(f"inner {CANARY}")
            except ValueError as error:
                raise RuntimeError(f"{TOKEN} {CANARY}") from error
        except RuntimeError:
            logging.getLogger(name).exception("Ignoring exception in on_message")

        assert CANARY not in told.text
        assert TOKEN not in told.text
        assert "RuntimeError" in told.text
        assert "test_logs.py" in told.text
        assert len(told.text.splitlines()) == 1


def test_our_own_error_is_told_in_its_sentence_without_secrets(told: Told) -> None:
    with told:
        try:
            raise MachineError("the disk is full at postgresql://a:hunter2!long@b")
        except MachineError:
            logging.getLogger("bot.any").exception("storing failed")

        assert "MachineError: the disk is full" in told.text
        assert "hunter2" not in told.text


def test_unexpected_error_gives_people_an_id_that_the_log_has(as_json: Told) -> None:
    with as_json:
        try:
            fail(CANARY)
        except ValueError as error:
            sentence = logs.unexpected(logging.getLogger("bot.any"), "a command", error)

        (line,) = as_json.lines
        assert line["error_id"] in sentence
        assert (line["message"], line["error"]) == ("a command failed", "ValueError")
        assert CANARY not in sentence


HOSTILE = ["a\nb", "a\r\n{}", "\x1b[31mred\x1b[0m", "a\x00b", "\u202eabc", "\x9b0m", "\ud800", "a\u2028b", "\x07" * 10]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_name_is_escaped_on_one_line(told: Told, name: str) -> None:
    with told:
        logging.getLogger("bot.any").info("hello %s", name, extra={"space": name})
        logging.getLogger("bot." + name).info("hello")

        lines = told.text.removesuffix("\n").split("\n")
        assert len(lines) == 2
        assert all(one.isprintable() for one in lines)


def test_enormous_names_leave_small_lines_and_no_half_secret(told: Told) -> None:
    with told:
        logger = logging.getLogger("bot.any")
        logger.info("%s", "x" * 1_000_000, extra={"space": "y" * 1_000_000})
        for before in range(logs.LONGEST * 2 - 80, logs.LONGEST * 2 + 2):
            logger.info("%s%s", "- " * (before // 2), TOKEN)

        assert max(map(len, told.text.splitlines())) < 4_500
        assert TOKEN[:24] not in told.text


def test_record_that_cannot_be_written_is_told_without_its_arguments(
    told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    with told:
        logging.getLogger("bot.any").info("%d", CANARY)

    assert CANARY not in told.text + capsys.readouterr().err
    assert "'bot.any' could not be written (TypeError)" in told.text


def test_closed_stream_stops_nobody() -> None:
    told = Told("json")
    with told:
        told.stream.close()
        logging.getLogger("bot.any").info("hello")


def test_what_the_event_loop_finds_amiss_is_told_without_values(told: Told) -> None:
    with told:

        async def story() -> None:
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(logs.on_loop_error)
            loop.call_exception_handler(
                {"message": "Task exception was never retrieved", "exception": ValueError(CANARY)}
            )
            loop.call_exception_handler({"message": f"Odd: {CANARY}"})

        asyncio.run(story())

        assert CANARY not in told.text
        assert "a task in the background failed" in told.text
        assert "the event loop complains: Odd" in told.text


def test_deepest_stack_stays_within_bounds(as_json: Told) -> None:
    with as_json:

        def down() -> None:
            down()

        try:
            down()
        except RecursionError:
            logging.getLogger("bot.any").exception("too deep")

        assert sys.getrecursionlimit() > logs.MOST_FRAMES
        assert len(as_json.lines[-1]["frames"]) == logs.MOST_FRAMES
