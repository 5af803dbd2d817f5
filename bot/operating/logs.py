"""What Cairn tells of itself: one line a record, as JSON or as text, without secrets, payloads or personal data.

Our own messages are written so that they hold none. Those of libraries are not trusted: discord.py at DEBUG logs whole
payloads, others put them into warnings. Of them only what a programmer wrote passes, with numbers; texts do not. Of
an error its kind and place pass, and its words only where they are ours.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import secrets
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TextIO

from bot.errors import CairnError
from bot.operating.redaction import Redactor

OURS = ("bot", "integrations", "scoring", "migrations", "__main__")
LONGEST = 2_000
"""Characters of a message, at most; a whole record stays within a few kB."""
MOST_FRAMES = 12
LEFT_OUT = "(left out: it may hold a payload)"
_ABOUT = ("community", "space", "integration", "job")
"""What a record may name beside its message: `extra={"space": ...}`."""
_PROSE = re.compile(r"[A-Za-z][A-Za-z0-9 ,.;'-]*")


class LineFormatter(logging.Formatter):
    """Turns each record into one line."""

    def __init__(self, redactor: Redactor, *, as_json: bool) -> None:
        """Take who removes secrets, and the form of the lines."""
        super().__init__()
        self._redactor = redactor
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Return a record's line."""
        content: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "level": record.levelname.lower(),
            "logger": self._safe(record.name, 100),
            "message": self._safe(_told(record), LONGEST),
        }
        content |= {name: self._safe(str(getattr(record, name)), 100) for name in _ABOUT if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            content |= self._error(record, record.exc_info[1])
        return json.dumps(content, ensure_ascii=False) if self._as_json else _as_text(content)

    def _error(self, record: logging.LogRecord, error: BaseException) -> dict[str, Any]:
        """Return what is told of an error: its kind, where it came from, and an id to speak of it."""
        said = self._safe(str(error), LONGEST) if isinstance(error, CairnError) else ""
        frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
        cause = error.__cause__ or error.__context__
        return {
            "error": type(error).__name__ + (f": {said}" if said else ""),
            "cause": type(cause).__name__ if cause is not None else None,
            "error_id": getattr(record, "error_id", None) or new_id(),
            "frames": [self._safe(f"{_module(one.filename)}:{one.lineno} {one.name}", 150) for one in frames],
        }

    def _safe(self, text: str, longest: int) -> str:
        """Return a text on one line, without secrets and control characters, of bounded length."""
        if len(text) > 2 * longest:
            text = re.sub(r"\S+$", "", text[: 2 * longest])  # what was cut through could be half a secret
        text = self._redactor.clean(text)
        text = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
        return text if len(text) <= longest else text[:longest] + "..."


class StreamLines(logging.StreamHandler[TextIO]):
    """Writes lines to a stream; what goes wrong with a record is told without the record."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Say that a record could not be written; Python's own way would print its arguments."""
        kind = sys.exc_info()[0]
        try:
            self.stream.write(f"a record of {record.name!r:.100} could not be written ({kind and kind.__name__})\n")
        except (OSError, ValueError):
            return  # nobody reads us any more


@contextmanager
def telling(level: str, form: str, redactor: Redactor, stream: TextIO | None = None) -> Iterator[None]:
    """Send all records of this process, warnings too, to a stream (stderr): through one handler, and no other."""
    handler = StreamLines(stream or sys.stderr)
    handler.setFormatter(LineFormatter(redactor, as_json=form == "json"))
    root = logging.getLogger()
    before, level_before = root.handlers[:], root.level
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        root.handlers[:] = before
        root.setLevel(level_before)
        logging.captureWarnings(capture=False)
        handler.close()


def new_id() -> str:
    """Return an id by which people can speak of an error that they see and the log explains."""
    return secrets.token_hex(4)


def unexpected(logger: logging.Logger, doing: str, error: BaseException) -> str:
    """Log an error that nobody expected; returns the sentence that people may see: general, with its id."""
    number = new_id()
    trace: tuple[type[BaseException], BaseException, TracebackType | None] = (type(error), error, error.__traceback__)
    logger.error("%s failed", doing, exc_info=trace, extra={"error_id": number})
    return f"something went wrong inside Cairn (error {number}); its log says where"


def on_loop_error(loop: object, context: Mapping[str, Any]) -> None:
    """Log what asyncio found amiss (a task that failed unheard); for `loop.set_exception_handler`."""
    error = context.get("exception")
    logger = logging.getLogger(__name__)
    if isinstance(error, BaseException):
        unexpected(logger, "a task in the background", error)
    else:
        logger.error("the event loop complains: %s", _head(str(context.get("message", ""))))


def _told(record: logging.LogRecord) -> str:
    """Return what a record says, as far as it may be told."""
    if record.name.partition(".")[0] in OURS:
        return record.getMessage()
    if record.levelno <= logging.DEBUG or not isinstance(record.msg, str):
        return LEFT_OUT
    if not record.args:
        return _head(record.msg)
    template = record.msg.partition("{")[0].partition("\n")[0]
    try:
        return str(template % _numbers(record.args))
    except (TypeError, ValueError, KeyError):
        return _head(template)


def _head(text: str) -> str:
    """Return the beginning of a text that can only be prose: up to the first sign that could introduce a value."""
    match = _PROSE.match(text)
    return match[0].rstrip() if match else LEFT_OUT


class _Left:
    """Stands for a value that is not told."""

    def __init__(self, value: object) -> None:
        self._kind = type(value).__name__

    def __repr__(self) -> str:
        return f"<{self._kind}>"


def _numbers(arguments: tuple[object, ...] | Mapping[str, object]) -> Any:  # noqa: ANN401 - what `%` takes
    if isinstance(arguments, Mapping):
        return {name: _number(one) for name, one in arguments.items()}
    return tuple(_number(one) for one in arguments)


def _number(value: object) -> object:
    # Large numbers are ids, of people as well.
    small = isinstance(value, bool | float) or value is None or (isinstance(value, int) and abs(value) < 1_000_000_000)
    return value if small else _Left(value)


def _module(file: str) -> str:
    """Return a file's name within its package, without the folders of this machine."""
    parts = file.replace("\\", "/").split("/")
    return "/".join(parts[-2:])


def _as_text(content: Mapping[str, Any]) -> str:
    about = " ".join(f"{name}={content[name]}" for name in _ABOUT if name in content)
    line = f"{content['time']} {content['level']:<7} {content['logger']}: {content['message']}"
    line += f" [{about}]" if about else ""
    if "error" in content:
        line += f" ({content['error']}; error {content['error_id']}; at {' < '.join(reversed(content['frames']))})"
    return line
