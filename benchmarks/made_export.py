"""A made-up Slack export of any size, with the shapes and proportions of the open ones; texts are filler."""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from scoring.signals import date_of

_FIRST_DAY = 19_000
_DAYS = 365
_CHANNELS = 20
_FILLER = "words " * 12
_EMOJI = ("thumbsup", "tada", "heart", "eyes", "rocket")


def slack_export(path: Path, messages: int, members: int = 2_000) -> None:
    """Write a zip with that many messages: half of them replies, most with a reaction or two, some with mentions."""
    random = np.random.default_rng(1)
    weight = random.lognormal(0, 1.6, members)
    authors = random.choice(members, messages, p=weight / weight.sum())
    moments = np.sort(random.uniform(_FIRST_DAY * 86_400, (_FIRST_DAY + _DAYS) * 86_400, messages))
    channels = random.integers(0, _CHANNELS, messages)
    days: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    threads: dict[int, str] = {}
    for author, moment, channel in zip(authors.tolist(), moments.tolist(), channels.tolist(), strict=True):
        one = _message(random, author, moment, members)
        if channel in threads and random.random() < 0.5:
            one |= {"thread_ts": threads[channel], "parent_user_id": "U00000000"}
        else:
            threads[channel] = one["ts"]
        days[channel, int(moment // 86_400)].append(one)
    _write(path, days, members)


def _message(random: np.random.Generator, author: int, moment: float, members: int) -> dict[str, Any]:
    named = f"<@U{random.integers(members):08d}> " if random.random() < 0.15 else ""
    one: dict[str, Any] = {
        "client_msg_id": f"{random.integers(1 << 60):x}",
        "type": "message",
        "text": named + _FILLER,
        "user": f"U{author:08d}",
        "ts": f"{moment:.6f}",
        "team": "T0000001",
        "blocks": [{"type": "rich_text", "block_id": "b", "elements": [{"type": "text", "text": named + _FILLER}]}],
    }
    if random.random() < 0.6:
        people = sorted({f"U{who:08d}" for who in random.integers(0, members, random.integers(1, 4)).tolist()})
        name = _EMOJI[int(random.integers(len(_EMOJI)))]
        one["reactions"] = [{"name": name, "users": people, "count": len(people)}]
    return one


def _write(path: Path, days: dict[tuple[int, int], list[dict[str, Any]]], members: int) -> None:
    users = [{"id": f"U{n:08d}", "team_id": "T0000001", "name": f"u{n}", "is_bot": False} for n in range(members)]
    channels = [{"id": f"C{n:08d}", "name": f"channel-{n}", "members": []} for n in range(_CHANNELS)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("users.json", json.dumps(users))
        archive.writestr("channels.json", json.dumps(channels))
        for (channel, day), content in sorted(days.items()):
            archive.writestr(f"channel-{channel}/{date_of(day).isoformat()}.json", json.dumps(content))
