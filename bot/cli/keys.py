"""The key file: put a new key in front, while Cairn runs."""

from __future__ import annotations

from cyclopts import App

from bot.cli import output
from bot.cli.session import opened
from bot.hearing.installing import reseal
from bot.keys import add_sealing_key

app = App(name="keys", help="The key file: put a new key in front, while Cairn runs.")


@app.command
async def rotate() -> None:
    """Make a new sealing key, seal the tokens of all installations with it, and keep the older keys behind it.

    Older keys still open what they sealed, backups too. A Cairn that runs meanwhile reads the file again by itself.
    """
    async with opened() as session:
        await session.keys()  # the file is there, and it is this database's
        add_sealing_key(session.settings.keys_file)
        n = await reseal(session.database, await session.keys())
    output.show(
        f"{session.settings.keys_file} has a new key in front. Installations that are sealed with it: {n}.",
        "Copy the file anew to where you keep it: backups made from now on need the new key, older ones the old.",
    )
