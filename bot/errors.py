"""The errors a person reads: one root, one clear sentence each, and the exit code it means."""

from __future__ import annotations


class CairnError(Exception):
    """Something went wrong that can be said in one sentence."""

    exit_code = 2


class InputError(CairnError):
    """What was given is wrong: a file, an argument, a rule. The sentence says what, where, and what was expected."""

    exit_code = 1


class ConfigError(InputError):
    """A setting is wrong or missing."""


class MachineError(CairnError):
    """The machine failed: no space, no permission, a locked or newer database."""

    exit_code = 2
