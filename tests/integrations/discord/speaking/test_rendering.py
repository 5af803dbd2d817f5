"""Blocks as Discord shows them."""

from __future__ import annotations

from bot.ports import (
    Account,
    Action,
    Bar,
    Bars,
    Block,
    Bold,
    Button,
    Channel,
    Choice,
    Controls,
    Fields,
    File,
    Heading,
    Jump,
    Link,
    Moment,
    Paragraph,
    Select,
    Style,
    Table,
    Who,
)
from integrations.discord.speaking.rendering import MOST_COMPONENTS, draw
from integrations.sandbox.discord.components import check, texts, walked

ANN, HUB = Account("discord", "", "42"), Account("github", "", "a_b")


def shown(*blocks: Block) -> str:
    """Return the text of blocks; what is drawn is taken by Discord."""
    drawn = draw(blocks)
    check(list(drawn.components), 1 << 15, frozenset(one.name for one in drawn.files))
    return "\n\n".join(texts(list(drawn.components)))


def test_live_spans_are_live_and_words_are_words() -> None:
    text = shown(
        Heading(("Your ", Bold("road"))),
        Paragraph(("Hi ", Who(ANN), ", *you* met ", Moment(1_700_000_000_000), " on ", Moment(0, day=True))),
        Paragraph(
            (Link("rules", "https://example.org/r"), " in ", Channel("7"), " ", Who(Account("github", "", "a_b")))
        ),
        Paragraph((Jump("there", "discord", "1", "2", "d:3/m"), " ", Jump("words", "slack", "1", "2", "s:3"))),
    )
    assert text == (
        "### Your **road**\nHi <@42>, \\*you\\* met <t:1700000000:F> on <t:0:D>\n\n"
        "[rules](<https://example.org/r>) in <#7> a\\_b\n\n[there](<https://discord.com/channels/1/2/3>) words"
    )


def test_fields_tables_and_bars_are_aligned() -> None:
    text = shown(
        Fields(((("Points",), ("12",)), ((Bold("/cairn me"),), ("your page",)))),
        Table(("Who", "Acts"), (("Ann", "3"), ("Bé 中", "1200")), frozenset({1})),
        Bars((Bar("Helping", 5, 10, "5 to go"), Bar("Led", 0, 3), Bar("Done", 9, 3), Bar("Begun", 1, 1000))),
    )
    assert text == (
        "**Points**: 12\n**/cairn me**: your page\n\n"
        "```\nWho    Acts\n─────  ────\nAnn       3\nBé 中  1200\n```\n\n"
        "```\nHelping  █████░░░░░  5 to go\nLed      ░░░░░░░░░░\nDone     ██████████\nBegun    █░░░░░░░░░\n```"
    )


def test_bar_that_may_stand_for_more_is_hatched() -> None:
    text = shown(Bars((Bar("2026-01", 5, 10, "5"), Bar("2026-02", 5, 10, "5 at least", partial=True))))
    assert text == "```\n2026-01  █████░░░░░  5\n2026-02  ▒▒▒▒▒░░░░░  5 at least\n```"


def test_what_is_too_long_is_cut_and_goes_along_as_a_file() -> None:
    rows = tuple((f"person {n}", "x" * 30) for n in range(400))
    drawn = draw((Paragraph(("before",)), Table(("Name", "What"), rows), Paragraph(("after",))))
    (file,) = drawn.files
    assert file.name == "all.txt"
    assert b"person 399" in file.content
    assert b"after" in file.content
    assert shown(Paragraph(("before",)), Table(("Name", "What"), rows)).endswith("\n```")


def test_controls_are_rows_in_their_order() -> None:
    many = tuple(Button(f"b{n}", Action("b", (str(n),)), Style.DANGER) for n in range(7))
    drawn = draw((Controls((*many, Select(Action("s"), (Choice("v", "V"),)), Button("end", Action("e")))),))
    assert [[one["custom_id"] for one in row["components"]] for row in drawn.components] == [
        [f"cairn:b:{n}" for n in range(5)], ["cairn:b:5", "cairn:b:6"], ["cairn:s"], ["cairn:e"],
    ]  # fmt: skip


def test_more_controls_than_discord_shows_are_left_out_and_the_rest_is_shown() -> None:
    blocks: list[Block] = []
    for n in range(60):
        blocks += [Paragraph((f"text {n}",)), Controls((Button("b", Action("b", (str(n),))),))]
    drawn = draw(blocks)
    assert len(list(walked(list(drawn.components)))) <= MOST_COMPONENTS
    assert "text 59" in shown(*blocks)


def test_two_controls_of_one_action_are_one_and_empty_lists_none() -> None:
    twice = Controls((Button("a", Action("x")), Button("b", Action("x")), Select(Action("y"), ())))
    assert [row["components"][0]["label"] for row in draw((twice,)).components] == ["a"]
    assert shown(Controls((Select(Action("y"), ()),))) == "…"


def test_pictures_are_shown_and_names_of_files_are_plain() -> None:
    drawn = draw((File("a b/c.PNG", b"1"), File("../../x", b"2"), File("a b/c.PNG", b"3")))
    assert [one.name for one in drawn.files] == ["a_b_c.PNG", "x", "a_b_c-2.PNG"]
    assert [one["type"] for one in drawn.components] == [12, 13, 12]
