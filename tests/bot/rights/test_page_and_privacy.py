"""The commands and buttons of choices and rights: by one click, in both languages, and only ever about the caller."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.chat.calling import Call, Caller
from bot.chat.speech import Action, Button, Controls, Fields, File, Paragraph, Reply, Select, Who
from bot.commands.door import Door, Place
from bot.commands.registry import registry
from bot.consent.asking import Asking
from bot.consent.choices import ASK_AGAIN_DAYS
from bot.gate import Invite, Purpose, Reason
from bot.hearing.space_settings import Listed, SpaceSettings
from bot.intake import Intake
from bot.language import Words
from bot.rights.inventory import Sort, inventory
from bot.rights.telling import slug
from bot.sending.outbox import Letter, post
from bot.storage import audit, outgoing, teamwork
from bot.storage.exporting import ANOTHER
from bot.storage.schema import metadata
from scoring.signals import DAY_MS, Account
from tests.bot.languages import ENGLISH
from tests.bot.rights.planting import NAME, OTHER, plant
from tests.bot.rights.test_choices import stands
from tests.bot.rights.town import ANN, BOB, CHAT, HELP, NOW, Here, message

YEAR = 365 * DAY_MS


def press(
    here: Here, what: str, *, who: Account = ANN, at: int = NOW, chosen: tuple[str, ...] = (), **more: object
) -> Reply:
    """Press a button or give a command as somebody, to a new process each time: it knows only what is stored."""
    settings = more.pop("settings", SpaceSettings())
    asking = more.pop("asking", None)
    name, *arguments = what.split(":")
    caller = Caller(who, more.pop("roles", frozenset()), locale=str(more.pop("locale", "")))  # type: ignore[arg-type]
    call = Call(caller, at, given=more, chosen=chosen)  # type: ignore[arg-type]
    call = replace(call, command=name) if " " in name else replace(call, action=Action(name, tuple(arguments)))

    async def answer() -> Reply:
        keys = here.town.world.keys
        async with Intake(here.database, keys) as intake:
            door = Door(here.database, keys, registry(), asking)  # type: ignore[arg-type]
            place = Place(here.id, here.space, settings, intake.inbox(here.origin()))  # type: ignore[arg-type]
            return await door.answer(call, place)

    return here.run(answer())


def said(reply: Reply) -> str:
    """Return the words of a reply."""
    texts = [str(span) for block in reply.blocks if isinstance(block, Paragraph) for span in block.text]
    rows = [str(row) for block in reply.blocks if isinstance(block, Fields) for row in block.rows]
    return " ".join(texts + rows).replace("', '", "")


def buttons(reply: Reply) -> list[str]:
    """Return the actions of a reply's buttons."""
    rows = [block.items for block in reply.blocks if isinstance(block, Controls)]
    return [one.action.name for row in rows for one in row if isinstance(one, Button)]


@pytest.mark.parametrize("at", [NOW, NOW + YEAR])
def test_one_click_on_the_notice_makes_a_page_and_asks_how_to_be_invited(here: Here, at: int) -> None:
    reply = press(here, "page-make", at=at)

    assert "Your page is made" in said(reply)
    assert buttons(reply) == ["page-bring", "page-close", "page-invite", "page-invite", "page-invite"]
    assert stands(here).page
    assert stands(here).invite is None

    press(here, "page-invite:dm", at=at)
    assert stands(here).invite is Invite.DM
    press(here, "page-invite:no", at=at)
    assert stands(here).invite is Invite.NO


def test_one_click_leaves_out_and_one_click_takes_that_back(here: Here) -> None:
    here.hear(message(ANN, 1))

    reply = press(here, "page-leave-out")

    assert buttons(reply) == ["page-leave-here", "page-back", "privacy-forget"]
    assert here.hear(message(ANN, 2)).dropped == {"left out": 1}
    press(here, "page-leave-here")
    assert (stands(here).out, stands(here).out_everywhere) == (True, False)
    press(here, "page-back")
    assert here.hear(message(ANN, 3)).new == 1


def test_choices_name_the_version_of_the_text_that_was_read(here: Here) -> None:
    press(here, "page-make")
    press(here, "page-close", locale="de")

    versions = [row[0] for row in here.rows("SELECT version FROM choice WHERE community = :of ORDER BY id")]
    assert [one[:3] for one in versions] == ["en:", "en:", "de:"]  # with the page comes the question about invitations
    assert [len(one) for one in versions] == [17, 17, 15]  # what is asked for says its edition, too


