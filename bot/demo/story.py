"""What `cairn demo` says and runs. The words promise no figure: every figure comes from the commands themselves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.errors import MachineError

FOLDER = Path(__file__).resolve().parents[1] / "sample"
CHANGED = "two-years.yaml"
"""The rules that the demo rehearses: the default ones with one line changed."""

EXPORT = "houston-slack.zip"
"""The history that happens anew in the made-up Discord."""
_CHAT = ("--community", "Houston")
_PROGRAMMES = ("--community", "Open Science")
_MENTOR = "p-abf507f179f4"
_ONE_YEAR, _TWO_YEARS = "\nwindow: 365\n", "\nwindow: 730\n"

Command = tuple[str, ...]
LISTEN = ("run",)
"""The command that listens: in the demo to a Discord and a Slack that are made up."""
DISCORD, SLACK, BOTH = "Discord", "Slack", "both"
"""Where something is typed."""
CODE = "{code}"
"""Stands in a line for the code that was shown last."""
MEMBER, MODERATOR, MANAGER = "Hana", "Bela", "Alma"
"""Who talks with Cairn in the Garden: somebody who came there late, and two of its team."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that somebody types or clicks; `form` is what they give in a form, an empty text leaving what stands
    there; `told` is what the story says before, `where` the platform.
    """

    who: str
    line: str
    form: tuple[str, ...] = ()
    told: str = ""
    where: str = DISCORD


@dataclass(frozen=True, slots=True)
class Scene:
    """A piece of the story: what we look at and why, then the commands. One without a title goes on with the last.

    Where there are `turns`, people in the made-up Discord talk to Cairn.
    """

    text: str
    commands: tuple[Command, ...] = ()
    title: str = ""
    turns: tuple[Turn, ...] = ()


def changed(rules: str) -> str:
    """Return the rules with points counting for two years instead of one."""
    if _ONE_YEAR not in rules:
        raise MachineError("Cairn's own mountain.yaml has no window of 365 days, which the demo would change.")
    return rules.replace(_ONE_YEAR, _TWO_YEARS)


def _participation(name: str) -> Command:
    return ("import", "participation", f"{name}.csv", "--mapping", f"{name}.yaml", *_PROGRAMMES)


BEGINNING = (
    "Cairn follows how people engage with a community and shows it on its Mountain of Engagement: Learning at the "
    "foot, Leading at the top. Here is the real history of three groups, without a word of what they wrote. It goes "
    "into a database of its own; yours, if any, stays untouched, and nothing leaves this machine. Every line that "
    "begins with $ is a command for you to use, too."
)

TURNS = (
    Turn(MEMBER, "/cairn me"),
    Turn(MEMBER, "click Make my page"),
    Turn(MEMBER, "click Count my last 90 days, too"),
    Turn(MEMBER, "/cairn me", told="Now there is something to see, for nobody else."),
    Turn(
        MODERATOR,
        f"/cairn-team log who:@{MEMBER} what:facilitated or taught",
        told=f"{MEMBER} has shown others how to graft a rose. That happened in a garden, not in Discord, so "
        f"{MODERATOR}, a moderator, puts it down. Others say thank you.",
    ),
    Turn(MEMBER, "says glad that it helped"),
    Turn("Chidi", "reacts 🙏"),
    Turn("Dunja", "reacts 🙏"),
    Turn(MEMBER, "/cairn me", told="That brings them closer."),
    Turn(MEMBER, "click Why?"),
    Turn(
        MANAGER,
        "/cairn-team rules edit type:was-thanked",
        ("2", "4"),
        told=f"{MANAGER}, who manages the community, finds that being thanked should count for more. The change is "
        "only a draft, and is tried before it holds.",
    ),
    Turn(MANAGER, "click Rehearse it"),
)
"""How people use Cairn in chat. Their answers are Cairn's own."""

SLACK_TURNS = (
    Turn("Lena", "says who has a saw for Saturday?", where=SLACK),
    Turn(MEMBER, "says I can bring two", where=SLACK),
    Turn("Kofi", "reacts 🙏", where=SLACK),
    Turn(
        MEMBER,
        "/cairn link",
        told=f"To Cairn, {MEMBER} in Slack is somebody else, about whom nobody is shown anything. {MEMBER} says that "
        "both are the same person: with a code that is made in one place and given in the other.",
    ),
    Turn(MEMBER, f"/cairn link {CODE}", where=SLACK),
    Turn(MEMBER, "click Both are mine", where=SLACK),
    Turn(MEMBER, "/cairn me", told="One member, seen from both sides:", where=BOTH),
    Turn(MEMBER, "/cairn why", told="What they did in either place stands behind it.", where=SLACK),
)
"""How one member is in two places."""

