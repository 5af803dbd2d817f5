"""Managers set Cairn up, look at figures, change the rules and bring tables in, without leaving the chat."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.chat.calling import Attachment, Call
from bot.chat.speech import Action, Asks, File, Reply
from bot.commands.registry import registry
from bot.commands.spec import Role
from bot.keys import open_keys
from bot.rules import parse_rules
from bot.rules.editing import Edit, edited
from bot.teamwork.tools import Tools
from bot.teamwork.works import Progress, Works
from integrations.archives.sheets import CsvSheets
from scoring.signals import Kind
from tests.bot.languages import ENGLISH
from tests.bot.teamwork.stage import (
    ANN,
    BOB,
    CAT,
    HEAD,
    MOD,
    RULES,
    TODAY,
    Stage,
    buttons,
    form,
    said,
    staged,
    standing,
)

TABLE = b'who;when;what\nann;2026-01-05;mentor\nbob;2026-01-06;mentee\n"=1+1";nonsense;x\n'


def handed(content: bytes = TABLE, name: str = "people.csv", size: int | None = None) -> Attachment:
    """Return a file that is handed over."""

    async def read() -> bytes:
        return content

    return Attachment(name, len(content) if size is None else size, read)


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage whose tools can read tables, and whose callers wait for the end."""
    keys, tools = open_keys(tmp_path / "keys" / "cairn.keys"), Tools(Works(60.0), sheets=CsvSheets())
    async with staged(database_url, keys, tools=tools) as one:
        yield one


async def talk(office: Stage) -> None:
    """Let somebody new be answered within a day, and somebody else not."""
    first = await office.wrote(CAT, 1, day=TODAY - 60)
    await office.wrote(CAT, 2, day=TODAY - 60, kind=Kind.REPLY, parent=first.key, parent_day=first.key_day)
    asked = await office.wrote(ANN, 3, day=TODAY - 10)
    await office.wrote(CAT, 4, day=TODAY - 10, kind=Kind.REPLY, parent=asked.key, parent_day=asked.key_day)
    await office.wrote(BOB, 5, day=TODAY - 5)
    await office.settle()


async def test_setup_asks_three_things_and_takes_a_first_look(office: Stage) -> None:
    await talk(office)
    asked = form(await office.call("cairn-team setup", HEAD))
    look = await office.act(asked.action, HEAD, role="12", channel="88", history="year")
    settings = json.loads((await office.rows("SELECT settings FROM space"))[0][0])

    assert [one.asks for one in asked.fields] == [Asks.ROLE, Asks.CHANNEL, Asks.CHOICE]
    assert settings["roles"] == {"moderators": ["mods"], "managers": ["12"]}
    assert settings["backfill"] == "12 months"
    assert await office.rows("SELECT channel FROM team_room") == [("88",)]
    assert "50 % of newcomers were answered within a day (1 of 2)" in said(look)
    assert "2026-02 3 3" in said(look)
    assert "Our open-source project" in said(look)


async def test_nothing_goes_out_before_go_live_was_confirmed(office: Stage) -> None:
    look = await office.act(Action("setup-send"), HEAD, channel="88", history="none")
    asked = await office.act(buttons(look)["Go live"], HEAD)
    before = await office.rows("SELECT count(*) FROM outgoing WHERE live_at IS NOT NULL")
    done = said(await office.act(buttons(asked)["Yes, go live"], HEAD))

    assert before == [(0,)]
    assert "Server Settings, Integrations, Cairn, /cairn-team" in said(look)
    assert "Server Settings, Integrations, Cairn, /cairn-team" in done
    assert done.startswith("Messages go out from now on")
    assert (await office.audited())[-1] == "let messages go out"


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("99", "Everyone here can read that channel"),
        ("66", "Cairn cannot write in that channel yet"),
        ("700123", "That is no channel of this server"),
        ("../88", "That is not one of the things"),
    ],
)
async def test_setup_refuses_a_channel_that_is_not_for_the_team_alone(office: Stage, channel: str, told: str) -> None:
    before = await office.rows("SELECT settings FROM space")
    refused = said(await office.act(Action("setup-send"), HEAD, channel=channel, history="none"))

    assert refused.startswith(told)
    assert await office.rows("SELECT settings FROM space") == before
    assert await office.rows("SELECT 1 FROM team_room") == []


