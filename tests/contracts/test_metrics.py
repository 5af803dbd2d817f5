"""The figures of a running Cairn are those that the documentation lists, their labels name nobody, and alerts fire."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from bot.cli.run import Cairn, Plan
from bot.config import Settings
from bot.gate import Purpose
from bot.intake import Intake
from bot.keys import open_keys
from bot.operating.metrics import Metrics
from bot.operating.running import Stop
from bot.ports import Level, Meter, Receipt
from bot.storage import migrate, outbox
from bot.storage.communities import COULD_NOT_BE_STORED
from bot.storage.engine import Database

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTED = re.compile(r"`(cairn_\w+)`")
LABELS = {"integration", "reason", "task", "job", "purpose", "result"}
"""All of them name parts of Cairn or its own words; nothing comes from outside."""


def names(page: str) -> set[str]:
    """Return the names of a page's figures, as somebody asks for them."""
    found = re.findall(r"^# TYPE (\S+) \S+$", page, flags=re.MULTILINE)
    return {one for one in found if not one.endswith("_created")}


async def test_documentation_lists_every_figure_of_a_running_cairn_and_no_other(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'cairn.db'}")
    await migrate.upgrade(database)
    async with Intake(database, open_keys(tmp_path / "keys")) as intake:
        settings = Settings(database_url=f"sqlite:///{tmp_path / 'cairn.db'}", community="Garden")
        whole = Cairn(database, intake, Plan([], settings, Stop()))
        page = whole.sources.metrics().decode()
    await database.close()

    assert set(DOCUMENTED.findall((ROOT / "docs" / "running.md").read_text(encoding="utf-8"))) == names(page)


@dataclass
class Standing:
    """The figures of a Cairn that does well; a test makes one thing worse."""

    metrics: Metrics = field(default_factory=Metrics)
    levels: dict[str, float] = field(default_factory=dict)
    later: float = 1.0
    away: bool = False

    def __post_init__(self) -> None:
        fine = {
            "queue_depth": 40.0, "settle_lag_seconds": 2.0, "outbox_age_seconds": 30.0, "gaps_open": 0.0,
            "backup_age_seconds": 50_000.0, "erasures_pending": 1.0, "erasure_oldest_seconds": 600.0,
            "resident_memory_bytes": 200e6, "tasks": 50.0, "probe_seconds": 0.01,
        }  # fmt: skip
        self.levels |= fine
        for name in fine:
            self.metrics.watch(name, name, lambda name=name: self.levels[name])  # type: ignore[misc]
        self.metrics.begins("chat")
        self.metrics.level("chat", Level.IDENTIFIES_LEFT, 990)
        self.metrics.level("chat", Level.HISTORY_LEFT, 3)
        self.metrics.restarted("chat")
        self.metrics.job_stands("backup", 40_000.0, 0.0)
        self.metrics.succeeded("probe")

    def goes_on(self) -> None:
        """Let a quarter of an hour pass in which all is well."""
        receipt = Receipt(new=90, known=5)
        receipt.dropped["kind not in use"] += 5
        self.metrics.received("chat", 100)
        self.metrics.became("chat", receipt)
        self.metrics.acknowledged("chat", 100)
        for meter in Meter:
            self.metrics.count("chat", meter)
        self.metrics.letter(Purpose.ANSWER, outbox.SENT, 20)
        self.metrics.letter(Purpose.DIGEST, outbox.FAILED)
        self.metrics.refused("quiet hours", 4)
        self.metrics.held("pace", 4)
        self.metrics.opened()
        self.metrics.restarted("chat")
        self.metrics.job_failed("backup")
        self.metrics.succeeded("probe")

    def page(self) -> str:
        """Return what Prometheus reads."""
        return "" if self.away else self.metrics.text().decode()


def level(name: str, value: float) -> Callable[[Standing], None]:
    return lambda of: of.levels.__setitem__(name, value)


def count(meter: Meter, n: int) -> Callable[[Standing], None]:
    return lambda of: of.metrics.count("chat", meter, n)


def letters(result: str, n: int) -> Callable[[Standing], None]:
    return lambda of: of.metrics.letter(Purpose.INVITATION, result, n)


def refuses(of: Standing) -> None:
    receipt = Receipt()
    receipt.dropped[COULD_NOT_BE_STORED] += 1
    of.metrics.became("chat", receipt)


def restarts(of: Standing) -> None:
    for _ in range(6):
        of.metrics.restarted("chat")


def goes(of: Standing) -> None:
    of.away = True


def waits(of: Standing) -> None:
    of.later = 400.0