SCENES = (
    Scene(
        "Cairn listens to Discord. So that you need no account for this, it brings a small Discord of its own, and "
        "connects to it as to the real one. In one server, what the members of the Houston Data Visualization Meetup "
        "did in fourteen months happens anew, in less than half a minute. In the other, invented people chat, meet "
        "and thank each other. Both servers are named in a community file.",
        (("config", "apply", "houston.yaml"), ("config", "apply", "garden.yaml", "--new"), LISTEN),
        "1. A Discord server, live",
    ),
    Scene(
        "Who might like to be invited to an event? People who cheered others on, again and again. Writing a lot is "
        "not enough: chat alone takes nobody far up.",
        (("member", "list", *_CHAT, "--step", "join-in"),),
    ),
    Scene(
        f"Everybody in the Garden is only counted so far, and nobody is shown to anybody. {MEMBER} would like to see "
        "where they stand. What follows is typed and clicked in the made-up Discord, and answered by Cairn, which has "
        "been started again for it. What it shows stands behind a bar, buttons stand in [brackets].",
        title="2. The same Discord, in chat",
        turns=TURNS,
    ),
    Scene(
        f"Some people of the Garden talk in Slack, {MEMBER} among them. Cairn listens there, too: to a small Slack that"
        " it brings like the Discord. Both are named in garden.yaml, so they are one community.",
        title="3. Slack beside it, and one member in both",
        turns=SLACK_TURNS,
    ),
    Scene(
        "The Meetup's history comes from the export of its Slack, which it has published. Read from that file it "
        "comes to the same: as many acts, as many people ready. Words are never stored, either way.",
        (("import", "slack-export", EXPORT, "--community", "Houston from its file"),),
        "4. The same history, from a file",
    ),
    Scene(
        "Open Life Science mentors people in rounds. The Global Sprint of 2018 was two days of work on open projects. "
        "Some people were in both. Their lists are CSV files; a small mapping file says what the columns mean.",
        tuple(map(_participation, ("ols-cohorts", "ols-people", "sprint-2018"))),
        "5. A mentoring programme and a sprint",
    ),
    Scene(
        "Who takes part, in what, from where, and how deeply? Nobody is named. Of what people say about themselves, "
        "such as where they live, no group of fewer than five is shown.",
        (("report", *_PROGRAMMES),),
        "6. The report",
    ),
    Scene(
        "Do people who came to learn come back to mentor others? When this falls from one round to the next, "
        "something needs care.",
        (("pathways", *_PROGRAMMES, "--programme", "open-life-science", "--from", "participant", "--to", "mentor"),),
        "7. A pathway",
    ),
    Scene(
        "Every point leads back to what somebody did. This member mentored, was ready to lead, and in the next round "
        "they did.",
        (("member", "show", _MENTOR, *_PROGRAMMES),),
        "8. One member, explained",
    ),
    Scene(
        f"Points count for a year. What if they counted for two? In {CHANGED} just that line is changed. A rehearsal "
        "shows what would happen, and changes nothing.",
        (("rules", "rehearse", CHANGED, *_PROGRAMMES),),
        "9. Other rules, tried first",
    ),
)

KEEP = (
    "The Garden is yours",
    "Cairn listens again. Type what a member does in the made-up Discord, or, after on slack, in the made-up Slack, "
    f"and see what they are told. {MANAGER} manages this community, {MODERATOR} is a moderator. help says what can be "
    "typed, quit ends it.",
)
"""What is said before the prompt: a title, and the rest."""

NEXT = """  Keep this demo and look around in it:
    cairn demo --folder my-demo
  Go on in its Discord and Slack, and type /cairn commands as any member:
    cairn demo --keep
  Listen to a made-up Discord yourself, then to your own (docs/discord.md):
    cairn sandbox discord
  See what your own export would bring, before anything is written:
    cairn import slack-export FILE.zip --community NAME --dry-run
    cairn import discord-export FILE --community NAME --dry-run
  Read the rules used here, then write your own by answering seven questions:
    cairn rules explain
    cairn rules new

This demo's database is gone now. After "make demo", cairn is .venv/bin/cairn."""

KEPT = """  The demo's database is {folder}/data/cairn.db. Look around in it:
    export CAIRN_DATABASE_URL=sqlite:///{folder}/data/cairn.db
    cairn report --community "Open Science" --html report.html
    cairn network --community Houston
    cairn rules explain --community "Open Science"
  Back to your own database:
    unset CAIRN_DATABASE_URL

After "make demo", cairn is .venv/bin/cairn."""
