"""A prompt at which one types what a member of the made-up Discord does, and sees what Cairn says to them."""

from __future__ import annotations

import asyncio
import codecs
import os
import threading

from rich.console import Console
from rich.text import Text

from bot.cli.stage.forms import Question
from bot.cli.stage.talk import Talk
from bot.errors import CairnError, InputError
from integrations.sandbox.discord.people import Person

_VERBS = (
    ("/cairn me", "a command; options as in Discord: /cairn thank person:@{other}"),
    ("click What is kept?", "press a button, or choose from a list, by what is on it"),
    ("says hello @{other}", "write in #{channel}"),
    ("reacts 🙏", "react to what somebody else wrote last"),
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

    def __init__(self, talk: Talk, lines: Lines, console: Console, *, echoes: bool) -> None:
        """Take where people talk, what is typed, and where to ask for it."""
        self._talk = talk
        self._lines = lines
        self._console = console
        self._echoes = echoes

    async def run(self, name: str) -> None:
        """Begin as somebody, and go on until the end or `quit`."""
        who = self._talk.person(name)
        while (line := await self._line(f"as {who.user.name}> ", "\n")) is not None:
            if line.strip() in ("quit", "exit"):
                return
            try:
                who = await self._does(who, line.strip())
            except CairnError as error:
                self._console.print(Text(str(error), style="yellow"), soft_wrap=True)

    async def _does(self, who: Person, line: str) -> Person:
        """Do what a line says; returns who is to type the next one."""
        verb, _, rest = line.partition(" ")
        match verb:
            case "":
                pass
            case "as" if rest:
                return self._talk.person(rest.strip())
            case "as":
                raise InputError("as whom? people lists who is there")
            case "people":
                self._columns([(one.user.name, ", ".join(self._talk.roles(one))) for one in self._talk.people()])
            case "help":
                self._help(who, rest.strip())
            case _:
                await self._talk.does(who, line, self._ask)
        return who

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

    def _help(self, who: Person, path: str) -> None:
        known = self._talk.commands()
        if path:
            if path not in known:
                raise InputError(f"there is no command {path}; help lists all there are")
            self._show(f"  {path}: {known[path]['description']}")
            for one in known[path].get("options") or ():
                wanted = "" if one.get("required") else " (can be left out)"
                self._show(f"    {one['name']}: {one['description']}{wanted}")
            return
        other = next((one.user.name for one in self._talk.people() if one.id != who.id), who.user.name)
        words = {"other": other, "channel": self._talk.channel.name}
        self._columns([(verb.format(**words), about.format(**words)) for verb, about in _VERBS])
        self._show("")
        self._columns([(name, str(one["description"])) for name, one in known.items()])

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
