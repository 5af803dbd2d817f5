"""Runs benchmarks and prints both sides of each: `python -m benchmarks [--quick] [--list] [NAME ...]`."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import time

from benchmarks import cases
from benchmarks.measuring import Figure, Size


def names() -> list[str]:
    """Return the benchmarks there are: the modules of `benchmarks.cases`."""
    return sorted(module.name for module in pkgutil.iter_modules(cases.__path__))


def shown(figure: Figure) -> str:
    """Return a figure as a line."""
    what = f"{figure.name:<44}"
    goal = f"goal {figure.goal:g}" + ("" if figure.other is not None else f" {figure.unit}")
    verdict = "reached" if figure.good else "MISSED"
    if figure.other is None:
        sides = f"{figure.ours:.3g} {figure.unit}"
    else:
        sides = f"{figure.reached:5.2f}   {figure.ours:.3g} {figure.unit} against {figure.other:.3g} {figure.unit}"
    return f"{what} {sides:<42} {goal}: {verdict}" + (f"  ({figure.note})" if figure.note else "")


def main() -> int:
    """Run what was asked for; returns 1 where a goal was missed by more than 15 %."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks to run; all of them if left out")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, for a first look")
    parser.add_argument("--list", action="store_true", help="only say which benchmarks there are")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(names())
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are: {', '.join(names())}")
    missed = False
    for name in names():
        if asked.names and name not in asked.names:
            continue
        case = importlib.import_module(f"{cases.__name__}.{name}")
        print(f"\n{name}: {(case.__doc__ or '').strip().splitlines()[0]}", flush=True)
        if asked.list:
            continue
        begin = time.perf_counter()
        for figure in case.run(Size(asked.quick)):
            print(f"  {shown(figure)}", flush=True)
            missed = missed or figure.reached > 1.15 * figure.goal
        print(f"  {time.perf_counter() - begin:.0f} s in all", flush=True)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
