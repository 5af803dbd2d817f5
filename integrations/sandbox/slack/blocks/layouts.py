"""The blocks themselves, and on which surfaces they may stand."""

from __future__ import annotations

from typing import Any

from integrations.sandbox.slack.blocks import elements
from integrations.sandbox.slack.blocks.parts import ANY, Check, Problems, Words

MESSAGE, MODAL, HOME = "message", "modal", "home"
_MOST = {MESSAGE: 50, MODAL: 100, HOME: 100}
_MARKDOWN = 12_000


def _section(problems: Problems, one: dict[str, Any], where: str) -> None:
    if "text" not in one and "fields" not in one:
        problems.add("missing required field: text", where)
    problems.words(one, "text", Words(3000, ANY, needed=False), where)
    if "fields" in one:
        for number, _ in enumerate(problems.each(one, "fields", (1, 10), where)):
            holder = {str(number): one["fields"][number]}
            problems.words(holder, str(number), Words(2000, ANY), f"{where}/fields")
    accessory = one.get("accessory")
    if accessory is not None and not isinstance(accessory, dict):
        problems.add("must provide an object", f"{where}/accessory")
    elif accessory is not None:
        elements.check(problems, accessory, f"{where}/accessory", elements.ACCESSORIES)


def _header(problems: Problems, one: dict[str, Any], where: str) -> None:
    problems.words(one, "text", Words(150), where)


def _image(problems: Problems, one: dict[str, Any], where: str) -> None:
    elements.check(problems, one, where, elements.IMAGE)
    problems.words(one, "title", Words(2000, needed=False), where)


def _actions(problems: Problems, one: dict[str, Any], where: str) -> None:
    known: set[str] = set()
    for given, place in problems.each(one, "elements", (1, 25), where):
        elements.check(problems, given, place, elements.ACTIONS)
        if given.get("action_id"):
            problems.unique(str(given["action_id"]), known, f"{place}/action_id", "action_id")


def _context(problems: Problems, one: dict[str, Any], where: str) -> None:
    for number, (given, place) in enumerate(problems.each(one, "elements", (1, 10), where)):
        if given.get("type") == "image":
            elements.check(problems, given, place, elements.IMAGE)
        else:
            problems.words({str(number): given}, str(number), Words(2000, ANY), f"{where}/elements")


def _input(problems: Problems, one: dict[str, Any], where: str) -> None:
    problems.words(one, "label", Words(2000), where)
    problems.words(one, "hint", Words(2000, needed=False), where)
    given = one.get("element")
    if isinstance(given, dict):
        elements.check(problems, given, f"{where}/element", elements.INPUTS)
    else:
        problems.add("missing required field: element", where)


def _rich(problems: Problems, one: dict[str, Any], where: str) -> None:
    for given, place in problems.each(one, "elements", (0, 1000), where):
        if not str(given.get("type", "")).startswith("rich_text_"):
            problems.add(f"unsupported type: {given.get('type')}", f"{place}/type")


def _video(problems: Problems, one: dict[str, Any], where: str) -> None:
    problems.words(one, "title", Words(200), where)
    for name in ("alt_text", "thumbnail_url", "video_url"):
        problems.string(one, name, 3000, where, needed=True)


def _markdown(problems: Problems, one: dict[str, Any], where: str) -> None:
    problems.string(one, "text", _MARKDOWN, where, needed=True)


def _table(problems: Problems, one: dict[str, Any], where: str) -> None:
    rows = one.get("rows")
    cells = [row for row in rows if isinstance(row, list) and len(row) <= 20] if isinstance(rows, list) else []
    if not isinstance(rows, list) or len(cells) != len(rows) or not 1 <= len(rows) <= 100:
        problems.add("must have 1 to 100 rows of up to 20 cells", f"{where}/rows")


def _nothing(problems: Problems, one: dict[str, Any], where: str) -> None:
    pass


BLOCKS: dict[str, Check] = {
    "actions": _actions,
    "context": _context,
    "divider": _nothing,
    "header": _header,
    "image": _image,
    "input": _input,
    "rich_text": _rich,
    "section": _section,
    "video": _video,
}
_BY_SURFACE: dict[str, dict[str, Check]] = {
    MESSAGE: {**BLOCKS, "markdown": _markdown, "table": _table},
    MODAL: BLOCKS,
    HOME: BLOCKS,
}


def problems(given: list[Any], surface: str, where: str = "/blocks") -> list[str]:
    """Return what is wrong with blocks on a surface; nothing where all is well."""
    found, ids = Problems(), set[str]()
    for one, place in found.each({"blocks": given}, "blocks", (0, _MOST[surface]), where.removesuffix("/blocks")):
        check = _BY_SURFACE[surface].get(str(one.get("type")))
        if check is None:
            found.add(f"unsupported type: {one.get('type')}", f"{place}/type")
            continue
        found.string(one, "block_id", 255, place)
        if one.get("block_id"):
            found.unique(str(one["block_id"]), ids, f"{place}/block_id", "block_id")
        check(found, one, place)
    return found.found
