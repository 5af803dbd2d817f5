"""Requests and answers held against the OpenAPI file that Discord publishes."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from integrations.sandbox.exchanges import Exchange

Json = dict[str, Any]
PUBLISHED = Path(__file__).resolve().parents[5] / "shared" / "data" / "discord-openapi" / "discord.json"
"""Where the file lies, if it does."""
ROOT = "urn:discord"
_SCHEMAS = ("components", "schemas")
_OVERWRITE = (
    "paths", "/channels/{channel_id}/permissions/{overwrite_id}", "put", "requestBody", "content", "application/json",
    "schema", "properties",
)  # fmt: skip
_BITS, _BITS_OUGHT = {"type": ["integer", "null"]}, {"type": ["integer", "string", "null"]}


@dataclass(frozen=True, slots=True)
class Amendment:
    """Where the file, a preview, is narrower than Discord's own reference: the place, what stands there, what ought."""

    place: tuple[str, ...]
    stands: Any
    ought: Any


# "Error Messages": the codes of single fields are words, such as BASE_TYPE_REQUIRED. "Message Reference Types": 1 is a
# forward.
OF_ANSWERS = (
    Amendment(
        (*_SCHEMAS, "InnerErrors", "properties", "_errors", "items"),
        {"$ref": "#/components/schemas/Error"},
        {"required": ["code", "message"]},
    ),
    Amendment(
        (*_SCHEMAS, "MessageReferenceType", "oneOf"),
        [{"title": "DEFAULT", "description": "Reference to a message", "const": 0}],
        [{"const": 0}, {"const": 1}],
    ),
)
# "ID Serialization": ids are taken as numbers too. "Permissions": bits are text. "Edit Current Application": the
# description is a text.
OF_REQUESTS = (
    Amendment(
        (*_SCHEMAS, "SnowflakeType"),
        {"type": "string", "pattern": "^(0|[1-9][0-9]*)$", "format": "snowflake"},
        {"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$"},
    ),
    Amendment((*_SCHEMAS, "CreateRoleRequest", "properties", "permissions"), _BITS, _BITS_OUGHT),
    Amendment((*_OVERWRITE, "allow"), _BITS, _BITS_OUGHT),
    Amendment((*_OVERWRITE, "deny"), _BITS, _BITS_OUGHT),
    Amendment((*_SCHEMAS, "ApplicationFormPartial", "properties", "description", "type"), ["object", "null"], "string"),
)
# discord.py says this when it opens a forum post; neither the file nor the reference knows it
_UNDOCUMENTED = ("use_nested_fields",)
_NOTHING_MORE = {"unevaluatedProperties": False}
"""Discord passes over fields that it does not know; what was meant by them does not happen, and nobody hears of it."""


