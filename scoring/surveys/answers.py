"""Answers as columns, a row per respondent: what was answered, declined ("prefer not to say") or never reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from scoring.columns import Bools, Ints

Floats = npt.NDArray[np.float64]


class State(IntEnum):
    """What became of a question at one respondent."""

    NOT_REACHED = 0
    DECLINED = 1
    ANSWERED = 2


@dataclass(frozen=True, slots=True)
class Coded:
    """One code per respondent: one choice (codes from 0), agreement (1 to 5), recommendation (0 to 10), an attribute.

    `codes` are all that could be chosen, in their order; where the state is not ANSWERED, `code` means nothing.
    """

    state: Ints
    code: Ints
    codes: tuple[int, ...]

    @property
    def given(self) -> Ints:
        """The codes of those who answered."""
        return np.asarray(self.code[self.state == State.ANSWERED])

    def where(self, rows: Bools | Ints) -> Coded:
        """Return the same of some respondents only."""
        return Coded(self.state[rows], self.code[rows], self.codes)


@dataclass(frozen=True, slots=True)
class Several:
    """Several choices: `chosen[i, k]` is whether respondent i chose k. Whoever answered may have chosen none."""

    state: Ints
    chosen: Bools

    @property
    def given(self) -> Bools:
        """The choices of those who answered."""
        return np.asarray(self.chosen[self.state == State.ANSWERED])

    def where(self, rows: Bools | Ints) -> Several:
        """Return the same of some respondents only."""
        return Several(self.state[rows], self.chosen[rows])


@dataclass(frozen=True, slots=True)
class Measured:
    """A number per respondent; days are day numbers."""

    state: Ints
    value: Floats

    @property
    def given(self) -> Floats:
        """The numbers of those who answered."""
        return np.asarray(self.value[self.state == State.ANSWERED])

    def where(self, rows: Bools | Ints) -> Measured:
        """Return the same of some respondents only."""
        return Measured(self.state[rows], self.value[rows])


@dataclass(frozen=True, slots=True)
class Written:
    """Whether something was written. The words are no figure and never come here."""

    state: Ints

    def where(self, rows: Bools | Ints) -> Written:
        """Return the same of some respondents only."""
        return Written(self.state[rows])


@dataclass(frozen=True, slots=True)
class Named:
    """People who were named: row `n` says that `respondent[n]` named `person[n]`, with `ties[n]` (0 to 3 each).

    A person is a number, `SOMEONE_ELSE` for whoever has no page. Ties are collaborate, advice, speak: 0 never,
    1 rarely, 2 sometimes, 3 often.
    """

    state: Ints
    respondent: Ints
    person: Ints
    ties: Ints


SOMEONE_ELSE = 0
"""The number of everybody who cannot be named."""

Column = Coded | Several | Measured | Written | Named


def coded(codes: Sequence[int], given: Sequence[int | None], reached: Sequence[bool] | None = None) -> Coded:
    """Return a column of codes; None is "prefer not to say". Whom `reached` leaves out was never asked."""
    state = states([one is not None for one in given], reached)
    return Coded(state, np.array([one or 0 for one in given], np.int64), tuple(codes))


def states(answered: Sequence[bool], reached: Sequence[bool] | None = None) -> Ints:
    """Return the states of respondents by whether they answered, and whether the question was put to them."""
    found = np.where(np.asarray(answered, np.bool_), State.ANSWERED, State.DECLINED)
    if reached is not None:
        found = np.where(np.asarray(reached, np.bool_), found, State.NOT_REACHED)
    return found.astype(np.int64)
