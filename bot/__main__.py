"""Where it begins: runs the command line, and turns every error a person can cause into one sentence."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable

from cyclopts import CycloptsError

from bot.cli.app import build
from bot.errors import CairnError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


def main() -> None:
    """Run `cairn` with the process's arguments and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # whatever names hold, and whatever the terminal can show
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command; returns the exit code: 0 done, 1 the input is wrong, 2 something failed."""
    try:
        return attempt(lambda: command(arguments))
    except KeyboardInterrupt:
        return _say("stopped; the same command goes on where it was", INTERRUPTED)


def command(arguments: list[str]) -> object:
    """Run a command as it is; returns what it returns."""
    result: object = build()(arguments, exit_on_error=False, print_error=False)
    return result


def attempt(do: Callable[[], object]) -> int:
    """Do something and tell in one sentence what stands in its way; returns the exit code."""
    try:
        result = do()
        sys.stdout.flush()
    except CycloptsError as error:
        return _say(" ".join(str(error).split()), 1)
    except CairnError as error:
        return _say(str(error), error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell, nor anything to write when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _say(f"{error.filename}: {reason}" if error.filename else f"the output cannot be written: {reason}", 2)
    return result if isinstance(result, int) else 0


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"cairn: {sentence}\n")
    return code


if __name__ == "__main__":
    main()