WORSE: dict[str, Callable[[Standing], None]] = {
    "CairnAway": goes,
    "CairnStoresNothing": waits,
    "CairnQueueIsFull": level("queue_depth", 501),
    "CairnScoresLag": level("settle_lag_seconds", 301),
    "CairnReconnectsAgainAndAgain": count(Meter.CONNECTS, 21),
    "CairnFewConnectionsLeft": lambda of: of.metrics.level("chat", Level.IDENTIFIES_LEFT, 99),
    "CairnIsSlowedDown": count(Meter.RATE_LIMITED, 101),
    "CairnGapStaysOpen": level("gaps_open", 1),
    "CairnHearsWhatItCannotRead": count(Meter.MALFORMED, 21),
    "CairnCannotStoreSignals": refuses,
    "CairnRefusesEvents": count(Meter.REFUSED, 2),
    "CairnAnswersLate": count(Meter.LATE, 6),
    "CairnLettersWait": level("outbox_age_seconds", 901),
    "CairnLettersFail": letters(outbox.FAILED, 11),
    "CairnLettersUnknown": letters(outbox.UNKNOWN, 1),
    "CairnTaskRestarts": restarts,
    "CairnJobOverdue": lambda of: of.metrics.job_stands("backup", 90_000.0, 1.0),
    "CairnBackupOld": level("backup_age_seconds", 129_601),
    "CairnErasureWaits": level("erasure_oldest_seconds", 86_401),
    "CairnMemoryHigh": level("resident_memory_bytes", 2e9),
}
"""What fires each alert, and no other."""


def alerts() -> dict[str, Any]:
    """Return the alerts that are shipped, by name."""
    (group,) = YAML(typ="safe").load((ROOT / "docs" / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return {one["alert"]: one for one in group["rules"]}


ALERTS = alerts()
_ABSENT = re.compile(r"absent\((?P<name>\w+)\)")
_LEVEL = re.compile(
    r"(?P<since>time\(\) - )?(?:(?P<rise>increase)\()?(?P<name>\w+)(?:\{(?P<labels>[^}]*)\})?(?P<range>\[\d+[mh]\])?\)?"
    r" (?P<op>[<>]) (?:(?P<bound>\d+)|increase\((?P<than>\w+)(?P=range)\))"
)


def values(page: str, name: str, labels: str) -> dict[tuple[tuple[str, str], ...], float]:
    """Return a figure's values by their labels, of those that have these."""
    wanted = set(re.findall(r'(\w+)="([^"]*)"', labels))
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == name and wanted <= set(sample.labels.items())
    }


def fires(expression: str, before: str, after: str, now: float) -> bool:
    """Whether an alert's expression holds of anything, as Prometheus would say: what first appears has not risen."""
    if absent := _ABSENT.fullmatch(expression):
        return not values(after, absent["name"], "")
    asked = _LEVEL.fullmatch(expression)
    assert asked is not None, expression
    assert bool(asked["rise"]) == bool(asked["range"]), expression
    found = values(after, asked["name"], asked["labels"] or "")
    if asked["rise"]:
        earlier = values(before, asked["name"], asked["labels"] or "")
        found = {key: value - earlier[key] for key, value in found.items() if key in earlier}
        if asked["than"]:
            less, more = values(before, asked["than"], ""), values(after, asked["than"], "")
            return any(value > more[key] - less[key] for key, value in found.items() if key in less)
    elif asked["since"]:
        found = {key: now - value for key, value in found.items()}
    bound = float(asked["bound"])
    return any(value > bound if asked["op"] == ">" else value < bound for value in found.values())


def firing(make_worse: Callable[[Standing], None]) -> Iterator[str]:
    """Yield the alerts that fire after something became worse, while all else goes on as always."""
    of = Standing()
    before = of.page()
    of.goes_on()
    make_worse(of)
    after, now = of.page(), time.time() + of.later
    yield from (name for name, one in ALERTS.items() if fires(one["expr"], before, after, now))


def test_no_alert_fires_while_all_is_well() -> None:
    assert list(firing(lambda of: None)) == []


@pytest.mark.parametrize("name", ALERTS)
def test_alert_fires_where_it_should_and_no_other_does(name: str) -> None:
    assert list(firing(WORSE[name])) == [name]


def test_each_alert_says_what_it_means_and_what_to_do_about_what_there_is() -> None:
    assert list(ALERTS) == list(WORSE)
    page = Standing().page()
    documented = set(DOCUMENTED.findall((ROOT / "docs" / "running.md").read_text(encoding="utf-8")))
    for name, one in ALERTS.items():
        assert set(one) <= {"alert", "expr", "for", "labels", "annotations"}, name
        assert one["labels"]["severity"] in ("page", "ticket"), name
        assert all(one["annotations"][part] for part in ("summary", "description")), name
        assert re.fullmatch(r"\d+[mh]", one.get("for", "1m")), name
        asked = set(re.findall(r"cairn_\w+", one["expr"]))
        assert asked <= documented, name
        assert asked <= names(page), name


def test_no_label_can_name_anybody() -> None:
    of = Standing()
    of.goes_on()
    found = {
        label for one in text_string_to_metric_families(of.page()) for sample in one.samples for label in sample.labels
    }
    assert found == LABELS


def test_figure_that_is_not_known_yet_is_not_shown_as_a_number() -> None:
    metrics = Metrics()
    metrics.watch("backup_age_seconds", "Age.", lambda: None)
    assert values(metrics.text().decode(), "cairn_backup_age_seconds", "") == {}
