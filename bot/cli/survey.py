"""Check survey files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bot.cli import output
from bot.language import Words
from bot.surveys.reading import read_survey
from bot.surveys.survey import seconds_of, told
from integrations.limits import LIMITS

app = App(name="survey", help="Check survey files.")


@app.command
def check(file: Path, /, *, json: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Check a survey file; all that is wrong with it is named at once."""
    survey = read_survey(file, LIMITS)
    settings, words = survey.settings, Words("en")
    seconds = round(seconds_of(survey.questions))
    if json:
        found = {"file": str(file), "version": survey.version, "name": settings.name, "valid": True}
        output.document(found | {"mode": settings.mode, "questions": len(survey.questions), "seconds": seconds})
        return
    several = "1 question" if len(survey.questions) == 1 else f"{len(survey.questions)} questions"
    output.show(
        f"{file}: this survey holds together (version {survey.version}: {told(settings.title, words)}, {several}, "
        f"about {seconds} seconds, {settings.mode}).",
        survey.first_line(words),
    )
