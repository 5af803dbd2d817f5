"""What is shown while Cairn listens: a picture that moves on a terminal, and plain lines elsewhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import zip_longest

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bot.cli.stage.news import NOTHING, Place, news
from bot.reports.wording import NOT_KNOWN, english
from bot.storage.standing import Standing
from scoring.signals import Kind, day_of

_NEWS = 6
_CHAT = {Kind.MESSAGE, Kind.REPLY, Kind.MENTION, Kind.REACTION}


class Picture:
    """Draws on a terminal how communities stand, and lets the picture move; use as a context manager."""

    def __init__(self, console: Console) -> None:
        """Take the terminal to draw on."""
        self._live = Live(console=console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
        self._news: deque[str] = deque(maxlen=_NEWS)
        self._before: dict[str, Standing] = {}

    def __enter__(self) -> Picture:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the last picture there."""
        self._live.stop()

    def show(self, moment: int, places: Sequence[Place], *, last: bool) -> None:
        """Draw how it stands at a moment of the story; `last` says that nothing will move any more."""
        for place in places:
            before = self._before.get(place.name, NOTHING)
            self._before[place.name] = place.standing
            told = news(before, place.standing, place.mountain)
            self._news.extend(f"{_day(moment)}  {place.name}: {sentence}" for sentence in told)
        lines = [Text(line, style="dim", no_wrap=True, overflow="ellipsis") for line in self._news]
        lines += [Text("")] * (_NEWS - len(lines))
        whole = standing(moment, places)
        self._live.update(whole if last else Group(whole, "", *lines), refresh=True)


class Lines:
    """Writes what is new in each community when a month is over, and the picture at the end."""

    def __init__(self, console: Console) -> None:
        """Take where to write."""
        self._console = console
        self._month = ""
        self._before: dict[str, Standing] = {}

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left open."""

    def show(self, moment: int, places: Sequence[Place], *, last: bool) -> None:
        """Write what is due; see `Picture.show`."""
        month = _day(moment)[:7]
        if month != self._month or last:
            self._month = month
            for place in places:
                self._write(_day(moment), place)
        if last:
            self._console.print(standing(moment, places))

    def _write(self, day: str, place: Place) -> None:
        before = self._before.get(place.name, NOTHING)
        self._before[place.name] = place.standing
        found = ", ".join(news(before, place.standing, place.mountain)) or "as before"
        if place.standing.kinds:
            self._console.print(f"{day}  {place.name}: {found}", soft_wrap=True)


def standing(moment: int, places: Sequence[Place]) -> RenderableType:
    """Return the picture: beside each other what arrived, and how many members are in each band."""
    names = [place.name for place in places]
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("stored so far", min_width=14)
    for name in names:
        table.add_column(name, justify="right")
    table.add_column("  members in", min_width=17)
    for name in names:
        table.add_column(name, justify="right")
    for left, right in zip_longest(_kinds(places), _bands(places), fillvalue=[""] * (len(places) + 1)):
        table.add_row(*left, "  " + right[0], *right[1:])
    return Group(Text(f"\nIn the made-up Discord it is {_day(moment)}.\n", style="bold"), table)


def _kinds(places: Sequence[Place]) -> list[list[str]]:
    seen = {kind for place in places for kind in place.standing.kinds} | _CHAT
    return [
        [english().kind(kind, 2), *(_figure(place.standing.kinds.get(kind, 0)) for place in places)]
        for kind in Kind
        if kind in seen
    ]


def _bands(places: Sequence[Place]) -> list[list[str]]:
    bands = [band.name for band in places[0].mountain.bands] if places else []
    return [
        [name, *(_figure(place.standing.bands.get(number, 0)) for place in places)]
        for number, name in reversed(list(enumerate(bands)))
    ]


def _figure(n: int) -> str:
    return english().number(n) if n else NOT_KNOWN


def _day(moment: int) -> str:
    return english().day(day_of(moment))