def _registry(file: Path, amendments: tuple[Amendment, ...]) -> Registry[Any]:
    """Return the file with amendments. Raises AssertionError where one is not needed any more."""
    document = json.loads(file.read_text(encoding="utf-8"))
    for one in amendments:
        *path, last = one.place
        holder = document
        for name in path:
            holder = holder[name]
        assert holder[last] == one.stands, f"the file has changed at {one.place}"
        holder[last] = one.ought
    empty: Registry[Any] = Registry()
    found: Registry[Any] = empty.with_resource(
        ROOT, Resource.from_contents(document, default_specification=DRAFT202012)
    )
    return found


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, and where in the file it stands."""

    method: str
    template: str
    pattern: re.Pattern[str]
    content: Json

    @property
    def pointer(self) -> str:
        return f"{ROOT}#/paths/{self.template.replace('/', '~1')}/{self.method.lower()}"


class Contract:
    """The file. `breaches` says what about an exchange does not agree with it.

    Where it is `strict`, no request may say anything that is not in the file, and those that are refused are looked at
    too; else they may well be wrong.
    """

    def __init__(self, file: Path, *, strict: bool = False) -> None:
        self._strict = strict
        self._said, self._told = _registry(file, OF_REQUESTS), _registry(file, OF_ANSWERS)
        self._formats = jsonschema.FormatChecker(formats=())
        self._formats.checks("date-time", raises=ValueError)(_is_moment)
        document = json.loads(file.read_text(encoding="utf-8"))
        self._operations = sorted(_operations(document), key=lambda one: one.template.count("{"))

    def breaches(self, of: Exchange) -> list[str]:
        found = next((one for one in self._operations if one.method == of.method and one.pattern.match(of.path)), None)
        if found is None:
            return [f"{of.method} {of.path} is not in the file"]
        looked_at = self._strict or of.status < 400
        asked = [*self._query(found, of), *self._request(found, of)] if looked_at else []
        told = [*asked, *self._answer(found, of)]
        return [f"{found.method} {found.template} {of.status} {one}" for one in told]

    def _query(self, operation: Operation, of: Exchange) -> Iterator[str]:
        known = {one["name"]: number for number, one in enumerate(operation.content.get("parameters") or ())}
        for name, text in of.query.items():
            pointer = f"{operation.pointer}/parameters/{known.get(name)}/schema"
            if name not in known and name not in _UNDOCUMENTED:
                yield f"query {name} is not in the file"
            elif name in known and all(list(self._wrong(self._said, pointer, value)) for value in _readings(text)):
                yield f"query {name}={text} does not agree"

    def _request(self, operation: Operation, of: Exchange) -> Iterator[str]:
        if of.said is None:
            return
        if "requestBody" not in operation.content:
            yield "has a body, and the file has none"
            return
        pointer = f"{operation.pointer}/requestBody/content/application~1json/schema"
        more = _NOTHING_MORE if self._strict else {}
        yield from (f"said {one}" for one in self._wrong(self._said, pointer, of.said, more))

    def _answer(self, operation: Operation, of: Exchange) -> Iterator[str]:
        answers = operation.content["responses"]
        status = next((one for one in (str(of.status), f"{of.status // 100}XX") if one in answers), None)
        if status is None:
            yield f"answered, not one of {sorted(answers)}"
        elif (pointer := _schema_of(operation, status)) is not None:
            yield from (f"told {one}" for one in self._wrong(self._told, pointer, of.answer))
        elif of.answer is not None:
            yield "told something, and the file has nothing"

    def _wrong(self, registry: Registry[Any], pointer: str, value: object, more: Json | None = None) -> Iterator[str]:
        schema = {"$ref": pointer, **(more or {})}
        validator = jsonschema.Draft202012Validator(schema, registry=registry, format_checker=self._formats)
        for error in validator.iter_errors(value):
            inner = jsonschema.exceptions.best_match([error])
            yield f"{'.'.join(map(str, inner.absolute_path))}: {inner.message[:200]}"


def _schema_of(operation: Operation, status: str) -> str | None:
    """Return where the schema of an answer stands; None where nothing is to be answered."""
    answer, pointer = operation.content["responses"][status], f"{operation.pointer}/responses/{status}"
    if "$ref" in answer:
        return f"{ROOT}{answer['$ref']}/content/application~1json/schema"
    return f"{pointer}/content/application~1json/schema" if "content" in answer else None


def _operations(document: Json) -> Iterator[Operation]:
    for template, methods in document["paths"].items():
        pattern = re.compile("^" + re.sub(r"\{\w+\}", "[^/]+", template) + "$")
        for method, content in methods.items():
            if method in ("get", "put", "post", "patch", "delete"):
                yield Operation(method.upper(), template, pattern, content)


def _is_moment(text: object) -> bool:
    return not isinstance(text, str) or datetime.datetime.fromisoformat(text) is not None


def _readings(text: str) -> Iterator[object]:
    """Yield what a value of a query may mean."""
    yield text
    yield [text]
    if text.isdigit():
        yield int(text)
    if text.lower() in ("true", "false", "0", "1"):
        yield text.lower() in ("true", "1")