@pytest.mark.parametrize("forged", ["page-invite:everybody", "page-invite", "page-invite:dm:7:x", "page-bring:9"])
def test_forged_arguments_change_nothing_for_anybody_else(here: Here, forged: str) -> None:
    here.hear(message(BOB, 1))

    press(here, forged)

    assert here.rows("SELECT count(*) FROM choice WHERE community = :of") == [(0,)]
    assert not stands(here, BOB).page


@pytest.mark.parametrize("locale", ["en", "de"])
def test_privacy_says_what_is_kept_in_plain_words(here: Here, locale: str) -> None:
    here.hear(message(ANN, 1), message(ANN, 2))

    told = said(press(here, "cairn privacy", locale=locale))

    assert {"en": "90 days", "de": "90 Tage"}[locale] in told
    assert {"en": "2 are kept", "de": "2 sind von dir gespeichert"}[locale] in told


def test_who_looked_is_listed_for_the_member(here: Here) -> None:
    here.hear(message(ANN, 1), message(BOB, 2))
    assert "Nobody" in said(press(here, "privacy-looks"))

    async def look() -> None:
        async with here.database.write() as connection:
            await audit.put(connection, here.id, NOW, who_looks, audit.LOOKED, about=here_member)

    here_member, who_looks = here.member(ANN), here.member(BOB)
    here.run(look())

    reply = press(here, "privacy-looks")
    assert audit.LOOKED in said(reply)
    (listed,) = [block for block in reply.blocks if isinstance(block, Fields)]
    assert Who(BOB) in listed.rows[0][1]
    assert "Nobody" in said(press(here, "privacy-looks", who=BOB))


def copies(reply: Reply) -> dict[str, bytes]:
    return {block.name: block.content for block in reply.blocks if isinstance(block, File)}


def test_copy_holds_all_that_is_planted_and_nobody_else(here: Here) -> None:
    plant(here)
    here.settle()
    here.hear(message(BOB, 991, context=CHAT))
    mine = {row[0]: row[1:] for row in here.rows("SELECT id, member, handle FROM account WHERE community = :of")}
    bob = here.town.world.keys.handle(BOB)
    names = {
        Sort.ACCOUNT: [number for number, (_, handle) in mine.items() if handle != bob],
        Sort.PSEUDONYM: [handle for _, handle in mine.values() if handle != bob],
        Sort.MEMBER: [row[0] for row in here.rows("SELECT own_member, handle FROM account") if row[1] != bob],
    }
    names |= {Sort.OTHER_ACCOUNT: names[Sort.ACCOUNT]}
    names |= dict.fromkeys((Sort.OF_MEMBER, Sort.BY_MEMBER), names[Sort.MEMBER])
    before = here.everything()

    files = copies(press(here, "privacy-export"))

    whole = json.loads(files["cairn-my-data.json"])
    assert {one["id"] for one in whole["accounts"]} == {ANN.id, OTHER.id}
    for name, listed in inventory().items():
        order = list(metadata.tables[name].c.keys())
        naming = [(order.index(field), names[sort]) for field, sort in listed.fields.items() if sort in names]
        rows = [row for row in before[name] if any(row[place] in some for place, some in naming)]
        got = whole["kept"].get(name, {"rows": []})["rows"]
        more = {"audit": 1, "writer": 1}.get(name, 0)  # that this copy was made; who wrote, by a passing pseudonym
        assert (name, len(got)) == (name, len(rows) + more)
    personal = {name for name, one in inventory().items() if one.of(*names)}
    assert personal - set(whole["kept"]) <= {"erasure", "orphan", "left_out", "dirty", "stale"}
    assert NAME in files["cairn-my-data.json"].decode()
    for text in (one.decode() for one in files.values()):
        assert BOB.id not in text
        assert bob not in text
        assert ANN.id in text