async def test_platform_that_does_not_answer_is_no_yes(office: Stage) -> None:
    office.told.silent = True
    setup = said(await office.act(Action("setup-send"), HEAD, channel="88", history="none"))
    person = said(await office.call("cairn-team exclude person", MOD, who=ANN))

    assert setup == person
    assert setup.startswith("The platform did not say how that is just now, so nothing was changed")
    assert await office.rows("SELECT 1 FROM team_room") == await office.rows("SELECT 1 FROM exclusion") == []


@pytest.mark.parametrize("given", [{}, {"channel": "88"}, {"channel": "88", "history": "for ever"}, {"history": "all"}])
async def test_setup_that_lacks_an_answer_changes_nothing(office: Stage, given: dict[str, str]) -> None:
    before = await office.rows("SELECT settings FROM space")
    await office.act(Action("setup-send"), HEAD, **given)

    assert await office.rows("SELECT settings FROM space") == before


async def test_report_shows_figures_notes_and_investments(office: Stage) -> None:
    await talk(office)
    await office.call("cairn-team note", text="We wrote to newcomers", date="2026-02-10")
    await office.call("cairn-team log", who=ANN, what="hours", amount=3.0, date="2026-02-06")
    reply = await office.call("cairn-team report", HEAD)
    files = {one.name: one.content for one in reply.blocks if isinstance(one, File)}

    assert "3 of 3 known members engaged" in said(reply)
    assert "The team gave 3 hours." in said(reply)
    assert "We wrote to newcomers" in said(reply)
    assert json.loads(files["report.json"])["community"] == "Garden"
    assert b"<html" in files["report.html"]


async def test_page_of_a_report_speaks_the_language_of_the_place(database_url: str, tmp_path: Path) -> None:
    keys, tools = open_keys(tmp_path / "keys" / "cairn.keys"), Tools(Works(60.0))
    async with staged(database_url, keys, tools=tools, language="de") as stage:
        await talk(stage)
        await stage.call("cairn-team log", who=ANN, what="hours", amount=1.5, date="2026-02-06")
        german = await stage.in_german("cairn-team report", HEAD)
        english = await stage.desk.call(Call(stage.caller(HEAD, "en-US"), stage.now + 99_000, "cairn-team report"))

    pages = [one.content.decode() for each in (german, english) for one in each.blocks if isinstance(one, File)][::2]
    assert ['<html lang="de">' in page and "engagierte Mitglieder" in page for page in pages] == [True] * 2
    assert "Das Team hat 1,5 Stunden gegeben." in said(german)
    assert "The team gave 1.5 hours." in said(english)


async def test_report_of_nothing_says_so_and_wrong_days_are_refused(office: Stage) -> None:
    nothing = said(await office.call("cairn-team report", HEAD))
    wrong = said(await office.call("cairn-team report", HEAD, **{"from": "2026-02-02", "to": "2026-02-01"}))

    assert nothing.startswith("Nothing has happened yet")
    assert wrong == "The first day is after the last one."


async def test_long_work_goes_on_and_is_asked_after(database_url: str, tmp_path: Path) -> None:
    async with staged(database_url, open_keys(tmp_path / "keys"), tools=Tools(Works(0.0))) as stage:
        waits = await stage.call("cairn-team report", HEAD)
        look = buttons(waits)["How far is it?"]
        answers = [said(await stage.act(Action(look.name, ("0",)), HEAD))]
        while "goes on" in (answer := said(await stage.act(look, HEAD))):
            stage.now += 60_000

        assert "goes on by itself" in said(waits)
        assert answers[0].startswith("Nothing goes on here")
        assert answer.startswith("Nothing has happened yet")


