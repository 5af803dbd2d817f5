"""Check the configuration."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import App, Parameter

from bot.cli import output
from bot.errors import ConfigError, MachineError
from bot.maintenance.configuration import Item, look_over

app = App(name="config", help="Check the configuration.")


@app.command
async def check(*, json: Annotated[bool, Parameter(negative="", help="Print one JSON document.")] = False) -> None:
    """Check settings, database, key file and rules; nothing is made or changed."""
    items = await look_over()
    for one in items:
        if one.warning:
            sys.stderr.write(f"warning: {one.warning}\n")
    if json:
        output.document({"ok": not any(one.exit_code for one in items), "items": [_document(one) for one in items]})
    else:
        print("\n".join(f"{'WRONG' if one.exit_code else 'fine':<6}{one.name}: {one.said}" for one in items))
    wrong = [one for one in items if one.exit_code]
    if wrong:
        kind = MachineError if any(one.exit_code == MachineError.exit_code for one in wrong) else ConfigError
        raise kind(f"the configuration does not work yet: {', '.join(one.name for one in wrong)}")


def _document(item: Item) -> dict[str, object]:
    return {"item": item.name, "ok": not item.exit_code, "said": item.said, "warning": item.warning or None}
