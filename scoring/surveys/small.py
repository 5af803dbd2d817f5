"""Small groups in one table: no figure from fewer than five people, and none that gives such a figure away.

Nought is hidden like one to four ("nobody here said yes" tells of everybody there), and what the shown cells leave over
is spread over two hidden cells or more, and is five or more itself. Where that cannot be, all of the line is hidden:
so is a line in which all answered alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.columns import Bools, Ints

SMALLEST = 5
"""The smallest number of people of whom a figure may be shown."""
LOWEST = 3
"""What a community can lower it to, with a reason that is put down."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The smallest number of people that may be shown; fewer than five only with a reason, never fewer than three."""

    people: int = SMALLEST
    reason: str = ""

    def __post_init__(self) -> None:
        if self.people < LOWEST:
            raise ValueError(f"figures of fewer than {LOWEST} people are never shown")
        if self.people < SMALLEST and not self.reason.strip():
            raise ValueError(f"a floor below {SMALLEST} needs its reason")


FIVE = Floor()
"""The floor that holds where nothing else was decided."""


def hidden(cells: Ints, floor: Floor = FIVE) -> Bools:
    """Return which cells of a line must be hidden; each person is in one of its cells, and their sum is known."""
    hide = np.array(cells < floor.people)
    _cover(hide, cells, floor)
    return hide


def hidden_choices(chosen: Ints, people: int, floor: Floor = FIVE) -> Bools:
    """Return which of several choices must be hidden, of so many people who each could choose several of them."""
    return np.asarray((chosen < floor.people) | (people - chosen < floor.people))


def hidden_table(table: Ints, floor: Floor = FIVE) -> Bools:
    """Return which cells of a table must be hidden: a line per segment, and each person in one cell of one line.

    The sums of lines and of columns are known. A line of fewer than five people, nobody's too, is hidden whole.
    """
    hide = np.array([hidden(line, floor) for line in table], np.bool_).reshape(table.shape)
    changed = True
    while changed:
        before = hide.copy()
        for n in range(table.shape[1]):
            _cover(hide[:, n], table[:, n], floor)
        for n in range(table.shape[0]):
            _cover(hide[n], table[n], floor)
        changed = bool((hide != before).any())
    return hide


def _cover(hide: Bools, cells: Ints, floor: Floor) -> None:
    """Hide the next smallest cells until what is hidden of a line covers for itself; `hide` is changed."""
    while hide.any() and not hide.all() and not _covered(cells[hide], floor):
        shown = np.flatnonzero(~hide)
        hide[shown[np.argmin(cells[shown])]] = True


def _covered(cells: Ints, floor: Floor) -> bool:
    return len(cells) > 1 and int(cells.sum()) >= floor.people
