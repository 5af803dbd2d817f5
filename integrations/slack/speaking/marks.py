"""Spans of text as Slack's rich text, in which words are only words: nothing that stands in them can ping or format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.ports import Account, Bold, Channel, Jump, Link, Moment, RoleTag, Span, Text, Who, letters, plain

Json = dict[str, Any]
Names = Callable[[Account], str]
"""What returns how somebody is called, where naming them live would notify them."""
_ADDRESS = re.compile(r"https?://[^\s<>\"\\|]+")
_PERSON, _CHANNEL = re.compile(r"[UW][A-Z0-9]{1,30}"), re.compile(r"[CG][A-Z0-9]{1,30}")
_MESSAGE = re.compile(r"s:([CG][A-Z0-9]{1,30}):([0-9]{10})\.([0-9]{6})(?:/|$)")


class Marks:
    """Draws texts for one place. `names` is given where others read along: then only `pings` is named live."""

    def __init__(self, team: str, names: Names | None = None, pings: Account | None = None) -> None:
        self._team = team
        self._names = names
        self._pings = pings

    def elements(self, text: Text, style: Mapping[str, bool] | None = None) -> list[Json]:
        """Return the elements of a line or paragraph."""
        found = [self._element(one, dict(style or {})) for one in text]
        return [one for one in found if one.get("text") != ""]

    def _element(self, span: Span, style: Json) -> Json:
        match span:
            case str():
                return _words(span, style)
            case Bold():
                return _words(span.text, style | {"bold": True})
            case Link() | Jump():
                url = span.url if isinstance(span, Link) else self._address(span)
                text = letters.clean(span.text)
                if not text.strip() or _ADDRESS.fullmatch(url) is None:
                    return _words(span.text, style)
                return {"type": "link", "url": url, "text": text} | _styled(style)
            case Who():
                return self._person(span.account, style)
            case Channel() if _CHANNEL.fullmatch(span.id):
                return {"type": "channel", "channel_id": span.id} | _styled(style)
            case Channel() | RoleTag():
                return _words(span.id, style)
            case Moment():
                return _moment(span)

    def _person(self, who: Account, style: Json) -> Json:
        live = self._names is None or who == self._pings
        if who.platform == "slack" and who.realm == self._team and _PERSON.fullmatch(who.id):
            if live:
                return {"type": "user", "user_id": who.id} | _styled(style)
            assert self._names is not None  # noqa: S101 - it is not live
            return _words(self._names(who) or who.id, style | {"bold": True})
        return _words(who.id[:200], style)

    def _address(self, to: Jump) -> str:
        """Return where a message of this workspace is shown, nothing for anything else."""
        found = _MESSAGE.match(to.key)
        if found is None or to.platform != "slack":
            return ""
        return f"https://slack.com/archives/{found[1]}/p{found[2]}{found[3]}"


def _words(text: str, style: Json) -> Json:
    return {"type": "text", "text": letters.calling_nobody(letters.clean(text))} | _styled(style)


def _styled(style: Json) -> Json:
    return {"style": style} if style else {}


def _moment(of: Moment) -> Json:
    form = "{date_long}" if of.day else "{date_long}, {time}"
    return {"type": "date", "timestamp": plain.seconds(of), "format": form, "fallback": plain.words((of,))}


def size(elements: Iterable[Json]) -> int:
    """Return how long elements are, in UTF-16 units."""
    return sum(letters.units(str(one.get("text") or one.get("fallback") or "@somebody")) for one in elements)


def shortened(elements: Iterable[Json], room: int) -> list[Json]:
    """Return as many elements as find room; the text that does not ends in an ellipsis."""
    found: list[Json] = []
    for one in elements:
        taken = size((one,))
        if taken <= room:
            found.append(one)
            room -= taken
            continue
        if one["type"] == "text" and room > 1:
            found.append({**one, "text": letters.cut(one["text"], room)})
        break
    return found
