"""The link by which workspaces install Cairn, and a new key while there are installations, on the command line."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path

from yarl import URL

from bot.hearing.installing import InstallationsOf
from bot.keys import open_keys
from bot.ports import Installation
from bot.storage.engine import Database
from tests.scenarios.commands import Cairn

SLACK = {
    "CAIRN_SLACK_CLIENT_ID": "1.2",
    "CAIRN_SLACK_CLIENT_SECRET": "kea-client-secret",
    "CAIRN_SLACK_PUBLIC_URL": "https://cairn.example/",
    "CAIRN_SLACK_APP_TOKEN": "xapp-kea-1",
}


def test_invite_prints_a_link_that_is_ours_and_tells_what_is_lacking(cairn_here: Cairn) -> None:
    linked = replace(cairn_here, more=SLACK)
    ran = linked("invite")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("Until ")
    link = URL(ran.out.split(" at ")[1].strip())
    assert str(link.with_query(None)) == "https://cairn.example/slack/install"
    keys = open_keys(linked.folder / "keys")
    now = time.time_ns() // 1_000_000
    assert InstallationsOf(Database(linked.url), keys, "slack").invited(link.query["invitation"], now)

    for name in ("CAIRN_SLACK_CLIENT_ID", "CAIRN_SLACK_CLIENT_SECRET", "CAIRN_SLACK_PUBLIC_URL"):
        lacking = replace(linked, more=linked.more | {name: ""})
        assert f"set {name} as well" in lacking("invite").refused()
    none = replace(linked, more=linked.more | dict.fromkeys(list(SLACK)[:3], ""))
    assert "there is no link" in none("invite").refused()
    clear = replace(linked, more=linked.more | {"CAIRN_SLACK_PUBLIC_URL": "http://cairn.example"})
    assert "CAIRN_SLACK_PUBLIC_URL would send the token in clear" in clear("invite").refused()
    closed = replace(linked, more=linked.more | {"CAIRN_SLACK_APP_TOKEN": ""})
    assert "no way in" in closed("run").refused()


def test_new_key_seals_what_is_there_and_the_old_one_still_opens(cairn: Cairn) -> None:
    linked = replace(cairn, more=SLACK)
    assert linked("invite").code == 0  # makes database and key file
    file = linked.folder / "keys"
    before = json.loads(file.read_text())
    asyncio.run(_install(linked.url, file))

    ran = linked("keys", "rotate")

    assert ran.code == 0, ran.err
    assert "sealed with it: 1." in ran.out
    after = json.loads(file.read_text())
    assert (after["pseudonym"], after["sealing"][1:]) == (before["pseudonym"], before["sealing"])
    file.write_text(json.dumps(after | {"sealing": after["sealing"][:1]}))
    assert asyncio.run(_tokens(linked.url, file)) == ["xoxb-kea-1"]
    file.write_text(json.dumps(after | {"sealing": before["sealing"]}))
    assert asyncio.run(_tokens(linked.url, file)) == [""]


async def _install(url: str, keys: Path) -> None:
    database = Database(url)
    await InstallationsOf(database, open_keys(keys), "slack").put(Installation("T1", "xoxb-kea-1"))
    await database.close()


async def _tokens(url: str, keys: Path) -> list[str]:
    database = Database(url)
    try:
        return [one.token for one in await InstallationsOf(database, open_keys(keys), "slack").everything()]
    finally:
        await database.close()
