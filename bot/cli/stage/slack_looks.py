"""What is shown in the made-up Slack, drawn for a terminal: messages, buttons and pages, close to how they look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.cli.stage.drawn import Drawn
from bot.cli.stage.looks import moment
from integrations.sandbox.slack.model import Json
from integrations.sandbox.slack.world import World

_MOST_SHOWN = 6
_CHOSEN = ("static_select", "multi_static_select", "radio_buttons")


class SlackLooks(Drawn):
    """Draws what is in a made-up Slack on a terminal."""

    def __init__(self, world: World, console: Console) -> None:
        """Take what names people and channels, and where to print."""
        super().__init__(console)
        self._world = world

    def message(self, blocks: Sequence[Json], said: str = "", seen: str = "") -> None:
        """Print what Cairn shows, or what it `said` where there are no blocks; `seen` tells where, or by whom."""
        head = Text.assemble(("cairn", "bold green"), (f" · {seen}" if seen else "", "dim"))
        self.show([head, *(self._lines(blocks) if blocks else map(Text, said.split("\n")))])

    def name(self, number: str) -> str:
        """Return what somebody is called."""
        there = self._world.users.get(number)
        return there.real_name if there else "unknown"

    def _lines(self, blocks: Sequence[Json]) -> Iterator[Text]:
        for n, one in enumerate(blocks):
            lines = list(self._block(one))
            if n and lines and (one["type"] == "actions" or _is_heading(one)):
                yield Text("")
            yield from lines

    def _block(self, one: Json) -> Iterator[Text]:
        match one["type"]:
            case "rich_text":
                for part in one["elements"]:
                    yield from self._rich(part)
            case "actions":
                yield from _controls(one["elements"])
            case "image":
                yield Text(f"[picture: {one.get('alt_text', '')}]", style="magenta")
            case "header" | "section" if "text" in one:
                yield from (Text(line) for line in str(one["text"]["text"]).split("\n"))
            case "context":
                yield Text(" ".join(str(part.get("text") or "") for part in one["elements"]), style="dim")

    def _rich(self, part: Json) -> Iterator[Text]:
        style = "cyan" if part["type"] == "rich_text_preformatted" else ""
        whole = Text(style=style)
        for one in part["elements"]:
            whole.append_text(self._element(one))
        yield from whole.split("\n", allow_blank=True)

    def _element(self, one: Json) -> Text:
        style = "bold" if (one.get("style") or {}).get("bold") else ""
        match one["type"]:
            case "user":
                return Text(f"@{self.name(one['user_id'])}", style="blue")
            case "channel":
                there = self._world.channels.get(one["channel_id"])
                return Text(f"#{there.name if there else 'unknown'}", style="blue")
            case "link":
                return Text(str(one.get("text") or one["url"]), style="blue underline")
            case "date":
                return Text(moment(int(one["timestamp"]), day="time" not in one["format"]), style=style)
        return Text(str(one.get("text") or ""), style=style)


def _is_heading(one: Json) -> bool:
    """Whether all of a block is bold, as headings are."""
    parts = one["elements"] if one["type"] == "rich_text" else ()
    return any(parts) and all((each.get("style") or {}).get("bold") for part in parts for each in part["elements"])


def _controls(items: Sequence[Json]) -> Iterator[Text]:
    buttons = [f"[{one['text']['text']}]" for one in items if one["type"] == "button"]
    if buttons:
        yield Text("  ".join(buttons), style="cyan")
    for one in items:
        if one["type"] in _CHOSEN:
            hint = (one.get("placeholder") or {}).get("text") or "Choose"
            yield Text(f"[{hint} ▾ {' | '.join(_labels(one))}]", style="cyan")


def _labels(one: Json) -> list[str]:
    """Return what there is to choose, the first of many."""
    found = [str(option["text"]["text"]) for option in one["options"]]
    return found if len(found) <= _MOST_SHOWN else [*found[:_MOST_SHOWN], "..."]


def pressable(blocks: Sequence[Json]) -> Iterator[tuple[str, str, Any]]:
    """Yield what can be pressed: what is written on it, its id, and the value that it chooses in a list."""
    for one in (each for block in blocks if block["type"] == "actions" for each in block["elements"]):
        if one["type"] == "button":
            yield str(one["text"]["text"]), str(one["action_id"]), None
        elif one["type"] in _CHOSEN:
            for option in one["options"]:
                yield str(option["text"]["text"]), str(one["action_id"]), option["value"]


def inputs(view: Mapping[str, Any]) -> list[Json]:
    """Return the fields of a form."""
    return [one for one in view["blocks"] if one["type"] == "input"]
