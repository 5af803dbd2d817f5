"""Who calls on Slack, as it is now: which user groups they are in, whether they run the workspace, what they speak."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from bot.ports import BROKEN, Caller, MachineError, truth
from integrations.slack.api import Api, RefusedError
from integrations.slack.loading import FRESH_SECONDS, Loader
from integrations.slack.receiving.ear import Heard

_KNOWN = 5_000
_STAFF_SECONDS = 60.0
"""For how long what was known of somebody still holds where Slack does not answer."""


class Callers:
    """Asks Slack who somebody is, and remembers it for less than a minute."""

    def __init__(self, api: Api, loader: Loader) -> None:
        self._api = api
        self._loader = loader
        self._known: OrderedDict[tuple[str, str], tuple[float, bool, str]] = OrderedDict()

    async def of(self, heard: Heard, person: str) -> Caller:
        """Return who calls."""
        (runs, locale), _ = await asyncio.gather(self._person(heard, person), self._groups(heard))
        groups = heard.workspace.groups
        held = groups.of_person.get(person, frozenset())
        roles = frozenset((number, groups.all[number].name) for number in held if number in groups.all)
        account = heard.workspace.people.account(person)
        return Caller(account, roles, runs, locale, account.bot, heard.workspace.people.zone(person))

    async def _groups(self, heard: Heard) -> None:
        try:
            await self._loader.freshen(heard.workspace, heard.token)
        except MachineError:
            if self._loader.age(heard.workspace) > _STAFF_SECONDS:  # a role that was lost must not hold for long
                heard.workspace.groups.replace(())

    async def _person(self, heard: Heard, person: str) -> tuple[bool, str]:
        key, now = (heard.workspace.id, person), asyncio.get_running_loop().time()
        at, runs, locale = self._known.get(key, (0.0, False, ""))
        if key in self._known and now - at < FRESH_SECONDS:
            return runs, locale
        try:
            answer = await self._api.ask(heard.token, "users.info", user=person, include_locale="true")
            user = answer.get("user") or {}
            runs = truth(user.get("is_admin")) or truth(user.get("is_owner"))
            locale = str(user.get("locale") or "")[:20]
            heard.workspace.people.lives_in(person, user.get("tz"))
        except (RefusedError, MachineError, *BROKEN):
            return (runs if now - at < _STAFF_SECONDS else False), locale
        self._known[key] = now, runs, locale
        while len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        return runs, locale
