"""Looks in whatever is logged for what may never be: what people write, what they are called, secrets (S18).

Sandboxes put `MARK` behind whatever people write, and tests write and call people words of their own for the same end.
Each record of each logger is turned into the line that Cairn would log, as soon as it is made, wherever the test lets
it go; logs of processes are files by the name `log...` in the test's own folder.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bot.operating.logs import LineFormatter
from bot.operating.redaction import Redactor

MARK = "(canary)"
NEVER_LOGGED = ("canary", "kea-", "lavender-otter", ".sandbox.", "xoxb-", "xoxe-", "xapp-", "5eca5eca")
"""Parts of what is written, of what people are called, and of each sandbox's tokens and secrets."""


class Watch:
    """Makes records as Python does, and looks at the line of each; `hits` are those with something private."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        self.looked_at = 0
        self._lines = LineFormatter(Redactor(), as_json=True)
        self._newest = threading.local()

    def __call__(self, *args: Any, **more: Any) -> logging.LogRecord:
        self.look()
        self._newest.record = record = logging.LogRecord(*args, **more)
        return record

    def look(self) -> None:
        """Look at this thread's newest record: what it names beside its message was added after it was made."""
        record = getattr(self._newest, "record", None)
        self._newest.record = None
        if record is not None:
            self.looked_at += 1
            with suppress(TypeError, ValueError, KeyError):  # it cannot be written; Cairn then logs nothing of it
                self._find(self._lines.format(record))

    def look_into(self, folder: Path) -> None:
        """Look at what processes have logged."""
        for file in folder.glob("log*"):
            if file.is_file():
                with file.open(errors="replace") as lines:
                    for line in lines:
                        self._find(line)

    def _find(self, line: str) -> None:
        if any(one in line for one in NEVER_LOGGED):
            self.hits.append(line)


@contextmanager
def watching() -> Iterator[Watch]:
    """Look at all records that are made in the block."""
    before, watch = logging.getLogRecordFactory(), Watch()
    logging.setLogRecordFactory(watch)
    try:
        yield watch
    finally:
        logging.setLogRecordFactory(before)
        watch.look()
