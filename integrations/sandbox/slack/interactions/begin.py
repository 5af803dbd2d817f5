"""Sends interactions off, and does what the app says in its acknowledgement."""

from __future__ import annotations

from collections.abc import Callable

from integrations.sandbox.slack.blocks.parts import Problems, option
from integrations.sandbox.slack.changes import views
from integrations.sandbox.slack.delivery.letters import COMMAND, INTERACTIVE, Letter
from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.interactions import payloads
from integrations.sandbox.slack.interactions.responses import answer
from integrations.sandbox.slack.interactions.urls import Response
from integrations.sandbox.slack.interactions.uses import Use
from integrations.sandbox.slack.model import Channel, Json, Message, User, View
from integrations.sandbox.slack.payloads.views import view
from integrations.sandbox.slack.refusals import Refused
from integrations.sandbox.slack.registered import App

_KINDS = {
    "block_actions": "click",
    "block_suggestion": "typing",
    "command": "command",
    "message_action": "shortcut",
    "shortcut": "shortcut",
    "view_closed": "form_closed",
    "view_submission": "form",
}


class Begun:
    """One interaction of a person with an app, from its beginning on."""

    def __init__(self, hub: Hub, by: By, app: App) -> None:
        self.hub = hub
        self.by = by
        self.app = app
        self.who: User = hub.world.users[by.user_id]
        self.use = Use(hub, by.user_id)

    def _trigger(self) -> Json:
        return {"trigger_id": self.hub.triggers.new(self.app.id, self.use)}

    def _response(self, place: Channel, original: Message | None, kind: str = "actions") -> tuple[Response, Json]:
        made = Response(self.use, self.app.id, self.who.team_id, place, self.hub.time.seconds(), original)
        return made, {"response_url": self.hub.urls.new(self.hub.root, made, kind)}

    def _send(self, kind: str, payload: Json, then: Callable[[Json], None] | None = None) -> Use:
        """Send it off; `then` is called with what comes with the acknowledgement."""
        letter = Letter(self.app, self.who.team_id, kind, payload)
        letter.then = then or letter.then
        self.use.letter = letter
        place = payload.get("channel_id") or payload.get("channel", {}).get("id", "")
        about = payload.get("message_ts") or payload.get("container", {}).get("message_ts")
        named = _KINDS[str(payload.get("type", "command"))]
        self.hub.note(self.by, named, self.hub.world.channels.get(place), space=self.who.team_id, about=about)
        self.hub.courier.send(letter)
        return self.use

    def _common(self, kind: str) -> Json:
        return payloads.common(self.hub.world, self.app, self.who, kind)

    def _about(self, target: Message | View) -> Json:
        typed = self.hub.private.typed.get((self.by.user_id, "" if isinstance(target, View) else target.ts), {})
        return payloads.about(self.hub.world, target, typed)

    # what people do

    def command(self, place: Channel, name: str, text: str) -> Use:
        """Use a slash command."""
        response, url = self._response(place, None, "commands")
        said = payloads.command(self.hub.world, self.app, self.who, place, (name, text))
        return self._send(COMMAND, {**said, **url, **self._trigger()}, lambda reply: self._answered(response, reply))

    def _answered(self, response: Response, reply: Json) -> None:
        """Show what came with the acknowledgement."""
        if not reply:
            return
        try:
            answer(self.hub, response, reply)
        except Refused as refused:
            self.use.trouble = refused.error

    def action(self, target: Message | View, used: Json) -> Use:
        """Click or choose in a message or a view."""
        told = self._common("block_actions") | self._about(target) | self._trigger()
        if isinstance(target, Message):
            told |= self._response(self.hub.home(target), target)[1]
        return self._send(INTERACTIVE, {**told, "actions": [used]})

    def shortcut(self, callback_id: str, target: Message | None) -> Use:
        """Use a shortcut, a global one or one on a message."""
        told = self._common("shortcut" if target is None else "message_action") | self._trigger()
        # shortcuts say a little less of who and what
        told["user"] = {name: part for name, part in told["user"].items() if name != "username"}
        del told["api_app_id"]
        told |= payloads.shortcut(self.hub.world, callback_id, target, self.hub.event_stamp(self.by))
        if target is not None:
            told |= self._response(self.hub.home(target), target)[1]
        return self._send(INTERACTIVE, told)

    def suggestion(self, target: Message | View, part: Json, text: str) -> Use:
        """Type into a menu whose options come from the app."""
        told = self._common("block_suggestion") | self._about(target)
        told.pop("state", None)
        asked = {name: part[name] for name in ("action_id", "block_id")} | {"value": text}
        return self._send(INTERACTIVE, told | asked, self._suggested)

    def _suggested(self, reply: Json) -> None:
        found = Problems()
        if "option_groups" in reply:
            groups = [group for group, _ in found.each(reply, "option_groups", (0, 100), "")]
        else:
            groups = [reply]
        options = [pair for group in groups for pair in found.each(group, "options", (0, 100), "")]
        for one, where in options:
            option(found, one, where)
        if found.found:
            # the person sees a menu with nothing in it
            self.use.trouble = "invalid_options"
        else:
            self.use.options = [one for one, _ in options]

    def submission(self, of: View) -> Use:
        """Send a modal off."""
        told = self._common("view_submission") | self._trigger() | {"view": view(of), "response_urls": []}
        return self._send(INTERACTIVE, told, lambda reply: self._submitted(of, reply))

    def _submitted(self, of: View, reply: Json) -> None:
        """Close the modal, or do instead what the app says."""
        known = self.hub.world.teams[of.team_id].installed[of.app_id]
        what = reply.get("response_action", "")
        try:
            if what == "errors":
                self._wrong(of, reply.get("errors"))
            elif what == "update":
                self.use.views.append(views.update(self.hub, of, reply.get("view")))
            elif what == "push":
                self.use.views.append(views.push(self.hub, known, of.user, reply.get("view")))
            else:
                views.close(self.hub, of, everything=what == "clear")
        except Refused as refused:
            # the person reads "We had some trouble connecting" and keeps the form
            self.use.trouble = refused.error

    def _wrong(self, of: View, errors: object) -> None:
        """Show what is wrong beside its blocks; Slack takes only errors for input blocks that are there."""
        known = {one["block_id"] for one in of.shown["blocks"] if one["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not known.issuperset(errors):
            raise Refused("invalid_errors")
        self.use.errors = dict(errors)

    def closing(self, of: View, *, everything: bool) -> Use:
        """Close a modal; apps that asked for it are told."""
        gone = views.close(self.hub, of, everything=everything)
        for one in gone:
            if one.shown.get("notify_on_close"):
                cleared = everything or bool(of.shown.get("clear_on_close"))
                told = self._common("view_closed") | {"view": view(one), "is_cleared": cleared}
                self._send(INTERACTIVE, told)
        return self.use
