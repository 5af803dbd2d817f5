"""Blocks and views that Slack would refuse, and that it takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integrations.sandbox.slack.blocks import MESSAGE, MODAL, completed, problems
from integrations.sandbox.slack.blocks.views import checked
from integrations.sandbox.slack.refusals import Refused

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(text: str = "Go", **more: Any) -> Json:
    return {"type": "button", "text": plain(text), **more}


def select(count: int, **more: Any) -> Json:
    options = [{"text": plain(f"{number}"), "value": f"{number}"} for number in range(count)]
    return {"type": "static_select", "options": options, **more}


def asks(element: Json, label: str = "Name") -> Json:
    return {"type": "input", "label": plain(label), "element": element}


GOOD = [
    section("hello", accessory=button()),
    {"type": "header", "text": plain("Head")},
    {"type": "divider"},
    {"type": "context", "elements": [plain("a"), {"type": "image", "image_url": "https://x.invalid", "alt_text": "a"}]},
    {"type": "image", "image_url": "https://x.invalid/a.png", "alt_text": "a"},
    actions(button(action_id="a"), select(3, action_id="b"), {"type": "users_select", "action_id": "c"}),
    {"type": "section", "fields": [plain("x"), plain("y")]},
    asks({"type": "plain_text_input", "max_length": 3000}),
]

BAD = [
    ([section("x")] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "section"}], "missing required field: text [json-pointer:/blocks/0]"),
    (
        [{"type": "section", "fields": [plain("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    ([{"type": "banner"}], "unsupported type: banner [json-pointer:/blocks/0/type]"),
    (
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "must be one of: plain_text [json-pointer:/blocks/0/text/type]",
    ),
    ([actions(*[button()] * 26)], "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
    ([actions()], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    ([actions(button("x" * 76))], "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"),
    (
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        [actions(button(action_id="a"), button(action_id="a"))],
        "action_id `a` already exists [json-pointer:/blocks/0/elements/1/action_id]",
    ),
    (
        [section("x", block_id="b"), section("y", block_id="b")],
        "block_id `b` already exists [json-pointer:/blocks/1/block_id]",
    ),
    ([section("x", block_id="b" * 256)], "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
    ([actions(select(101))], "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    (
        [actions({**select(11), "type": "checkboxes"})],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        [actions({**select(6), "type": "overflow"})],
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        [actions(select(2, initial_option={"text": plain("9"), "value": "9"}))],
        "must match exactly with an option in the options array [json-pointer:/blocks/0/elements/0/initial_option]",
    ),
    (
        [actions({"type": "plain_text_input"})],
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        [{"type": "image", "image_url": "https://x.invalid"}],
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    ([{"type": "input", "label": plain("x")}], "missing required field: element [json-pointer:/blocks/0]"),
    (["text"], "must provide an object [json-pointer:/blocks/0]"),
]


def test_what_slack_takes_has_no_problems() -> None:
    assert problems(GOOD, MESSAGE) == []
    most = [actions(select(100)), {"type": "section", "fields": [plain("x")] * 10}, *[section("x")] * 48]
    assert problems(most, MESSAGE) == []


@pytest.mark.parametrize(("blocks", "problem"), BAD, ids=[said[:40] for _, said in BAD])
def test_what_slack_refuses_is_named_with_its_place(blocks: list[Any], problem: str) -> None:
    assert problem in problems(blocks, MESSAGE)


def test_missing_ids_are_made_up() -> None:
    found = completed(GOOD)
    assert all(one["block_id"] for one in found)
    assert found[0]["accessory"]["action_id"]
    assert "block_id" not in GOOD[0]


def view(**more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "blocks": [section("x")], **more}


def test_a_modal_that_is_right_is_completed() -> None:
    assert checked(view(), MODAL)["blocks"][0]["block_id"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (view(title=plain("x" * 25)), "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"),
        (
            view(blocks=[asks({"type": "plain_text_input"})]),
            "[ERROR] missing required field: submit [json-pointer:/view]",
        ),
        (
            view(private_metadata="x" * 3001),
            "[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (view(blocks=[section("x")] * 101), "[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]"),
        (view(type="home"), "[ERROR] must be of type modal [json-pointer:/view/type]"),
        ("text", "[ERROR] must provide an object [json-pointer:/view]"),
    ],
)
def test_a_modal_that_is_wrong_is_refused(given: Any, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(given, MODAL)
    assert problem in refused.value.body()["response_metadata"]["messages"]


def test_nothing_that_stands_in_the_wrong_place_breaks_the_check_of_a_view() -> None:
    whole = view(
        submit=plain("Send"),
        close=plain("No"),
        private_metadata="a",
        callback_id="b",
        external_id="c",
        blocks=[asks({"type": "plain_text_input"})],
    )
    for path in places(whole):
        for value in JUNK:
            given = replaced(whole, path, value)
            assert _said_of(given) in ("taken", "invalid_arguments"), (path, value)


def _said_of(given: Any) -> str:
    try:
        checked(given, MODAL)
    except Refused as refused:
        return refused.error
    return "taken"


def test_a_view_that_is_too_large_is_refused() -> None:
    with pytest.raises(Refused, match="view_too_large"):
        checked(view(blocks=[section("x" * 2999)] * 100), MODAL)


JUNK: list[Any] = [None, True, 7, "", "x" * 5000, [], [1], [[]], {}, {"type": []}, {"type": {}}]
EVERY = [
    *GOOD,
    {"type": "table", "rows": [[plain("a")]]},
    {"type": "video", "title": plain("a"), "alt_text": "a", "thumbnail_url": "https://x", "video_url": "https://x"},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
    {"type": "markdown", "text": "a"},
    actions(
        {"type": "static_select", "option_groups": [{"label": plain("a"), "options": select(1)["options"]}]},
        button(confirm={"title": plain("a"), "text": plain("a"), "confirm": plain("a"), "deny": plain("a")}),
        {**select(2), "type": "checkboxes", "initial_options": [select(2)["options"][0]]},
        {"type": "external_select", "min_query_length": 1},
        {"type": "datepicker", "initial_date": "2026-01-01"},
        {"type": "timepicker", "initial_time": "10:00"},
    ),
    asks({"type": "number_input", "is_decimal_allowed": True}),
    asks({"type": "file_input", "max_files": 1}),
    asks({"type": "multi_users_select", "max_selected_items": 1}),
]


def places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a structure."""
    yield path
    keys = part if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
    for key in keys:
        yield from places(part[key], (*path, key))


def replaced(part: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The same structure with another value in one place."""
    if not path:
        return value
    items = {**part} if isinstance(part, dict) else [*part]
    items[path[0]] = replaced(items[path[0]], path[1:], value)
    return items


def test_all_of_every_is_good() -> None:
    assert problems(EVERY, MESSAGE) == []


def test_nothing_that_stands_in_the_wrong_place_breaks_the_check() -> None:
    for path in places(EVERY):
        for value in JUNK if path else ():
            block = replaced(EVERY, path, value)[path[0]]
            if not problems([block], MESSAGE):
                assert len(completed([block])) == 1, (path, value)