async def test_rules_are_edited_rehearsed_applied_and_undone(office: Stage) -> None:
    await office.call("cairn-team log", who=ANN, what="mentored", date="2026-02-14")
    await talk(office)
    asked = form(await office.call("cairn-team rules edit", HEAD, type="mentored"))
    kept = await office.act(asked.action, HEAD, points="6", most="6", band="2")
    untouched = await office.rows("SELECT count(*) FROM rules")
    tried = said(await office.act(buttons(kept)["Rehearse it"], HEAD))
    applied = said(await office.call("cairn-team rules apply", HEAD, channel="99"))
    after = await office.rows("SELECT points FROM total ORDER BY points DESC")
    undone = said(await office.call("cairn-team rules undo", HEAD))
    back = await office.rows("SELECT points FROM total ORDER BY points DESC")

    assert standing(asked) == {"points": "4", "most": "4", "band": "1"}
    assert "mentored somebody: 4 / 4 / Helping becomes 6 / 6 / Leading" in said(kept)
    assert untouched == [(1,)]
    assert "One person would move from Helping to Leading." in tried
    assert "are in force now" in applied
    assert (after[0][0], back[0][0]) == (600_000, 400_000)
    assert "#99 is told of it. | Messages do not go out at present" in applied
    assert "are in force now" in undone
    assert "Nobody is told of it" in undone
    assert [row[0] for row in await office.rows("SELECT channel FROM outbox")] == ["99"]
    assert (await office.audited())[-4:] == ["began to put rules in force", "put rules in force"] * 2


async def test_form_about_older_rules_changes_nothing(office: Stage) -> None:
    asked = form(await office.call("cairn-team rules edit", HEAD, type="mentored"))
    await office.act(asked.action, HEAD, points="6", most="6", band="1")
    again = said(await office.act(asked.action, HEAD, points="9", most="9", band="1"))
    forged = said(await office.act(Action("rules-edit-send", ("999", "x")), HEAD, points="9", most="9", band="1"))

    assert again.startswith("The rules have changed since")
    assert forged.startswith("The rules have changed since")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"points": "4", "most": "3", "band": "1"}, "A day cannot give less"),
        ({"points": "x", "most": "3", "band": "1"}, "That is not a number"),
        ({"points": "4", "most": "4", "band": "9"}, "not one of the things"),
        ({"points": "-1", "most": "4", "band": "1"}, "does not fit here"),
    ],
)
async def test_edit_that_makes_no_sense_is_refused(office: Stage, given: dict[str, str], told: str) -> None:
    asked = form(await office.call("cairn-team rules edit", HEAD, type="mentored"))

    assert told in said(await office.act(asked.action, HEAD, **given))
    assert await office.rows("SELECT count(*) FROM rules_draft") == [(0,)]


async def test_starter_in_force_is_read_in_german_by_who_speaks_it(office: Stage) -> None:
    await office.act(Action("rules-starter", ("network-of-chapters",)), HEAD)
    applied = said(await office.in_german("cairn-team rules apply", HEAD))
    short = said(await office.in_german("cairn rules", ANN))
    parts = Action("rules-part")
    call = Call(office.caller(ANN, "de"), office.now + 99_000, action=parts, chosen=("3",))
    hosting = said(await office.desk.call(call))
    shown = said(await office.in_german("cairn-team rules show", HEAD))

    assert "Unser Netz von Ortsgruppen" in short
    assert "AUSRICHTEN" in hosting.upper()
    assert "Du bekommst: Ein Paket für den Anfang" in hosting
    assert "hat eine Ortsgruppe gegründet" in hosting
    assert "hat eine Ortsgruppe gegründet: 6 / 6" in shown
    assert [ENGLISH.findall(told) for told in (applied, short, hosting, shown)] == [[]] * 4


async def test_starter_becomes_the_draft_and_is_thrown_away(office: Stage) -> None:
    kept = await office.act(Action("rules-starter", ("open-source-project",)), HEAD)
    none = said(await office.act(Action("rules-starter", ("../../keys",)), HEAD))
    dropped = said(await office.act(buttons(kept)["Throw it away"], HEAD))
    after = said(await office.call("cairn-team rules apply", HEAD))

    assert "another set of rules" in said(kept)
    assert "no longer in use" in none
    assert dropped == "The draft is thrown away."
    assert after.startswith("There is no draft")


def test_edit_changes_one_type_and_keeps_comments_and_the_shape_of_a_curve() -> None:
    text = RULES.replace("bands:\n", "bands:  # ours\n")
    after = edited(text, "rules", Edit("wrote", 1000, 2000, "Helping"))
    types = {one.name: one for one in parse_rules(after, "rules").types}
    before = {one.name: one for one in parse_rules(text, "rules").types}

    assert "# ours" in after
    assert types["wrote"].curve == (0, 1000, 1600, 2000)
    assert types["wrote"].band == 1
    assert {name: one for name, one in types.items() if name != "wrote"} == {
        name: one for name, one in before.items() if name != "wrote"
    }


