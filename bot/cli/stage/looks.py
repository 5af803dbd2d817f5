"""What is shown in the made-up Discord, drawn for a terminal: messages, buttons and forms, close to how they look."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.cli.stage.drawn import Drawn
from integrations.sandbox.discord import components
from integrations.sandbox.discord.components import Json, walked
from integrations.sandbox.discord.model import Message
from integrations.sandbox.discord.world import World

_FENCE = "```"
_MARKS = re.compile(
    r"\\(?P<plain>.)"
    r"|\*\*(?P<bold>(?:\\.|[^\\])+?)\*\*"
    r"|\[(?P<link>(?:\\.|[^\\\]])+)\]\(<[^>]*>\)"
    r"|<@!?(?P<who>[0-9]+)>|<#(?P<place>[0-9]+)>|<t:(?P<at>-?[0-9]+):(?P<how>[A-Za-z])>",
    re.DOTALL,
)
_PICKED = {components.LIST, components.RADIO}


class Looks(Drawn):
    """Draws what is in a made-up Discord on a terminal."""

    def __init__(self, world: World, console: Console) -> None:
        """Take what names people and channels, and where to print."""
        super().__init__(console)
        self._world = world

    def message(self, shown: Message, private_to: str = "", where: str = "") -> None:
        """Print a message of the bot; `private_to` is who alone sees it."""
        seen = f" · only visible to {private_to}" if private_to else f" · {where}" if where else ""
        head = Text.assemble((self._world.bot.name, "bold green"), (seen, "dim"))
        self.show([head, *self._lines(shown)])

    def _lines(self, shown: Message) -> Iterator[Text]:
        if shown.content:
            yield from self.written(shown.content)
        between = bool(shown.content)
        for one in shown.components:
            if between:
                yield Text("")
            between = True
            yield from self._part(one)

    def _part(self, one: Json) -> Iterator[Text]:
        match one["type"]:
            case components.TEXT:
                yield from self.written(str(one["content"]))
            case components.ROW:
                yield from _controls(one["components"])
            case components.FILE:
                yield Text(f"[file: {_file(one['file'])}]", style="magenta")
            case components.GALLERY:
                for item in one["items"]:
                    yield Text(f"[picture: {_file(item['media'])}]", style="magenta")

    def written(self, content: str) -> Iterator[Text]:
        """Yield the lines of a text; what is in a block of code stays as it is."""
        for n, part in enumerate(content.split(_FENCE)):
            if n % 2:
                yield from (Text(line, style="cyan") for line in part.strip("\n").split("\n"))
                continue
            # A terminal's lines are far apart already: only what has a heading stands by itself.
            for at, line in enumerate(filter(None, part.split("\n"))):
                heading = line.startswith("### ")
                if heading and (at or n):
                    yield Text("")
                yield self.marked(line.removeprefix("### "), "bold underline" if heading else "")

    def marked(self, text: str, style: str = "") -> Text:
        """Return one line of marked text as it is shown."""
        made, last = Text(style=style), 0
        for found in _MARKS.finditer(text):
            made.append(text[last : found.start()])
            made.append_text(self._live(found))
            last = found.end()
        return made.append(text[last:])

    def _live(self, found: re.Match[str]) -> Text:
        kind = found.lastgroup if found.lastgroup != "how" else "at"
        said = found[kind or 0]
        match kind:
            case "bold":
                return Text(self.marked(said).plain, style="bold")
            case "link":
                return Text(self.marked(said).plain, style="blue underline")
            case "who":
                return Text(f"@{self.name(int(said))}", style="blue")
            case "place":
                there = self._world.channels.get(int(said))
                return Text(f"#{there.name if there else 'unknown'}", style="blue")
            case "at":
                return Text(moment(int(said), day=found["how"] in "dD"))
        return Text(said)

    def name(self, number: int) -> str:
        """Return what somebody is called."""
        there = self._world.users.get(number)
        return there.name if there else "unknown"


def _controls(items: list[Json]) -> Iterator[Text]:
    buttons = [f"[{one['label']}]" for one in items if one["type"] == components.BUTTON]
    if buttons:
        yield Text("  ".join(buttons), style="cyan")
    for one in items:
        if one["type"] == components.LIST:
            choices = " | ".join(option["label"] for option in one["options"])
            yield Text(f"[{one.get('placeholder') or 'Choose'} ▾ {choices}]", style="cyan")


def _file(media: Json) -> str:
    return str(media["url"]).rpartition("/")[2]


def moment(second: int, *, day: bool) -> str:
    """Return a moment as people read it here."""
    moment = dt.datetime.fromtimestamp(second, dt.UTC)
    return f"{moment.day} {moment:%B %Y}" if day else f"{moment.day} {moment:%B %Y %H:%M} UTC"


def labels(shown: Message) -> Iterator[tuple[str, str, str]]:
    """Yield what can be pressed in a message: what is written on it, its id, and the value it chooses in a list."""
    for one in walked(shown.components):
        if one["type"] == components.BUTTON and "custom_id" in one and not one.get("disabled"):
            yield str(one["label"]), str(one["custom_id"]), ""
        elif one["type"] in _PICKED and "custom_id" in one:
            for option in one["options"]:
                yield str(option["label"]), str(one["custom_id"]), str(option["value"])


def fields(form: Json) -> list[tuple[str, Any]]:
    """Return the fields of a form: what is written above each, and what it takes."""
    return [(str(one.get("label") or ""), one["component"]) for one in form["components"] if "component" in one]
