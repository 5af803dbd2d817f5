"""Look whether Cairn could run: settings, database, and the platforms, without starting anything."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from bot.cli import output
from bot.cli.platforms import configured
from bot.config import load_settings
from bot.errors import ConfigError, MachineError
from bot.maintenance.configuration import known_installations, known_settings, look_over
from bot.ports import Finding

app = App(name="doctor", help="Look whether Cairn could run, without starting it.")


@app.default
async def doctor(json: Annotated[bool, Parameter(negative="", help="Print one JSON document.")] = False) -> None:
    """Check the settings, the database, the key file, the rules, and whether each platform lets Cairn in."""
    items = await look_over(None)
    found = [Finding(one.name, one.said, ok=not one.exit_code) for one in items]
    machine = any(one.exit_code == MachineError.exit_code for one in items)
    if not any(one.name == "settings" and one.exit_code for one in items):
        settings = load_settings()
        try:
            platforms = configured(settings, await known_settings(settings), await known_installations(settings))
        except ConfigError as error:
            found.append(Finding("platforms", str(error), ok=False))
        else:
            found += [finding for one in platforms for finding in await one.check()]
            if not platforms:
                wanted = "set CAIRN_DISCORD_TOKEN to listen to Discord, CAIRN_SLACK_BOT_TOKEN to listen to Slack"
                found.append(Finding("platforms", f"none is set up; {wanted}", ok=False))
    warnings = {one.name: one.warning for one in items if one.warning}
    if json:
        told = [
            {"about": one.about, "said": one.said, "ok": one.ok, "warning": warnings.get(one.about)} for one in found
        ]
        output.document({"ok": all(one.ok for one in found), "findings": told})
    else:
        print("\n".join(f"{'fine' if one.ok else 'WRONG':<6}{one.about}: {one.said}" for one in found))
        print("".join(f"look  {about}: {warning}\n" for about, warning in warnings.items()), end="")
    wrong = [one.about for one in found if not one.ok]
    if wrong:
        raise (MachineError if machine else ConfigError)(f"Cairn could not run yet: {', '.join(wrong)}")