@pytest.mark.parametrize("language", ["en", "de"])
def test_copy_in_words_explains_each_sort_and_has_nothing_raw_in_it(here: Here, language: str) -> None:
    plant(here)
    here.settle()

    files = copies(press(here, "privacy-export", locale=language))

    text, whole = files["cairn-my-data.txt"].decode(), json.loads(files["cairn-my-data.json"])
    words = Words(language)
    for name, table in whole["kept"].items():
        head = text.index(f"{words.plain(f'export.table.{name}.name')} (")
        assert words.plain(f"export.kept.{slug(table['kept'])}") in text[head:].split("\n\n")[0]
    salts = [row["salt"] for row in whole["kept"]["audit"]["rows"]]
    assert [one for one in (*salts, "digest", "1970-01-01", "None", "encrypted") if one in text] == []
    assert words.plain("mountain.kind.thanks") in text
    assert NAME in text
    assert language == "en" or ENGLISH.findall(text) == []


WHY = {
    "quiet hours": "warum: Ruhezeit",
    "something went wrong inside Cairn (error 1f); its log says where": "warum: bei Cairn ging etwas schief",
    "Discord's code 50007": "warum: was die Plattform sagte, steht in cairn-my-data.json",
}


def lies_waiting(here: Here, until: int) -> None:
    """Let a message to Ann lie in the outbox until a moment (ms)."""
    ann = here.member(ANN)

    async def post_one() -> None:
        async with here.database.write() as connection:
            letter = Letter(here.id, here.space, "hello", Purpose.NUDGE, (Paragraph(("hi",)),), member=ann, due=until)
            await post(connection, letter, here.town.world.keys)

    here.run(post_one())


def test_copy_says_in_german_why_a_message_waits_and_days_as_germans_write_them(here: Here) -> None:
    here.hear(message(ANN, 901, context=HELP))
    lies_waiting(here, NOW)

    for reason, told in WHY.items():
        here.do("UPDATE outbox SET reason = :reason WHERE community = :of", reason=reason)
        files = copies(press(here, "privacy-export", locale="de"))

        assert told in files["cairn-my-data.txt"].decode()
        assert reason in files["cairn-my-data.json"].decode()
    assert "- 16.02.2026, 15:01 UTC: Nachricht in help" in files["cairn-my-data.txt"].decode()


def test_copy_shows_what_is_ones_own_as_ones_own(here: Here) -> None:
    plant(here)
    here.settle()

    whole = json.loads(copies(press(here, "privacy-export"))["cairn-my-data.json"])

    own = [row[0] for row in here.rows(f"SELECT public FROM member WHERE id = {here.member(ANN)}")]
    assert own[0] in [row["public"] for row in whole["kept"]["member"]["rows"]]
    assert [row for row in whole["kept"]["member"]["rows"] if ANOTHER in row.values()] == []
    assert {row["captured"] for row in whole["kept"]["engagement"]["rows"]} == {None}


def test_fourth_copy_of_a_day_waits_until_the_next(here: Here) -> None:
    here.hear(message(ANN, 1))

    got = [bool(copies(press(here, "privacy-export", at=NOW + n))) for n in range(4)]

    assert got == [True, True, True, False]
    assert copies(press(here, "privacy-export", at=NOW + DAY_MS + 10))


def test_own_act_can_be_taken_back_and_nobody_elses(here: Here) -> None:
    here.hear(message(ANN, 1), message(BOB, 2))
    here.settle()
    reply = press(here, "privacy-correct")
    lists = [one for block in reply.blocks if isinstance(block, Controls) for one in block.items]
    offered = [choice.value for one in lists if isinstance(one, Select) for choice in one.choices]
    [mine] = offered
    other = str(here.rows("SELECT id FROM engagement WHERE community = :of AND key = 'd:2'")[0][0])

    press(here, "privacy-retract", chosen=(other,))
    press(here, "privacy-retract", chosen=("' OR 1=1",))
    assert here.rows("SELECT count(*) FROM engagement WHERE community = :of AND holds") == [(2,)]

    press(here, "privacy-retract", chosen=(mine,))

    here.settle()
    assert here.rows("SELECT key FROM engagement WHERE community = :of AND holds") == [("d:2",)]
    assert here.rows(f"SELECT * FROM tally WHERE community = :of AND member = {here.member(ANN)}") == []
    assert here.town.differences() == {}


