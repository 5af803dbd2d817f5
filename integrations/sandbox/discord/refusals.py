"""The errors with which Discord refuses a request. Source: Discord's reference, "Opcodes and Status Codes"."""

from __future__ import annotations

from typing import Any

_MESSAGES = {
    10003: "Unknown Channel",
    10004: "Unknown Guild",
    10007: "Unknown Member",
    10008: "Unknown Message",
    10011: "Unknown Role",
    10013: "Unknown User",
    10014: "Unknown Emoji",
    10015: "Unknown Webhook",
    10062: "Unknown interaction",
    10063: "Unknown application command",
    10065: "Unknown Voice State",
    10067: "Unknown Stage Instance",
    10070: "Unknown Guild Scheduled Event",
    20012: "You are not authorized to perform this action on this application",
    30010: "Maximum number of reactions reached (20)",
    40003: "You are opening direct messages too fast",
    40060: "Interaction has already been acknowledged.",
    50001: "Missing Access",
    50005: "Cannot edit a message authored by another user",
    50006: "Cannot send an empty message",
    50007: "Cannot send messages to this user",
    50008: "Cannot send messages in a non-text channel",
    50013: "Missing Permissions",
    50024: "Cannot execute action on this channel type",
    50027: "Invalid Webhook Token",
    50034: "You can only bulk delete messages that are under 14 days old.",
    50035: "Invalid Form Body",
    50109: "The request body contains invalid JSON.",
    160004: "A thread has already been created for this message",
    520006: "Poll expired",
}


class Refused(Exception):  # noqa: N818 (an answer, not a mistake)
    """Discord's answer to a request it does not accept: a status and an error code."""

    def __init__(self, status: int, code: int, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """Return the error as JSON."""
        return error(self.status, self.code, self.errors)


def error(status: int, code: int, errors: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the JSON of an error."""
    plain = {401: "401: Unauthorized", 404: "404: Not Found", 405: "405: Method Not Allowed"}
    message = _MESSAGES.get(code) or plain.get(status) or f"{status}: Error"
    found: dict[str, Any] = {"message": message, "code": code}
    return found if errors is None else {**found, "errors": errors}


def unknown(code: int) -> Refused:
    """Refuse because a thing is not there (codes 10xxx)."""
    return Refused(404, code)


def invalid(field: str, code: str, message: str) -> Refused:
    """Refuse because of one field of the body; `field` may be a path with dots."""
    errors: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for name in reversed(field.split(".")):
        errors = {name: errors}
    return Refused(400, 50035, errors)


def check_length(field: str, text: object, most: int, least: int = 0) -> str:
    """Return a text that is not too long; refuses what is too long, too short or no text."""
    if not isinstance(text, str):
        raise invalid(field, "STRING_TYPE_CONVERT", "Could not convert value to string.")
    if len(text) > most:
        raise invalid(field, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
    if len(text) < least:
        raise invalid(field, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
    return text
