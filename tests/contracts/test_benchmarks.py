"""The benchmark of a part still measures that part: it says itself where its two sides do not do the same."""

from __future__ import annotations

from benchmarks.cases import wire_discord
from benchmarks.measuring import Size


def test_wire_is_measured_at_its_small_size() -> None:
    figures = list(wire_discord.run(Size(quick=True)))
    assert figures
    for figure in figures:  # which goal is reached says more about the machine than about the code
        assert figure.ours > 0, figure