def test_dispute_reaches_the_team_through_the_outbox_and_is_audited(here: Here) -> None:
    here.hear(message(ANN, 1))

    def open_room(*, live: bool) -> None:
        async def opened() -> None:
            async with here.database.write() as connection:
                if live:
                    await outgoing.go_live(connection, here.id, NOW)
                await teamwork.set_team_channel(connection, here.space, "C9", (None, NOW))

        here.run(opened())

    assert "cannot pass anything on" in said(press(here, "privacy-send", text="this was not me"))
    open_room(live=False)  # what waits there would be let go of before anybody reads it
    assert "cannot pass anything on" in said(press(here, "privacy-send", text="this was not me"))
    open_room(live=True)

    assert "have 30 days" in said(press(here, "privacy-send", text="this was not me"))
    assert "a moment ago" in said(press(here, "privacy-send", text="this was not me"))
    assert here.rows("SELECT channel, purpose FROM outbox WHERE community = :of") == [("C9", "post")]
    stored = json.dumps([str(one) for one in here.everything().values()])
    assert "this was not me" not in stored
    assert len(here.rows("SELECT n FROM audit WHERE community = :of")) == 1


def test_forgetting_takes_two_clicks_and_then_nothing_is_left(here: Here) -> None:
    here.hear(message(ANN, 1))
    press(here, "privacy-forget")
    assert here.member(ANN) is not None

    assert "You are forgotten" in said(press(here, "privacy-forget-now"))

    assert here.rows("SELECT id FROM account WHERE community = :of") == []
    assert "You wished to be forgotten" in said(press(here, "cairn privacy"))
    assert "Nothing is kept of you but a mark" in said(press(here, "privacy-export"))


def test_who_says_they_are_too_young_is_erased_and_stays_away(here: Here) -> None:
    here.hear(message(ANN, 1))

    press(here, "privacy-young-now")
    reply = press(here, "page-make")

    assert "you can have no page" in said(reply)
    assert here.rows("SELECT id FROM account WHERE community = :of") == []
    assert here.hear(message(ANN, 2)).dropped == {"left out": 1}


@pytest.mark.parametrize(
    "command", ["cairn me", "cairn page", "cairn privacy", "cairn about-me", "cairn link", "page-back"]
)
def test_who_is_too_young_is_offered_nothing_that_does_not_work(here: Here, command: str) -> None:
    press(here, "privacy-young-now")

    reply = press(here, command)

    assert set(buttons(reply)) <= {"page-kept", "privacy-correct"}
    assert "age" in said(reply)


HELD = {
    "page-leave-out": ("left yourself out everywhere", ["2 are kept of you", "without our key"]),
    "page-leave-here": ("left yourself out here", ["2 are kept of you", "without our key"]),
    "privacy-forget-now": ("wished to be forgotten", ["without our key"]),
    "privacy-young-now": ("Because of your age nothing", ["without our key"]),
}


@pytest.mark.parametrize("how", HELD)
def test_who_is_left_out_is_told_what_is_still_held_of_them(here: Here, how: str) -> None:
    here.hear(message(ANN, 1), message(ANN, 2))
    press(here, how)

    told = said(press(here, "cairn privacy"))

    assert HELD[how][0] in told
    assert "What is still held of you" in str(press(here, "cairn privacy").blocks)
    assert [one for one in HELD[how][1] if one not in told] == []
    assert ("are kept of you" in told) is ("2 are kept of you" in HELD[how][1])


def test_whom_the_team_leaves_out_is_told_what_is_still_held_and_that_it_does_not_count(here: Here) -> None:
    here.hear(message(ANN, 1), message(ANN, 2))
    handle = here.town.world.keys.handle(ANN)
    here.do("INSERT INTO left_out VALUES (:of, :handle, :space, :at)", handle=handle, space=here.space, at=NOW)

    told = said(press(here, "cairn privacy"))

    assert "The team of this community leaves you out" in told
    assert "2 are kept of you" in told
    assert str(NOW) in told


def test_days_of_which_only_points_are_left_are_told(here: Here) -> None:
    plant(here)

    assert "of one day nothing is kept but the points" in said(press(here, "cairn privacy"))


def test_role_of_people_who_are_too_young_erases_at_the_first_command(here: Here) -> None:
    here.hear(message(ANN, 1))
    settings = SpaceSettings(under_age_roles=Listed.of(["teens"]))

    press(here, "cairn help", settings=settings, asking=Asking(), roles=frozenset({("7", "Teens")}))

    assert here.rows("SELECT id FROM account WHERE community = :of") == []
    assert here.hear(message(ANN, 2)).dropped == {"left out": 1}


