"""Using the app: commands, buttons, menus, forms, shortcuts, its Home tab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.sandbox.slack.blocks import element, elements
from integrations.sandbox.slack.changes.files import announce
from integrations.sandbox.slack.interactions import state
from integrations.sandbox.slack.interactions.begin import Begun
from integrations.sandbox.slack.interactions.uses import Use
from integrations.sandbox.slack.model import Channel, File, Json, Message, View
from integrations.sandbox.slack.payloads.messages import file
from integrations.sandbox.slack.payloads.views import view as shown_view
from integrations.sandbox.slack.people.somebody import Somebody
from integrations.sandbox.slack.registered import App

Target = Message | View


class UsingApp(Somebody):
    """Interactions, each of which gives a `Use` to look at what the app answers."""

    __slots__ = ()

    async def uses(self, command: str, text: str = "", channel: Channel | None = None) -> Use:
        """Use a slash command, such as `/cairn` with `me`, in a channel, or else in the conversation with the app."""
        place = self.dm if channel is None else channel
        if self.id not in place.members:
            raise ValueError("this person is not in the channel")
        return self._begin().command(place, command, text)

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Use:
        """Use a shortcut, on a message or a global one."""
        return self._begin().shortcut(callback_id, message)

    async def clicks(self, target: Target, action: str) -> Use:
        """Click a button, by its action id. Raises ValueError where there is none."""
        block, one = element(self._blocks(target), action)
        if one["type"] != "button":
            raise ValueError("that is no button")
        return self._begin(target).action(target, state.action(block, one, {}, self._stamp()))

    async def chooses(self, target: Target, action: str, value: object) -> Use:
        """Choose in a menu, in boxes or a calendar: the value of an option, an id, a date, or a list of these.

        People and channels may be given as themselves. Raises ValueError for what the menu does not offer.
        """
        block, one = element(self._blocks(target), action)
        held = state.filled(one, value)
        self._state(target).setdefault(block["block_id"], {})[action] = held
        return self._begin(target).action(target, state.action(block, one, held, self._stamp()))

    async def types(self, target: Target, action: str, text: str) -> Use:
        """Type into a menu whose options come from the app; its suggestions are the `options`."""
        block, one = element(self._blocks(target), action)
        if not one["type"].endswith("external_select"):
            raise ValueError("that menu has its options itself")
        return self._begin(target).suggestion(target, {**one, "block_id": block["block_id"]}, text)

    async def fills(self, view: View, values: Mapping[str, Any]) -> None:
        """Fill in fields of a form, by their action ids, without sending it. Raises ValueError for what a field does
        not take.
        """
        for action, value in values.items():
            block, one = element(self._blocks(view), action)
            given = file(self.hub.world, value) if isinstance(value, File) else value
            view.state.setdefault(block["block_id"], {})[action] = state.filled(one, given)

    def gives(self, name: str, content: bytes) -> File:
        """Return a file of this person's, to be put into a form; it is shown nowhere."""
        made = announce(self.hub, self.by, self.hub.world.teams[self.user.team_id], name, len(content))
        made.content, made.done = content, True
        return made

    async def submits(self, view: View, values: Mapping[str, Any] | None = None) -> Use:
        """Fill in the fields of a form, by their action ids, and send it. Raises ValueError for what a field does not
        take, and where something has to stand that does not.
        """
        await self.fills(view, values or {})
        for block, one in elements(view.shown["blocks"]):
            held = view.state.get(block["block_id"], {}).get(one["action_id"])
            needed = block["type"] == "input" and not block.get("optional")
            if needed and held is not None and not state.holds(held):
                raise ValueError(f"the form wants something in {one['action_id']}")
        return self._begin(view).submission(view)

    async def closes(self, view: View, *, everything: bool = False) -> Use:
        """Close a form; `everything` closes what lies below it too."""
        return self._begin(view).closing(view, everything=everything)

    async def opens_home(self, tab: str = "home") -> View | None:
        """Open the app's Home tab, or the `messages` beside it; returns what stands there at that moment."""
        app = self._app()
        if tab == "home" and not app.home_tab:
            raise ValueError("the app has no Home tab")
        shown = self.home
        channel = self.hub.world.direct(self.id, self.bot_of(app).id)
        stamp = self.hub.event_stamp(self.by)
        event: Json = {"type": "app_home_opened", "user": self.id, "channel": channel.id, "tab": tab, "event_ts": stamp}
        if tab == "home" and shown is not None:
            event["view"] = shown_view(shown)
        if not self.by.quiet:
            self.hub.courier.tell(self.hub.world, app.id, self.user.team_id, event)
        self.hub.note(self.by, "home", space=self.user.team_id)
        return shown

    @property
    def home(self) -> View | None:
        """What stands on this person's Home tab of the app; None before anything was put there."""
        return self.hub.private.homes.get((self.id, self._app().id))

    @property
    def views(self) -> list[View]:
        """The forms that are open before this person, the topmost last."""
        return self.hub.private.modals[self.id]

    def _app(self) -> App:
        return self.hub.world.apps[self.bot_of().app_id]

    def _begin(self, target: Target | None = None) -> Begun:
        """Begin an interaction with the app of a target. Raises ValueError where this person does not see it."""
        if isinstance(target, View) and target not in (*self.views, self.home):
            raise ValueError("the view is not open before this person")
        if isinstance(target, Message):
            self._check_seen(target)
        app_id = target.app_id if target is not None else self._app().id
        return Begun(self.hub, self.by, self.hub.world.apps[app_id])

    def _check_seen(self, target: Message) -> None:
        if target.only_for:
            seen = self.hub.private.ephemeral(self.id, target.ts) is target
        else:
            place = self.hub.home(target)
            seen = self.id in place.members and target.ts in place.messages
        if not seen:
            raise ValueError("this person does not see the message")

    def _blocks(self, target: Target) -> list[Json]:
        if isinstance(target, View):
            return list(target.shown["blocks"])
        return [*target.blocks, *(block for one in target.attachments for block in one.get("blocks") or ())]

    def _state(self, target: Target) -> Json:
        if isinstance(target, View):
            return target.state
        return self.hub.private.typed.setdefault((self.id, target.ts), {})

    def _stamp(self) -> str:
        return self.hub.event_stamp(self.by)
