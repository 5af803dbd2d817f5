"""Scheduled events and who is interested in them."""

from __future__ import annotations

from integrations.sandbox.discord.changes import events
from integrations.sandbox.discord.model import ScheduledEvent
from integrations.sandbox.discord.payloads.events import EXTERNAL, event, interested
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.refusals import check_length, invalid, unknown
from integrations.sandbox.discord.routing import Call, Json, Routes
from integrations.sandbox.discord.snowflakes import moment_from

routes = Routes()

_ALL = "/guilds/{guild_id}/scheduled-events"
_ONE = _ALL + "/{guild_scheduled_event_id}"


@routes.on("GET", _ALL)
async def every(call: Call) -> list[Json]:
    """Return the events."""
    counted = call.says("with_user_count")
    return [event(call.hub.world, one, counted=counted) for one in call.guild().events.values()]


@routes.on("POST", _ALL)
async def create(call: Call) -> Json:
    """Plan an event."""
    guild, body = call.guild(), call.body
    call.need(guild, Permission.MANAGE_EVENTS | Permission.CREATE_EVENTS)
    name = check_length("name", body.get("name"), 100, 1)
    start = _moment("scheduled_start_time", body.get("scheduled_start_time"))
    made = ScheduledEvent(call.hub.world.ids.now(), guild.id, name, call.hub.world.bot.id, start)
    made.kind = int(body.get("entity_type") or 0)
    if made.kind not in (1, 2, EXTERNAL):
        raise invalid("entity_type", "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3).")
    for key, value in _changes(body).items():
        setattr(made, key, value)
    if made.kind == EXTERNAL and (made.end is None or made.location is None):
        raise invalid("scheduled_end_time", "BASE_TYPE_REQUIRED", "This field is required")
    if made.kind != EXTERNAL and made.channel_id not in guild.channels:
        raise unknown(10003)
    events.plan(call.hub, call.by, made)
    return event(call.hub.world, made)


@routes.on("GET", _ONE)
async def one(call: Call) -> Json:
    """Return an event."""
    return event(call.hub.world, _event(call), counted=call.says("with_user_count"))


@routes.on("PATCH", _ONE)
async def change(call: Call) -> Json:
    """Change an event; its status may only go forward."""
    known = _event(call)
    call.need(call.guild(), Permission.MANAGE_EVENTS)
    changes = _changes(call.body)
    status = changes.get("status", known.status)
    if status != known.status and (known.status, status) not in ((1, 2), (2, 3), (1, 4)):
        raise invalid("status", "GUILD_SCHEDULED_EVENT_INVALID_STATUS", "Cannot change the status like that.")
    events.change(call.hub, call.by, known, **changes)
    return event(call.hub.world, known)


@routes.on("DELETE", _ONE)
async def delete(call: Call) -> None:
    """Take an event off the calendar."""
    call.need(call.guild(), Permission.MANAGE_EVENTS)
    events.delete(call.hub, call.by, _event(call))


@routes.on("GET", _ONE + "/users")
async def people(call: Call) -> list[Json]:
    """Return those who are interested, by rising id in pages of up to 100; of two ends, only `before` counts."""
    known, after, before = _event(call), call.asked("after") or 0, call.asked("before")
    limit = call.count("limit", 100, 100)
    numbers = sorted(known.users)
    if before is None:
        page = [one for one in numbers if one > after][:limit]
    else:
        page = [one for one in numbers if one < before][-limit:]
    return [interested(call.hub.world, known, one, with_member=call.says("with_member")) for one in page]


def _event(call: Call) -> ScheduledEvent:
    known = call.guild().events.get(call.number("guild_scheduled_event_id"))
    if known is None:
        raise unknown(10070)
    return known


def _changes(body: Json) -> Json:
    """Return the fields of an event that a request sets."""
    found: Json = {}
    if "name" in body:
        found["name"] = check_length("name", body["name"], 100, 1)
    if "description" in body:
        found["description"] = check_length("description", body["description"] or "", 1000) or None
    for field, name in (("start", "scheduled_start_time"), ("end", "scheduled_end_time")):
        if body.get(name):
            found[field] = _moment(name, body[name])
    if body.get("channel_id"):
        found["channel_id"] = int(body["channel_id"])
    if "recurrence_rule" in body:
        found["rule"] = _rule(body["recurrence_rule"]) if body["recurrence_rule"] else None
    if "status" in body:
        found["status"] = int(body["status"])
    if body.get("entity_metadata"):
        found["location"] = check_length("entity_metadata.location", body["entity_metadata"]["location"], 100, 1)
    return found


def _rule(said: Json) -> Json:
    """Return the rule of a series; the sandbox knows those of days and weeks, at any interval."""
    frequency, interval = int(said["frequency"]), int(said["interval"])
    if frequency not in events.STEPS_MS or interval < 1:
        raise invalid("recurrence_rule", "GUILD_SCHEDULED_EVENT_INVALID_RECURRENCE_RULE", "Invalid recurrence rule.")
    return events.repeating(_moment("recurrence_rule.start", said["start"]), frequency, interval)


def _moment(field: str, text: object) -> int:
    try:
        return moment_from(str(text))
    except ValueError:
        raise invalid(field, "DATE_TIME_TYPE_PARSE", "Could not parse the time.") from None