def test_role_that_stands_for_a_yes_makes_a_page_at_the_first_command(here: Here) -> None:
    settings = SpaceSettings(page_roles=Listed.of(["climbers"]))

    press(here, "cairn help", settings=settings, asking=Asking(), roles=frozenset({("7", "Climbers")}))

    assert stands(here).page
    assert here.rows("SELECT source, value FROM choice WHERE community = :of AND what = 'page'") == [("role", "fresh")]


def test_card_stands_behind_a_reply_twice_a_year_at_most(here: Here) -> None:
    here.hear(message(ANN, 1))
    days = [
        day
        for day in range(0, 366, 10)
        if "page-make" in buttons(press(here, "cairn help", at=NOW + day * DAY_MS, asking=Asking()))
    ]

    assert len(days) == 2
    assert days[1] - days[0] >= ASK_AGAIN_DAYS


def test_invitation_question_comes_after_the_page_and_card_never_after_a_refusal(here: Here) -> None:
    later = NOW + ASK_AGAIN_DAYS * DAY_MS
    assert buttons(press(here, "page-make")).count("page-invite") == 3
    assert buttons(press(here, "cairn help", asking=Asking(), at=NOW + 1)) == []
    assert buttons(press(here, "cairn help", asking=Asking(), at=later)) == ["page-invite"] * 3
    press(here, "page-close", at=later)
    assert buttons(press(here, "cairn help", asking=Asking(), at=later + 1)) == []
    press(here, "page-leave-out")
    assert buttons(press(here, "cairn help", asking=Asking(), at=NOW + YEAR)) == []


def test_strangers_are_asked_once_and_nothing_is_stored_of_them(here: Here) -> None:
    asking = Asking()

    asked = ["page-make" in buttons(press(here, "cairn help", at=NOW + n, asking=asking)) for n in range(3)]

    assert asked == [True, False, False]
    assert here.rows("SELECT id FROM account WHERE community = :of") == []


@pytest.mark.parametrize("at", [NOW, NOW + YEAR])
def test_one_click_brings_a_month_without_messages(here: Here, at: int) -> None:
    press(here, "page-make", at=at)

    assert f"{at + 30 * DAY_MS}" in said(press(here, "page-quiet", at=at))
    assert "no page" in said(press(here, "page-quiet", who=BOB, at=at))


WAITS = "SELECT due, reason FROM outbox WHERE community = :of"


@pytest.mark.parametrize("command", ["cairn me", "cairn page"])
def test_month_without_messages_is_shown_on_the_page_and_ended_there_by_one_click(here: Here, command: str) -> None:
    press(here, "page-make")
    press(here, "page-quiet", at=NOW + 1)
    until, later = NOW + 1 + 30 * DAY_MS, Reason.LATER.value
    lies_waiting(here, until)
    here.do("UPDATE outbox SET reason = :later WHERE community = :of", later=later)

    def shown(at: int) -> bool:
        reply = press(here, command, at=at)
        assert ("page-quiet-end" in buttons(reply)) is (f"at={until}, day=True" in said(reply))
        return "page-quiet-end" in buttons(reply)

    assert shown(NOW + 2)
    assert "page-quiet-end" in buttons(press(here, "page-quiet", at=NOW + 1))
    assert not shown(until)
    assert "goes on as you wished" in said(press(here, "page-quiet-end", at=NOW + 3))
    assert here.rows(WAITS) == [(NOW + 3, later)]  # the Gate is asked again now
    assert not shown(NOW + 4)
    press(here, "page-quiet", at=NOW + 5)
    press(here, "page-invite:dm", at=NOW + 6)
    assert not shown(NOW + 7)
    assert "no page" in said(press(here, "page-quiet-end", who=BOB))


def test_page_made_by_an_earlier_text_is_asked_about_anew_and_one_click_keeps_it(here: Here) -> None:
    press(here, "page-make")
    press(here, "page-invite:no")
    earlier = "UPDATE choice SET version = 'en:0123456789ab:0' WHERE community = :of AND what = 'page'"
    here.do(earlier)

    first, second = (press(here, "cairn help", at=NOW + n, asking=Asking()) for n in (1, 2))

    assert "What a page is for has changed" in said(first)
    assert [one for one in buttons(first) if one.startswith("page")] == ["page-make", "page-close", "page-kept"]
    assert "page-make" not in buttons(second)
    press(here, "page-make", at=NOW + 3)
    assert "page-make" not in buttons(press(here, "cairn help", at=NOW + YEAR, asking=Asking()))
    assert stands(here).page
