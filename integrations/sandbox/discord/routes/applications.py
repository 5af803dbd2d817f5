"""The app and its commands."""

from __future__ import annotations

from integrations.sandbox.discord import registrations
from integrations.sandbox.discord.payloads.applications import application, command
from integrations.sandbox.discord.refusals import Refused, check_length, invalid, unknown
from integrations.sandbox.discord.routing import Call, Json, Routes

routes = Routes()

_CHAT = 1
_ALL, _ONE = "/applications/{application_id}/commands", "/applications/{application_id}/commands/{command_id}"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
_GUILD_ONE = "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}"


@routes.on("GET", "/oauth2/applications/@me")
@routes.on("GET", "/applications/@me")
async def mine(call: Call) -> Json:
    """Return the app."""
    return application(call.hub.world)


@routes.on("PATCH", "/applications/@me")
async def change_mine(call: Call) -> Json:
    """Change the app's description, which is all that the sandbox looks at."""
    check_length("description", call.body.get("description") or "", 400)
    return application(call.hub.world)


@routes.on("GET", _GUILD)
@routes.on("GET", _ALL)
async def every(call: Call) -> list[Json]:
    """Return the commands of everywhere or of one guild."""
    return list(_registered(call).values())


@routes.on("GET", _GUILD_ONE)
@routes.on("GET", _ONE)
async def one(call: Call) -> Json:
    """Return a command."""
    return _known(call)


@routes.on("PUT", _GUILD)
@routes.on("PUT", _ALL)
async def replace_all(call: Call) -> list[Json]:
    """Put a whole list of commands in place of the one before; a command keeps its id by kind and name."""
    if not isinstance(call.body, list):
        raise invalid("_errors", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    registrations.check_all(call.body)
    registered = _registered(call)
    before = {(old["type"], old["name"]): int(old["id"]) for old in registered.values()}
    names = [(body.get("type", _CHAT), body.get("name")) for body in call.body]
    made = [_made(call, body, before.get(name)) for body, name in zip(call.body, names, strict=True)]
    registered.clear()
    registered.update({int(new["id"]): new for new in made})
    return made


@routes.on("POST", _GUILD)
@routes.on("POST", _ALL)
async def add(call: Call) -> Json:
    """Register a command, or put it in place of the one with its name."""
    registered = _registered(call)
    wanted = (call.body.get("type", _CHAT), call.body.get("name"))
    same = next((number for number, old in registered.items() if (old["type"], old["name"]) == wanted), None)
    made = _made(call, call.body, same)
    registered[int(made["id"])] = made
    call.status = 200 if same else 201
    return made


@routes.on("PATCH", _GUILD_ONE)
@routes.on("PATCH", _ONE)
async def change(call: Call) -> Json:
    """Change a command."""
    made = _made(call, {**_known(call), **call.body}, call.number("command_id"))
    _registered(call)[int(made["id"])] = made
    return made


@routes.on("DELETE", _GUILD_ONE)
@routes.on("DELETE", _ONE)
async def remove(call: Call) -> None:
    """Take a command away."""
    del _registered(call)[int(_known(call)["id"])]


def _registered(call: Call) -> dict[int, Json]:
    app = call.hub.world.application
    if call.number("application_id") != app.id:
        raise Refused(403, 20012)
    guild_id = call.guild().id if "guild_id" in call.path else 0
    return app.commands.setdefault(guild_id, {})


def _known(call: Call) -> Json:
    known = _registered(call).get(call.number("command_id"))
    if known is None:
        raise unknown(10063)
    return known


def _made(call: Call, body: Json, number: int | None) -> Json:
    """Check a command and return it as stored. Raises Refused."""
    registrations.check(body)
    guild_id = call.guild().id if "guild_id" in call.path else 0
    return command(call.hub.world, body, number or call.hub.world.ids.now(), guild_id)
