"""The errors a person reads: one root, one clear sentence each, and the exit code it means."""

from __future__ import annotations


class CairnError(Exception):
    """Something went wrong that can be said in one sentence."""

    exit_code = 2


class InputError(CairnError):
    """What was given is wrong: a file, an argument, a rule. The sentence says what, where, and what was expected.

    What can happen in chat, too, names its fault and the values that belong to it: its sentence stands in the language
    files, under `fault`, for whoever reads another language.
    """

    exit_code = 1

    def __init__(self, sentence: str = "", fault: str = "", **values: str | int) -> None:
        """Take the sentence in English, and what it is called in the language files."""
        super().__init__(sentence)
        self.fault = fault
        self.values = values


class WrongError(InputError):
    """What somebody gave in chat is wrong; `field` is the field of the form, or the option, in which it stands."""

    def __init__(self, sentence: str, field: str) -> None:
        """Take the sentence in the language of who gave it, and where it stood."""
        super().__init__(sentence)
        self.field = field


class ConfigError(InputError):
    """A setting is wrong or missing."""


class MachineError(CairnError):
    """The machine failed: no space, no permission, a locked or newer database."""

    exit_code = 2
