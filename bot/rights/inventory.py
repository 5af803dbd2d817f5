"""What Cairn keeps: every stored field with its purpose, its class and how long it stays, read from `inventory.yaml`.

Exports and erasures go by it, so a field that is not listed cannot be forgotten by them: a test compares it with the
schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML


class Sort(StrEnum):
    """What a field is of people."""

    ACCOUNT = "account"
    """The number of an account whose row it is: the row goes with them."""
    MEMBER = "member"
    """The number of a member whose row it is: the row goes with them."""
    OF_MEMBER = "of member"
    """The number of a member whom the row is about: the row stays without them."""
    BY_MEMBER = "by member"
    """The number of a member who did it: the row stays without them."""
    OTHER_ACCOUNT = "other account"
    """The number of an account that an act of somebody else names."""
    PSEUDONYM = "pseudonym"
    """Stands for an identity; without the key file nobody can tell whose it is."""
    PASSING = "passing pseudonym"
    """The same for a passing purpose; it matches with no other one."""
    IDENTITY = "identity"
    """The platform's id of a person, encrypted."""
    DECLARED = "declared"
    """What people said of themselves or chose."""
    WORDS = "words"
    """What the team or Cairn wrote, never what members wrote."""
    RECORD = "record"
    """What was done, in the audit log."""
    REFERENCE = "reference"
    """The platform's id of a message or other object."""
    NUMBER = "number"
    """A number of the store's own."""
    TIME = "time"
    """When."""
    FACT = "fact"
    """Anything else; nothing of people by itself."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A table: what it is for, how long its rows are kept, and what each of its fields is."""

    purpose: str
    kept: str
    fields: Mapping[str, Sort]

    def of(self, *sorts: Sort) -> list[str]:
        """Return its fields of some sorts."""
        return [name for name, sort in self.fields.items() if sort in sorts]

    @property
    def personal(self) -> bool:
        """Whether it names or describes people."""
        return bool(self.of(*_PERSONAL))


_PERSONAL = (
    Sort.ACCOUNT, Sort.MEMBER, Sort.OF_MEMBER, Sort.BY_MEMBER, Sort.OTHER_ACCOUNT, Sort.PSEUDONYM, Sort.PASSING,
    Sort.IDENTITY, Sort.DECLARED,
)  # fmt: skip


@cache
def inventory() -> Mapping[str, Listed]:
    """Return all tables by name."""
    tree = YAML(typ="safe").load(files("bot.rights").joinpath("inventory.yaml").read_text(encoding="utf-8"))
    return {name: _listed(one) for name, one in tree.items()}


def _listed(one: Mapping[str, object]) -> Listed:
    fields: dict[str, Sort] = {}
    groups = one["fields"]
    if isinstance(groups, Mapping):
        for sort, names in groups.items():
            fields.update(dict.fromkeys(names, Sort(sort)))
    return Listed(str(one["purpose"]), str(one["kept"]), fields)
