"""The benchmarks of parts still measure those parts: each says itself where its two sides do not do the same."""

from __future__ import annotations

import importlib

import pytest

from benchmarks.measuring import Size


@pytest.mark.parametrize("name", ["wire_discord"])
def test_benchmark_measures_at_its_small_size(name: str) -> None:
    case = importlib.import_module(f"benchmarks.cases.{name}")
    figures = list(case.run(Size(quick=True)))
    assert figures
    for figure in figures:  # which goal is reached says more about the machine than about the code
        assert figure.ours > 0, figure