async def test_table_is_shown_told_of_and_imported(office: Stage) -> None:
    shown = await office.call("cairn-team import", HEAD, file=handed())
    asked = form(await office.act(buttons(shown)["Say what the columns mean"], HEAD))
    given = {"person": "0", "date": "1", "role": "2", "cohort": "-", "programme": "Leaders"}
    done = await office.act(asked.action, HEAD, **given)
    rows = await office.rows("SELECT programme, role FROM context WHERE programme <> '' ORDER BY role")
    again = said(await office.act(asked.action, HEAD, **given))
    back = said(await office.act(buttons(done)["Take it back"], HEAD))

    assert "who, when, what / ann, 2026-01-05, mentor" in said(shown)
    assert "new: 2" in said(done)
    assert "rows that could not be read: 1" in said(done)
    assert rows == [("Leaders", "mentee"), ("Leaders", "mentor")]
    assert again.startswith("That file has waited too long")
    assert back == "It is taken back."
    assert await office.holding(Kind.PARTICIPATION) == 0
    assert (await office.audited())[-2:] == ["imported a table", "took an import back"]


@asynccontextmanager
async def going_on(stage: Stage, lane: str) -> AsyncIterator[None]:
    """Let another work of a lane go on meanwhile."""
    began, gate = asyncio.Event(), asyncio.Event()

    async def work(progress: Progress) -> Reply:
        began.set()
        await gate.wait()
        return Reply()

    name, works = (stage.community, "another"), stage.desks.door.tools.works
    other = asyncio.ensure_future(works.begin(name, work, lane))
    await began.wait()
    yield
    gate.set()
    await other


async def test_second_import_is_told_that_one_goes_on_and_is_done_when_asked_again(office: Stage) -> None:
    shown = await office.call("cairn-team import", HEAD, file=handed())
    asked = form(await office.act(buttons(shown)["Say what the columns mean"], HEAD))
    given = {"person": "0", "date": "1", "programme": "Leaders"}
    async with going_on(office, "import"):
        refused = await office.act(asked.action, HEAD, **given)
        nothing = await office.rows("SELECT count(*) FROM import_run")
    again = form(await office.act(buttons(refused)["Say what the columns mean"], HEAD))
    done = await office.act(again.action, HEAD, **given)
    async with going_on(office, "import"):
        busy = await office.act(buttons(done)["Take it back"], HEAD)
        kept = await office.holding(Kind.PARTICIPATION)
    back = said(await office.act(buttons(busy)["Take it back"], HEAD))

    assert said(refused).startswith("Another table is being imported or taken back just now. people.csv has not")
    assert nothing == [(0,)]
    assert "new: 2" in said(done)
    assert (said(busy).endswith("please try again in a moment."), kept) == (True, 2)
    assert back == "It is taken back."


async def test_rules_are_put_in_force_one_after_another_and_who_waits_is_told(office: Stage) -> None:
    asked = form(await office.call("cairn-team rules edit", HEAD, type="mentored"))
    await office.act(asked.action, HEAD, points="6", most="6", band="1")
    hidden = said(await office.call("cairn-team rules apply", HEAD, channel="66"))
    assert hidden.startswith("Cairn cannot write in that channel yet")
    async with going_on(office, "rules"):
        apply = said(await office.call("cairn-team rules apply", HEAD))
        before = await office.rows("SELECT count(*) FROM rules")
    async with going_on(office, "rehearse"):
        tried = said(await office.call("cairn-team rules rehearse", HEAD))
    await office.call("cairn-team rules apply", HEAD)
    async with going_on(office, "rules"):
        undo = said(await office.call("cairn-team rules undo", HEAD))

    assert {apply, undo} == {
        "Other rules are being put in force just now. Yours were not; please try again in a moment."
    }
    assert tried.startswith("Another draft is being rehearsed just now")
    assert before == [(1,)]
    assert await office.rows("SELECT count(*) FROM rules") == [(2,)]


