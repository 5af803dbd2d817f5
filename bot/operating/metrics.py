"""Figures about Cairn itself, in the text format of Prometheus.

Labels name integrations, reasons, tasks and jobs, never people.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import GaugeMetricFamily

from bot.gate import Purpose
from bot.ports import Level, Meter, Receipt
from bot.storage import outbox
from bot.storage.communities import COULD_NOT_BE_STORED

_METERS = {
    Meter.CONNECTS: "Connections that were opened anew.",
    Meter.RECONNECTS: "Connections that were taken up again without a gap.",
    Meter.RATE_LIMITED: "Answers that asked to wait (429).",
    Meter.GAPS: "Times that were not heard; what history shows of them is read.",
    Meter.MALFORMED: "What was heard and could not be read.",
    Meter.LATE: "Answers to people that came later than the platform takes them.",
    Meter.TAKEN: "Events that were acknowledged, where the platform sends again what is not.",
    Meter.REFUSED: "Events that were not, because they could not be stored.",
}
_LEVELS = {
    Level.IDENTIFIES_LEFT: "How often a connection may still be opened anew today.",
    Level.HISTORY_LEFT: "Channels whose history is still to be read.",
}


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self.registry = CollectorRegistry()
        # These are counted for each message; to look a child up among all labels takes longer than to count.
        self._of = lru_cache(256)(_child)
        self._gauges: dict[str, tuple[str, Callable[[], float | None]]] = {}
        self._received = self._counter("signals_received", "Signals that integrations handed in.", "integration")
        self._acknowledged = self._counter(
            "signals_acknowledged", "Signals that were answered for, after the commit.", "integration"
        )
        self._stored = self._counter("signals_stored", "Signals that made or changed an engagement.", "integration")
        self._known = self._counter("signals_duplicate", "Signals that said nothing new.", "integration")
        self._dropped = self._counter("signals_dropped", "Signals not stored, by reason.", "integration", "reason")
        self._restarts = self._counter("task_restarts", "Long tasks that failed and were started again.", "task")
        self._meters = {meter: self._counter(meter, about, "integration") for meter, about in _METERS.items()}
        self._levels = {level: self._gauge(level, about, "integration") for level, about in _LEVELS.items()}
        self._letters = self._counter("letters", "What became of messages on their way out.", "purpose", "result")
        self._refused = self._counter(
            "letters_refused", "Messages that the Gate refused, for now or for good.", "reason"
        )
        self._held = self._counter("letters_held", "Messages that waited for their turn.", "reason")
        self._opened = self._counter("conversations_opened", "Direct messages that began a conversation.")
        self._success = self._gauge("job_last_success_timestamp_seconds", "When a job last succeeded.", "job")
        self._age = self._gauge("job_last_success_age_seconds", "How long ago a job last succeeded, at most.", "job")
        self._late = self._gauge("job_late_seconds", "For how long a job has been overdue.", "job")
        self._failures = self._counter("job_failures", "How often a job failed and was put off.", "job")
        for purpose, result in product(Purpose, (outbox.SENT, outbox.FAILED, outbox.UNKNOWN)):
            self._letters.labels(purpose, result)
        self.watch("resident_memory_bytes", "Memory in use.", resident_bytes)
        self.registry.register(self)

    def watch(self, name: str, about: str, read: Callable[[], float | None]) -> None:
        """Add a figure that is read when it is asked for, perhaps by another thread; None while it is not known."""
        self._gauges[f"cairn_{name}"] = (about, read)

    def watch_tasks(self, loop: asyncio.AbstractEventLoop) -> None:
        """Add how many tasks an event loop has."""
        self.watch("tasks", "Tasks of the event loop.", lambda: len(asyncio.all_tasks(loop)))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures that are read when asked for; what the registry calls."""
        for name, (about, read) in self._gauges.items():
            value = read()
            family = GaugeMetricFamily(name, about)
            if value is not None:
                family.add_metric((), value)
            yield family

    def begins(self, integration: str) -> None:
        """Show what an integration counts as 0 from the beginning: Prometheus sees no rise where a first 1 appears."""
        for counter in (*self._meters.values(), self._received, self._acknowledged, self._stored, self._known):
            counter.labels(integration)
        self._dropped.labels(integration, COULD_NOT_BE_STORED)

    def received(self, integration: str, n: int) -> None:
        """Count signals that were handed in."""
        self._of(self._received, integration).inc(n)

    def acknowledged(self, integration: str, n: int) -> None:
        """Count signals whose integration was told that they are stored, or why they are not."""
        self._of(self._acknowledged, integration).inc(n)

    def became(self, integration: str, receipt: Receipt) -> None:
        """Count what became of signals."""
        self._of(self._stored, integration).inc(receipt.new + receipt.changed + receipt.retracted)
        self._of(self._known, integration).inc(receipt.known + receipt.again.total())
        for reason, n in receipt.dropped.items():
            self._dropped.labels(integration, reason).inc(n)

    def count(self, integration: str, what: Meter, n: int = 1) -> None:
        """Count something that happened to an integration."""
        self._of(self._meters[what], integration).inc(n)

    def level(self, integration: str, what: Level, value: float) -> None:
        """Put down how high something of an integration stands."""
        self._levels[what].labels(integration).set(value)

    def letter(self, purpose: str, result: str, n: int = 1) -> None:
        """Count what became of a message on its way out."""
        self._letters.labels(purpose, result).inc(n)

    def refused(self, reason: str, n: int = 1) -> None:
        """Count messages that the Gate refused."""
        self._refused.labels(reason).inc(n)

    def held(self, reason: str, n: int = 1) -> None:
        """Count messages that wait for their turn: the pace, or what a platform wished."""
        self._held.labels(reason).inc(n)

    def opened(self) -> None:
        """Count a new conversation."""
        self._opened.inc()

    def restarted(self, task: str) -> None:
        """Count that a long task was started again."""
        self._restarts.labels(task).inc()

    def succeeded(self, job: str) -> None:
        """Put down that a job has succeeded now."""
        self._success.labels(job).set(time.time())

    def job_done(self, job: str) -> None:
        """Put down that a job of the clock has come to its end now."""
        self.succeeded(job)

    def job_failed(self, job: str) -> None:
        """Count that a job of the clock failed."""
        self._failures.labels(job).inc()

    def job_stands(self, job: str, age: float | None, late: float) -> None:
        """Put down how long ago a job last succeeded (none: never) and for how long it is overdue, in seconds."""
        if age is not None:
            self._age.labels(job).set(age)
        self._late.labels(job).set(late)

    def text(self) -> bytes:
        """Return all figures as Prometheus reads them."""
        return generate_latest(self.registry)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"cairn_{name}", about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"cairn_{name}", about, labels, registry=self.registry)


def _child(counter: Counter, label: str) -> Counter:
    return counter.labels(label)


def resident_bytes() -> float:
    """Return the memory this process has in use; its peak where the system tells no more, 0 where it tells nothing."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return float(pages * os.sysconf("SC_PAGE_SIZE"))
    except (OSError, ValueError, IndexError, AttributeError):
        pass
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak if sys.platform == "darwin" else peak * 1024)
