"""Reading a JSON array by windows gives what reading it whole gives, and a broken element costs only itself."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ports import InputError
from integrations.archives import json_stream
from integrations.archives.container import Container
from integrations.archives.json_stream import Window, elements, records

TEXTS = st.text() | st.sampled_from(['},{"', '"]', "\\", '\\"', "},\n  {"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=4)
BROKEN = st.sampled_from(
    [
        '{"a": NaN}',
        '{"a": "\\ud800"}',
        '{"a": ' + "9" * 6000 + "}",
        '{"a": ' + "[" * 10_000 + "]" * 10_000 + "}",
        '{"a": 1]',
        '{"a" 1}',
        "-Infinity",
        "tru",
    ]
)


def windowed(text: str, size: int) -> Iterator[Any]:
    data = text.encode()
    window = Window((data[at : at + size] for at in range(0, len(data), size)), "x.json")
    assert window.skip(b"[")
    return elements(window)


@given(st.lists(OBJECTS, max_size=12), st.sampled_from([None, 0, 2]), st.integers(4, 60), st.booleans())
def test_windows_of_any_size_give_the_whole_list(
    values: list[object], indent: int | None, size: int, ascii_only: bool
) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=ascii_only)
    assert list(windowed(text, size)) == values


@given(st.lists(OBJECTS.map(json.dumps) | BROKEN, max_size=8), st.integers(1000, 40_000))
def test_broken_element_costs_only_itself(pieces: list[str], size: int) -> None:
    def kept(piece: str) -> object:
        return json_stream.loads(piece.encode())

    assert list(windowed(f"[{', '.join(pieces)}]", size)) == [kept(piece) for piece in pieces]


@given(st.lists(OBJECTS, min_size=1, max_size=6), st.data())
def test_list_that_was_cut_off_is_an_error_wherever_it_was_cut(values: list[object], data: st.DataObject) -> None:
    text = json.dumps(values)
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    with pytest.raises(InputError, match="cut off"):
        list(windowed(cut, 16))


@pytest.mark.parametrize("whole_up_to", [json_stream.WHOLE, 0])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "expected a list"),
        (b'{"a": 1}', "expected a list"),
        (b"<html></html>", "expected a list"),
        (b"\0\1\2", "expected a list"),
        (b"[1, 2", "cut off"),
        (b'[{"a": "', "cut off"),
        (b"[" * 10_000, "cut off"),
        (b"[1, 2}", "do not match"),
        (b"[1, 2] [3]", "follows the end"),
    ],
)
def test_file_that_is_no_list_is_an_error(tmp_path: Path, content: bytes, said: str, whole_up_to: int) -> None:
    with pytest.raises(InputError, match=said):
        read(tmp_path, content, whole_up_to)


@pytest.mark.parametrize("content", [b'\xef\xbb\xbf [{"a": 1}] \n', b'[{"a": 1}]'])
def test_byte_order_mark_and_white_space_are_stepped_over(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content) == [{"a": 1}]


def test_large_file_is_read_with_little_memory(tmp_path: Path) -> None:
    one = json.dumps([{"ts": "1", "text": "x" * 900, "more": list(range(30))}], indent=4)[1:-1]
    path = tmp_path / "large.json"
    path.write_text("[" + ",".join([one] * 20_000) + "]")
    assert path.stat().st_size > 5 * json_stream.WHOLE
    box = Container(path)
    tracemalloc.start()
    count = sum(1 for _ in records(box, box.entries[0]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    box.close()
    assert count == 20_000
    assert peak < 24 * 1024 * 1024


def test_element_that_would_fill_the_memory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="an entry of more than 16 MB"):
        read(tmp_path, b'["' + b"x" * (26 << 20) + b'"]')


def read(folder: Path, content: bytes, whole_up_to: int = json_stream.WHOLE) -> list[Any]:
    (folder / "a.json").write_bytes(content)
    box = Container(folder / "a.json")
    try:
        return list(records(box, box.entries[0], whole_up_to))
    finally:
        box.close()
