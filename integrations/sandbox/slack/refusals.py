"""How Slack says no: status 200, `ok` false, and the name of the error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]


class Refused(Exception):  # noqa: N818 (an answer, not a mistake)
    """Slack's answer to a request that it does not accept: an error's name and what else it says."""

    def __init__(self, error: str, **more: object) -> None:
        super().__init__(error)
        self.error = error
        self.more = more

    def body(self) -> Json:
        """Return the error as JSON."""
        return {"ok": False, "error": self.error, **self.more}


def missing_scope(needed: str, provided: Sequence[str]) -> Refused:
    """Refuse because the token was not granted what a method needs."""
    return Refused("missing_scope", needed=needed, provided=",".join(provided))


def invalid_arguments(*problems: str) -> Refused:
    """Refuse because of arguments, each problem with the place where it is (`... [json-pointer:/view]`)."""
    return Refused("invalid_arguments", response_metadata={"messages": [f"[ERROR] {one}" for one in problems]})


def invalid_blocks(problems: Sequence[str]) -> Refused:
    """Refuse because of blocks."""
    messages = [f"[ERROR] {one}" for one in problems]
    return Refused("invalid_blocks", errors=list(problems), response_metadata={"messages": messages})