async def test_only_tables_of_a_sensible_size_are_taken(office: Stage) -> None:
    large = said(await office.call("cairn-team import", HEAD, file=handed(size=9_000_000)))
    lying = said(await office.call("cairn-team import", HEAD, file=handed(b"a" * 8_000_001, size=1)))
    binary = said(await office.call("cairn-team import", HEAD, file=handed(b"\x00\x01\x02", "../../x.csv")))
    missing = said(await office.call("cairn-team import", HEAD))

    assert large.startswith("That file is too large")
    assert lying.startswith("That file is too large")
    assert "x.csv" in binary
    assert "/tmp" not in binary
    assert missing.startswith("Something is missing")


@pytest.mark.parametrize("given", [{"person": "0", "date": "0"}, {"person": "9", "date": "1"}, {"person": "x"}, {}])
async def test_columns_that_make_no_sense_import_nothing(office: Stage, given: dict[str, str]) -> None:
    shown = await office.call("cairn-team import", HEAD, file=handed())
    asked = form(await office.act(buttons(shown)["Say what the columns mean"], HEAD))
    await office.act(asked.action, HEAD, programme="Leaders", **given)

    assert await office.rows("SELECT count(*) FROM import_run") == [(0,)]


@pytest.mark.parametrize("number", ["999", "x", "", "1e3"])
async def test_forged_import_is_not_taken_back(office: Stage, number: str) -> None:
    assert said(await office.act(Action("import-undo", (number,)), HEAD)) == "This is not there any more."


async def test_moderators_do_none_of_this(office: Stage) -> None:
    commands = [one for one in registry().commands if one.role is Role.MANAGER]
    answers = [said(await office.call(one.path, MOD)) for one in commands]
    answers += [said(await office.act(Action(name), MOD)) for one in commands for name in one.acts]

    assert len(answers) > 20
    assert set(answers) == {"This is for managers of this community."}


async def test_managers_are_answered_in_german(office: Stage) -> None:
    await talk(office)

    assert "bekannten Mitgliedern" in said(await office.in_german("cairn-team report", HEAD))
    assert "Version" in said(await office.in_german("cairn-team rules show", HEAD))
    assert said(await office.in_german("cairn-team rules apply", HEAD)).startswith("Es gibt keinen Entwurf")


BAD_TABLES = {
    b"": "ist leer",
    b"PK\x03\x04zip": "Tabellendatei",
    b'who,when\n"ann,2026-01-05\nbob,2026-01-06\n': "Zeile 2: dort öffnet ein Anführungszeichen",
    b"who,when\nann,\xff\xfe\n": "kein utf-8",
    b"who,wh\0en\nann,2026-01-05\n": "kein reiner Text",
    b'who,when\nann,"2026-01-05\n' + b"x" * 5_000_000: "länger als die einer Tabelle",
    b'"who"x,when\nann,2026-01-05\n': "Kopfzeile lässt sich nicht lesen",
}


@pytest.mark.parametrize("content", BAD_TABLES, ids=BAD_TABLES.values())
async def test_what_is_wrong_with_a_table_is_said_in_the_callers_language(office: Stage, content: bytes) -> None:
    told = said(await office.in_german("cairn-team import", HEAD, file=handed(content)))

    assert told.startswith("people.csv")
    assert BAD_TABLES[content] in told
    assert ENGLISH.findall(told.replace("people.csv", "")) == []


NOT_TO_BE_HELD = {
    ("0.0001", "1"): "at most three decimals",
    ("0", "99"): "If the first one gives 0, a day comes to at most 0 by these rules, and not to 99",
    ("0.001", "99"): "cannot take these numbers",
    ("2", "1"): "cannot give less than its first one",
}


@pytest.mark.parametrize(("points", "most"), NOT_TO_BE_HELD)
async def test_points_that_the_rules_cannot_hold_are_refused_with_a_sentence(
    office: Stage, points: str, most: str
) -> None:
    action = form(await office.call("cairn-team rules edit", HEAD, type="took-part")).action

    told = said(await office.act(action, HEAD, points=points, most=most, band="1"))

    assert NOT_TO_BE_HELD[points, most] in told
    assert await office.rows("SELECT count(*) FROM rules_draft") == [(0,)]
