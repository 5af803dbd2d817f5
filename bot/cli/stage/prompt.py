"""A prompt at which one types what a member does on a made-up platform, and sees what Cairn says to them."""

from __future__ import annotations

import asyncio
import codecs
import os
import threading
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from bot.cli.stage.forms import Question
from bot.cli.stage.places import Conversation
from bot.errors import CairnError, InputError

_VERBS = {
    "Discord": (
        ("/cairn me", "a command; options as in Discord: /cairn thank person:@{other}"),
        ("click What is kept?", "press a button, or choose from a list, by what is on it"),
        ("says hello @{other}", "write in #{channel}"),
        ("reacts 🙏", "react to what somebody else wrote last"),
        ("on slack", "be in Slack, which stands beside this"),
    ),
    "Slack": (
        ("/cairn me", "a command; a line of text as in Slack: /cairn thank @{other}"),
        ("home", "open Cairn's Home tab"),
        ("click What is kept", "press a button, or choose from a list, by what is on it"),
        ("says hello @{other}", "write in #{channel}"),
        ("reacts 🙏", "react to what somebody else wrote last"),
        ("on discord", "be in Discord again"),
    ),
}
_ALWAYS = (
    ("as {other}", "be somebody else"),
    ("people", "see who is there"),
    ("help /cairn thank", "see the options of a command"),
    ("quit", "end this, as Ctrl-D does"),
)
_MOST_WIDTH = 32
_CLOSE = "cancel"
_CHUNK = 65_536


class Lines:
    """Lines from a terminal, a pipe or a file; read beside the loop, since not all of these can be waited for in it."""

    def __init__(self, source: int = 0) -> None:
        """Begin to read from a file by its number."""
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Queue[str | None] = asyncio.Queue()
        self._source = source
        self._ended = False
        # A daemon: whoever ends the demo while nothing is typed is not to be held up by it.
        threading.Thread(target=self._read, daemon=True, name="lines").start()

    async def next(self) -> str | None:
        """Return the next line, None at the end."""
        if self._ended:
            return None
        line = await self._waiting.get()
        self._ended = line is None
        return line

    def _read(self) -> None:
        decoder, rest = codecs.getincrementaldecoder("utf-8")("replace"), ""
        while chunk := self._chunk():
            *lines, rest = (rest + decoder.decode(chunk)).split("\n")
            for line in lines:
                self._give(line)
        if rest:
            self._give(rest)
        self._give(None)

    def _chunk(self) -> bytes:
        try:
            return os.read(self._source, _CHUNK)
        except OSError:
            return b""

    def _give(self, line: str | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._waiting.put_nowait, line)


class Prompt:
    """Reads and does, until there is no more to read. `echoes`: what is read is printed, as a terminal does itself."""

    def __init__(self, places: Sequence[Conversation], lines: Lines, console: Console, *, echoes: bool) -> None:
        """Take where people talk (the first is where it begins), what is typed, and where to ask for it."""
        self._places = places
        self._talk = places[0]
        self._lines = lines
        self._console = console
        self._echoes = echoes

    async def run(self, name: str) -> None:
        """Begin as somebody, and go on until the end or `quit`."""
        who = self._talk.called(name)
        while (line := await self._line(f"as {who}{self._away}> ", "\n")) is not None:
            if line.strip() in ("quit", "exit"):
                return
            try:
                who = await self._does(who, line.strip())
            except CairnError as error:
                self._console.print(Text(str(error), style="yellow"), soft_wrap=True)

    @property
    def _away(self) -> str:
        return "" if self._talk is self._places[0] else f" on {self._talk.platform}"

    async def _does(self, who: str, line: str) -> str:
        """Do what a line says; returns who is to type the next one."""
        verb, _, rest = line.partition(" ")
        match verb:
            case "":
                pass
            case "as" if rest:
                return self._talk.called(rest.strip())
            case "as":
                raise InputError("as whom? people lists who is there")
            case "on":
                return self._goes(who, rest.strip())
            case "people":
                self._columns(self._talk.everybody())
            case "help":
                self._help(who, rest.strip())
            case _:
                await self._talk.does(who, line, self._ask)
        return who

    def _goes(self, who: str, wanted: str) -> str:
        """Go on on another platform, as the same person where they are there; returns who types the next line."""
        found = next((one for one in self._places if one.platform.casefold() == wanted.casefold()), None)
        if found is None:
            raise InputError(f"on which one? there are {', '.join(one.platform for one in self._places)}")
        names = [name for name, _ in found.everybody()]
        self._talk = found
        return who if who in names else names[0]

    async def _line(self, prompt: str, before: str = "") -> str | None:
        self._console.print(Text(before + prompt, style="bold"), end="", soft_wrap=True)
        self._console.file.flush()
        line = await self._lines.next()
        if self._echoes or line is None:
            self._show(line or "")
        return line

    async def _ask(self, question: Question) -> str | None:
        """Ask for a field of a form."""
        choices = f" ({', '.join(question.choices)})" if question.choices else ""
        there = f" [{question.value}]" if question.value else ""
        answer = await self._line(f"  │ {question.label}{choices}{there}: ")
        return None if answer is None or answer.strip() == _CLOSE else answer

    def _help(self, who: str, path: str) -> None:
        known = self._talk.offered()
        if path:
            if path not in known:
                raise InputError(f"there is no command {path}; help lists all there are")
            self._show(f"  {path}: {known[path].about}", *(f"    {one}" for one in known[path].options))
            return
        other = next((one for one, _ in self._talk.everybody() if one != who), who)
        words = {"other": other, "channel": self._talk.where}
        verbs = _VERBS[self._talk.platform]
        self._columns([(verb.format(**words), about.format(**words)) for verb, about in (*verbs, *_ALWAYS)])
        self._show("")
        self._columns([(name, one.about) for name, one in known.items()])

    def _columns(self, rows: list[tuple[str, str]]) -> None:
        """Print two columns; what is too long for the terminal is cut."""
        width = min(max(len(name) for name, _ in rows), _MOST_WIDTH)
        for name, about in rows:
            line = Text(f"  {name:<{width}}  {about}")
            line.truncate(max(self._console.width, 2 * width), overflow="ellipsis")
            self._console.print(line, soft_wrap=True)

    def _show(self, *lines: str) -> None:
        for line in lines:
            self._console.print(Text(line), soft_wrap=True)
