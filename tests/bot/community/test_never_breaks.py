"""Whatever stands in a community file: settings or an InputError, nothing else; and what is read survives storing."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.community import as_tree
from bot.community.trees import stored
from bot.errors import InputError
from tests.bot.community.files import WHOLE, parsed

FIELDS = st.sampled_from(
    ["name", "zone", "language", "consent", "digest", "weekday", "hour", "spaces", "platform", "id", "channels", "in",
     "out", "private", "roles", "managers", "excluded_people", "thanks", "stays", "backfill",
     "chapters", "cohorts", "role", "programme", "cohort", "as"]
)  # fmt: skip
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(["chat", "team", "T1", "1"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS | st.text(max_size=5), inner, max_size=5),
)


def said(text: str) -> list[str]:
    """Return the complaints about a text; what is read without any must survive storing."""
    try:
        file = parsed(text)
    except InputError as error:
        return str(error).splitlines()
    again = stored(json.loads(json.dumps(as_tree(file))))
    assert again == file
    assert [again.settings(one) for one in again.spaces] == [file.settings(one) for one in file.spaces]
    return []


@given(st.dictionaries(FIELDS, VALUES, max_size=6) | st.builds(lambda one: {"name": "A", "spaces": [one]}, VALUES))
def test_any_tree_is_read_or_refused(tree: dict[str, Any]) -> None:
    assert all(line.startswith("community.yaml:") for line in said(json.dumps(tree, ensure_ascii=False)))


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 30), st.text(max_size=8))
def test_whole_file_with_something_else_in_it_is_read_or_refused(at: int, gone: int, instead: str) -> None:
    text = WHOLE[:at] + instead + WHOLE[at + gone :]
    assert all(line.startswith("community.yaml:") for line in said(text))


@given(
    st.fixed_dictionaries(
        {"platform": st.just("chat"), "id": st.integers(0, 10**19).map(str)},
        optional={
            "name": st.text("ab 'ö🙏", min_size=1, max_size=9).filter(str.strip),
            "consent": st.sampled_from(["counted", "strict", "notice"]),
            "thanks": st.lists(st.sampled_from(["🙏", ":tada:", "1"]), max_size=3),
            "stays": st.sampled_from(["off", "everywhere", "convenings"]),
            "backfill": st.sampled_from(["off", "all", "3 days", "12 months"]),
            "channels": st.fixed_dictionaries({"private": st.booleans()}),
            "chapters": st.dictionaries(st.sampled_from(["Berlin", "Köln", "7"]), st.sampled_from(["a", ["b", "#c"]])),
            "cohorts": st.lists(
                st.fixed_dictionaries(
                    {"role": st.sampled_from(["a", ["b", "7"]]), "programme": st.just("P")},
                    optional={"cohort": st.just("5"), "as": st.just("mentor")},
                ),
                max_size=2,
            ),
            "excluded_people": st.lists(st.integers(1, 999).map(str), max_size=3),
        },
    )
)
def test_every_good_space_is_read_and_survives_storing(space: dict[str, Any]) -> None:
    assert said(json.dumps({"name": "A", "spaces": [space]}, ensure_ascii=False)) == []
