"""`cairn demo --keep` once its prompt is there: what is typed is done in the made-up Discord, and answered by Cairn."""

from __future__ import annotations

import asyncio
import io
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from rich.console import Console

from bot.cli.stage.show import Show, Telling
from bot.operating.running import Stop
from tests.scenarios.commands import Cairn
from tests.scenarios.exports import earlier

pytestmark = pytest.mark.timeout(300)
ROOT = Path(__file__).resolve().parents[2]
KEEPING = """\
import asyncio, sys
from pathlib import Path
sys.path.append(sys.argv[1])
from bot.__main__ import command
from bot.cli import output
from bot.cli.stage.show import Show, Telling
from bot.operating.running import Stop
show = Show(Path("earlier.zip"))
show.write_files(Path())
command(["config", "apply", "garden.yaml"])
print("BEGIN", flush=True)
sys.exit(not asyncio.run(show.keep(Telling(0.0, output.Paper(highlight=False), Stop()), "Chidi")))
"""
TYPED = """\
people
/cairn me
click make my page
click [Not at all]
says hello @Alma
/cairn why
/cairn foo
/cairn-team rules
/cairn thank
/cairn thank person:@nobody
/cairn thank person:@Alma more
/cairn-team jobs
/cairn me now:yes
click Nothing
nonsense
as
as Nobody

help
help /cairn-team log
help /cairn foo
/cairn about-me zone:"Europe/Berlin"
click Change
cancel
as alma
reacts 🌱
/cairn-team event create title:Winter walk day:2031-01-05 time:11:00 place:by the lake
/cairn-team log who:@Chidi what:facilitated or taught amount:many
/cairn-team log who:@Chidi what:facilitated or taught
/cairn-team log who:@Chidi what:hours that we gave them amount:2,5
/cairn-team import file:nowhere.csv
/cairn-team import file:people.csv
/cairn-team rules edit type:was-thanked
2
4
Wherever
collaborating
click Rehearse it
as Chidi
/cairn me
on mars
on slack
people on
help /cairn thank
home
click What is kept
says hello from here @Kofi
as Kofi
reacts 🎉
/cairn thank @Alma
/cairn link
click nothing at all
/dance
as Lena
/cairn-team JOBS
/cairn THANK
@nobody
@Kofi
on discord
quit
/cairn rules
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what followed each line that was typed, all at one prompt."""
    folder = tmp_path_factory.mktemp("prompt")
    earlier(folder / "earlier.zip")
    (folder / "people.csv").write_text("name,event,role\nann,Walk,guide\nbob,Walk,guest\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
    ran = subprocess.run(
        [sys.executable, "-c", KEEPING, str(ROOT)], cwd=folder, env=environment | {"COLUMNS": "80"}, input=TYPED,
        capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    _, _, shown = ran.stdout.partition("BEGIN\n")
    found: dict[str, str] = {}
    for part in re.split(r"^as \w+(?: on Slack)?> ", shown, flags=re.MULTILINE)[1:]:
        line, _, rest = part.partition("\n")
        found[line.strip()] = rest
    return found


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_people_are_listed_with_their_roles(said: dict[str, str]) -> None:
    assert [line.split() for line in said["people"].splitlines() if line] == [
        ["Alma", "Manager"], ["Bela", "Moderator"], ["Chidi"],
    ]  # fmt: skip


def test_a_command_is_answered_in_private_with_its_buttons(said: dict[str, str]) -> None:
    assert "cairn · only visible to Chidi" in said["click make my page"]
    assert "[Count my last 90 days, too]  [Close my page]" in said["click make my page"]
    assert "Chidi: clicks [Not at all]" in said["click [Not at all]"]
    assert "Cairn does not invite you to anything." in said["click [Not at all]"]


def test_what_people_say_is_scored_before_the_next_prompt(said: dict[str, str]) -> None:
    assert "Chidi in #general: hello @Alma" in said["says hello @Alma"]
    assert "message in general" in one_line(said["/cairn why"].replace("│", " "))
    assert "Alma in #general: 🌱 to Chidi's last message" in said["reacts 🌱"]


def test_what_the_team_puts_down_stands_on_the_page_at_once(said: dict[str, str]) -> None:
    assert "Logged for @Chidi" in said["/cairn-team log who:@Chidi what:facilitated or taught"]
    assert "2.5 hours given to @Chidi" in said["/cairn-team log who:@Chidi what:hours that we gave them amount:2,5"]
    assert "You have been in Collaborating since" in said["/cairn me"]
    assert re.search(r"Collaborating +█{10} +3 of 3", said["/cairn me"])


def test_options_may_hold_spaces_and_colons(said: dict[str, str]) -> None:
    (event,) = (told for line, told in said.items() if line.startswith("/cairn-team event create"))
    assert "only visible to Alma" in event
    assert "An event begins between yesterday and a year from now." in event
    assert "Time zone: Europe/Berlin" in said['/cairn about-me zone:"Europe/Berlin"']


def test_a_form_is_asked_field_by_field(said: dict[str, str]) -> None:
    form = said["/cairn-team rules edit type:was-thanked"]
    assert "Points of the first one of a day [0.5]: 2" in form
    assert "expected one of: Learning, Endorsing, Participating, Collaborating, Leading" in form
    read = one_line(form.replace("│", " "))
    assert "was thanked by others: 0.5 / 1 / Participating becomes 2 / 4 / Collaborating" in read
    assert "What the draft would change" in said["click Rehearse it"]
    assert "Chidi closes the form" in said["click Change"]


def test_files_are_read_from_this_machine(said: dict[str, str]) -> None:
    assert "nowhere.csv cannot be read: No such file" in said["/cairn-team import file:nowhere.csv"]
    assert "event" in said["/cairn-team import file:people.csv"]
    assert "only visible to Alma" in said["/cairn-team import file:people.csv"]


def test_help_lists_what_can_be_typed_within_the_terminal(said: dict[str, str]) -> None:
    assert all(verb in said["help"] for verb in ("says hello @Alma", "/cairn privacy", "/cairn-team rules rehearse"))
    assert max(map(len, said["help"].splitlines())) <= 80
    assert "who: Who it was" in said["help /cairn-team log"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/cairn foo", "there is no command /cairn foo; did you mean /cairn "),
        ("/cairn-team rules", "/cairn-team rules alone is no command; try one of: /cairn-team rules show"),
        ("/cairn thank", "/cairn thank wants more: /cairn thank person:@name"),
        ("/cairn thank person:@nobody", "nobody here is called @nobody; there are Alma, Bela, Chidi"),
        ("/cairn thank person:@Alma more", "nobody here is called @Alma more; there are Alma, Bela, Chidi"),
        ("/cairn-team jobs", "Chidi cannot use /cairn-team jobs here: this person does not see the command"),
        ("/cairn me now:yes", "/cairn me takes no options"),
        ("click Nothing", "Chidi sees no button Nothing; there are ["),
        ("nonsense", "'nonsense' is nothing that can be done here; help says what is"),
        ("as", "as whom? people lists who is there"),
        ("as Nobody", "nobody here is called Nobody; there are Alma, Bela, Chidi"),
        ("help /cairn foo", "there is no command /cairn foo; help lists all there are"),
        (
            "/cairn-team log who:@Chidi what:facilitated or taught amount:many",
            "amount: many is no number",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_in_one_line(line: str, told: str, said: dict[str, str]) -> None:
    (only,) = said[line].strip().splitlines()
    assert only.startswith(told)


def test_slack_stands_beside_it_with_people_commands_and_pages_of_its_own(said: dict[str, str]) -> None:
    assert said["on mars"].strip() == "on which one? there are Discord, Slack"
    assert "person: " in said["help /cairn thank"]
    assert "cairn · the Home tab" in said["home"]
    assert "/cairn-team chapter create" in said["home"]
    assert "cairn · a window before Alma" in said["click What is kept"]
    assert "Alma in #allotment: hello from here @Kofi" in said["says hello from here @Kofi"]
    assert "Kofi in #allotment: 🎉 to Alma's last message" in said["reacts 🎉"]
    assert "cairn · only visible to Kofi" in said["/cairn thank @Alma"]
    assert re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", said["/cairn link"])
    assert said["click nothing at all"].startswith("Kofi sees no button nothing at all; there are [")
    assert "This is for managers" in said["/cairn-team JOBS"]
    assert "nobody here is called @nobody; there are Alma, Hana, Kofi, Lena" in said["/cairn THANK"]
    assert "Your thanks to @Kofi are noted" in said["/cairn THANK"]
    assert said["/dance"].strip() == "there is no command /dance; there are /cairn and /cairn-team"


def test_quit_ends_it(said: dict[str, str]) -> None:
    assert list(said)[-1] == "quit"


def test_a_prompt_that_is_broken_off_ends_in_order(cairn_here: Cairn) -> None:
    show = Show(earlier(cairn_here.folder / "earlier.zip"))
    show.write_files(cairn_here.folder)
    assert cairn_here("config", "apply", "garden.yaml").code == 0
    stop, shown = Stop(), io.StringIO()
    ours, theirs = os.pipe()

    async def kept() -> bool:
        async def interrupt() -> None:
            while "as Chidi> " not in shown.getvalue():  # noqa: ASYNC110 - a text that grows tells nobody
                await asyncio.sleep(0.01)
            stop.ask()

        interrupting = asyncio.create_task(interrupt())
        whole = await show.keep(Telling(0.0, Console(file=shown), stop), "Chidi", ours)
        await interrupting
        return whole

    assert asyncio.run(kept()) is False
    os.close(theirs)
    for one in threading.enumerate():
        if one.name == "lines":
            one.join(10)
    os.close(ours)
