"""Bars and tables, drawn with letters of one width in a block of code."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.letters import calling_nobody, columns, line, padded, units
from bot.chat.speech import Bar, Bars, Table

WIDEST = 72
"""Columns of a table that fit on a screen."""
_BAR = 10
_LONGEST_LABEL, _LONGEST_NOTE = 24, 40
_NARROWEST = 4
_FENCE = "```"
_FRAME = 2 * units(_FENCE) + 2


def block(lines: Sequence[str], room: int) -> tuple[str, bool]:
    """Return lines as a block of code of at most so many units, and whether all of them fit."""
    kept: list[str] = []
    left = room - _FRAME
    for one in lines:
        left -= units(one) + 1
        if left < 0:
            break
        kept.append(one)
    return (f"{_FENCE}\n" + "\n".join(kept) + f"\n{_FENCE}" if kept else "", len(kept) == len(lines))


def bars(of: Bars) -> list[str]:
    """Return the lines of bars."""
    labels = [_cell(one.label) for one in of.rows]
    width = min(max(map(columns, labels), default=0), _LONGEST_LABEL)
    drawn = zip(labels, of.rows, strict=True)
    return [f"{padded(label, width)}  {bar(one)}  {_note(one)}".rstrip() for label, one in drawn]


def bar(of: Bar) -> str:
    """Return one bar: full only at the whole, empty only at nothing; hatched where there may be more."""
    way = of.value / of.whole if of.whole > 0 else float(of.value > 0)
    full = int(_BAR * min(max(way, 0.0), 1.0)) if way == way else 0  # a figure that is none draws nothing
    full = max(full, 1) if way > 0 else full
    return ("▒" if of.partial else "█") * full + "░" * (_BAR - full)


def table(of: Table, widest: int = WIDEST) -> tuple[list[str], bool]:
    """Return the lines of a table, and whether every cell is whole."""
    rows = [[_cell(one) for one in row] for row in (of.head, *of.rows)]
    count = max(map(len, rows))
    rows = [row + [""] * (count - len(row)) for row in rows]
    wanted = [max(columns(row[n]) for row in rows) for n in range(count)]
    widths = _narrowed(wanted, widest - 2 * (count - 1))
    lines = [
        "  ".join(padded(cell, widths[n], right=n in of.numbers) for n, cell in enumerate(row)).rstrip() for row in rows
    ]
    if any(of.head):
        lines.insert(1, "  ".join("─" * width for width in widths))
    else:
        lines = lines[1:]
    return lines, widths == wanted


def _narrowed(wanted: list[int], room: int) -> list[int]:
    """Return widths that fit, taken from the widest columns; very many columns stay as narrow as can be read."""
    widths = list(wanted)
    while sum(widths) > room and max(widths) > _NARROWEST:
        widest = max(range(len(widths)), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def _cell(text: str) -> str:
    """Return a text for a block of code, which it must not end."""
    return calling_nobody(line(text)).replace("`", "ˋ") if text.strip() else ""


def _note(of: Bar) -> str:
    note = _cell(of.note)
    return padded(note, _LONGEST_NOTE).rstrip() if columns(note) > _LONGEST_NOTE else note
