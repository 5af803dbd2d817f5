"""The arguments of a request, whichever of Slack's encodings they came in: a form, JSON or the query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from integrations.sandbox.slack.refusals import Refused, invalid_arguments

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Arguments:
    """Named arguments. In a form and in the query everything is text, and structures are JSON in it."""

    given: Mapping[str, Any]

    def text(self, name: str, usual: str = "") -> str:
        """Return an argument as text."""
        found = self.given.get(name)
        return usual if found is None else str(found)

    def need(self, name: str) -> str:
        """Return an argument that has to be there."""
        found = self.text(name)
        if not found:
            raise invalid_arguments(f"missing required field: {name}")
        return found

    def flag(self, name: str, *, usual: bool = False) -> bool:
        """Return whether something is switched on."""
        found = self.given.get(name)
        return usual if found is None else str(found).lower() in ("true", "1")

    def number(self, name: str, usual: int, most: int) -> int:
        """Return a limit, held to what the method allows."""
        text = self.text(name, str(usual)) or str(usual)
        if not text.lstrip("-").isdigit():
            raise invalid_arguments(f"must be an integer [json-pointer:/{name}]")
        if int(text) < 1:
            raise Refused("invalid_limit")
        return min(int(text), most)

    def several(self, name: str, usual: str = "") -> list[str]:
        """Return an argument that lists things, as JSON or with commas between."""
        found = self.given.get(name)
        if isinstance(found, list):
            return [str(one) for one in found]
        text = self.text(name, usual)
        return [one.strip() for one in text.strip("[]").replace('"', "").split(",") if one.strip()]

    def structure(self, name: str, error: str) -> dict[str, Any] | list[Any] | None:
        """Return a structure, None where it was not given; refuses with `error` what is none."""
        found = self.given.get(name)
        if found is None or found == "":
            return None
        if isinstance(found, str):
            try:
                found = orjson.loads(found)
            except orjson.JSONDecodeError:
                raise Refused(error) from None
        if not isinstance(found, dict | list):
            raise Refused(error)
        return found


async def read(request: web.Request) -> tuple[Arguments, list[str]]:
    """Return the arguments of a request and Slack's warnings about how they were sent."""
    given: dict[str, Any] = dict(request.query)
    if request.method != "POST" or not request.can_read_body:
        return Arguments(given), []
    charset = request.charset
    if request.content_type == "application/json":
        given |= _object(await request.read())
        return Arguments(given), [] if charset else ["missing_charset"]
    if request.content_type != _FORM and not request.content_type.startswith("multipart/"):
        raise Refused("invalid_post_type")
    given |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    return Arguments(given), ["superfluous_charset"] if charset and request.content_type == _FORM else []


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Refused("invalid_json") from None
    if not isinstance(found, dict):
        raise Refused("json_not_object")
    return found
