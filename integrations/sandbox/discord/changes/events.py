"""Scheduled events: planned, changed, cancelled; people who are interested."""

from __future__ import annotations

from integrations.sandbox.discord.changes import audit
from integrations.sandbox.discord.changes.audit import Deed
from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import ScheduledEvent
from integrations.sandbox.discord.payloads.events import EXTERNAL, event
from integrations.sandbox.discord.payloads.users import Json
from integrations.sandbox.discord.snowflakes import iso

WEEKLY, DAILY = 2, 3
_DAY_MS = 86_400_000
STEPS_MS = {WEEKLY: 7 * _DAY_MS, DAILY: _DAY_MS}
_COMPLETED = 3


def plan(hub: Hub, by: By, made: ScheduledEvent) -> None:
    """Put an event on the calendar."""
    hub.world.guilds[made.guild_id].events[made.id] = made
    hub.tell(by, "GUILD_SCHEDULED_EVENT_CREATE", event(hub.world, made), made.guild_id)
    hub.note(by, "event", space=made.guild_id, what=made.id)
    guild = hub.world.guilds[made.guild_id]
    audit.write(hub, by, guild, Deed(audit.EVENT_MADE, made.id, audit.made(name=made.name, status=made.status)))


def change(hub: Hub, by: By, known: ScheduledEvent, **state: object) -> None:
    """Change an event; `status` 2 starts it, 3 completes it (one of a series waits for its next date), 4 cancels it."""
    before = event(hub.world, known)
    for key, value in state.items():
        setattr(known, key, value)
    if known.status == _COMPLETED and known.rule is not None:
        _goes_on(known, known.rule)
    after, guild = event(hub.world, known), hub.world.guilds[known.guild_id]
    hub.tell(by, "GUILD_SCHEDULED_EVENT_UPDATE", after, known.guild_id)
    hub.note(by, "event_changed", space=known.guild_id, what=known.id, detail=known.status)
    audit.write(hub, by, guild, Deed(audit.EVENT_CHANGED, known.id, audit.changed(before, after)))


def repeating(start: int, frequency: int, interval: int = 1) -> Json:
    """Return the rule of a series that begins at a moment (ms): every so many days or weeks."""
    nothing = ("end", "by_weekday", "by_n_weekday", "by_month", "by_month_day", "by_year_day", "count")
    return {"start": iso(start), "frequency": frequency, "interval": interval, **dict.fromkeys(nothing)}


def _goes_on(known: ScheduledEvent, rule: Json) -> None:
    """Schedule an event of a series for its next date."""
    later = STEPS_MS[rule["frequency"]] * rule["interval"]
    lasts = None if known.kind != EXTERNAL or known.end is None else known.end - known.start
    known.status, known.start = 1, known.start + later
    known.end = None if lasts is None else known.start + lasts


def delete(hub: Hub, by: By, known: ScheduledEvent) -> None:
    """Take an event off the calendar."""
    guild = hub.world.guilds[known.guild_id]
    del guild.events[known.id]
    hub.tell(by, "GUILD_SCHEDULED_EVENT_DELETE", event(hub.world, known), known.guild_id)
    hub.note(by, "event_deleted", space=known.guild_id, what=known.id)
    audit.write(hub, by, guild, Deed(audit.EVENT_DELETED, known.id, audit.gone(name=known.name)))


def interest(hub: Hub, by: By, known: ScheduledEvent, *, on: bool) -> None:
    """Be interested in an event, or no more."""
    if on == (by.user_id in known.users):
        return
    if on:
        known.users[by.user_id] = hub.now(by)
    else:
        del known.users[by.user_id]
    found = {
        "guild_scheduled_event_id": str(known.id),
        "user_id": str(by.user_id),
        "guild_id": str(known.guild_id),
        "response": 1,
    }
    hub.tell(by, f"GUILD_SCHEDULED_EVENT_USER_{'ADD' if on else 'REMOVE'}", found, known.guild_id)
    hub.note(by, "rsvp" if on else "rsvp_withdrawn", space=known.guild_id, what=known.id)
