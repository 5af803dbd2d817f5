"""Whatever stands in a rules file: a Mountain or an InputError, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputError
from bot.rules import explain, parse_rules, read_rules
from bot.rules.document import decoded
from tests.bot.rules.small_rules import SMALL

DEFAULT = (Path(__file__).parents[3] / "mountain.yaml").read_text("utf-8")
PIECES = [
    "&a ",
    "*a",
    "!t ",
    "---\n",
    "...",
    "%YAML 1.1\n",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "|\n",
    ">",
    "'",
    '"',
    "\t",
    "#",
]
PIECES += [
    "? ",
    "<<: ",
    "~",
    "null",
    "true",
    ".nan",
    "-1",
    "1e99",
    "\n",
    "  ",
    "\\",
    "\u2028",
    "\x85",
    "\ufeff",
    "@",
    "`",
    "%",
]
FIELDS = st.sampled_from(["name", "bands", "engagements", "when", "kind", "points", "curve", "steps", "groups", "from"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS | st.text(max_size=5), inner, max_size=5),
)


def read(text: str) -> None:
    """Read and explain, or be told what is wrong."""
    assert all(line.startswith("m.yaml:") for line in said(text))


def said(text: str) -> list[str]:
    try:
        explain(parse_rules(text, "m.yaml"))
    except InputError as error:
        return str(error).splitlines() or ["an error that says nothing"]
    return []


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    read(text)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join))
def test_any_heap_of_yaml_is_read_or_refused(text: str) -> None:
    read(text)


@given(st.binary())
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        text = decoded(raw, "m.yaml")
    except InputError:
        return
    read(text)


@given(st.sampled_from([SMALL, DEFAULT]), st.data())
def test_any_changed_place_is_read_or_refused(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(st.sampled_from(PIECES) | st.text(max_size=5)) + text[at + gone :]
    read(text)


@given(st.dictionaries(FIELDS, VALUES, max_size=6))
def test_any_value_in_any_field_is_read_or_refused(tree: dict[str, object]) -> None:
    # A flow of YAML is what Python shows of such values, nearly; what is not is the other tests' business.
    read(repr(tree))


@pytest.mark.parametrize("name", ["/dev/null", "/dev/zero"])
def test_device_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: "):
        read_rules(Path(name))
