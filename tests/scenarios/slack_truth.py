"""What a database should hold after people were busy in a made-up Slack: worked out from the sandbox's ledger alone.

Written from the design and Slack's reference, with nothing of `integrations/slack`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from integrations.sandbox.ledger import Act, Ledger
from scoring.signals import Kind
from tests.scenarios.discord_truth import Fact


@dataclass
class SlackTruth:
    """The facts that should be stored; `hidden` are channels that do not count, `strangers` people who do not."""

    thanks: str
    hidden: frozenset[str] = frozenset()
    strangers: frozenset[str] = frozenset()
    facts: dict[Fact, None] = field(default_factory=dict)
    _authors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, ledger: Ledger, thanks: str, hidden: Iterable[str] = (), strangers: Iterable[str] = ()) -> SlackTruth:
        """Read a ledger."""
        found = cls(thanks, frozenset(hidden), frozenset(strangers))
        for one in ledger.entries:
            if isinstance(one, Act):
                found.take(one)
        return found

    def take(self, act: Act) -> None:
        """Take one act."""
        key = f"s:{act.place}:{act.what}"
        if act.kind in ("message", "reply"):
            self._authors[key] = "" if act.bot else act.who
        if act.bot or act.place in self.hidden or act.who in self.strangers or act.place.startswith("D"):
            return
        if act.kind == "message" and act.detail in ("", "me_message", "file_share"):
            self.facts[Fact(Kind.MESSAGE, key, act.who)] = None
        elif act.kind == "reply":
            self.facts[Fact(Kind.REPLY, key, act.who, "", f"s:{act.place}:{act.about}")] = None
        elif act.kind == "mention":
            self.facts[Fact(Kind.MENTION, f"{key}/m", act.who, act.about, key)] = None
        elif act.kind == "delete":
            self._delete(key)
        elif act.kind in ("reaction", "reaction_removed"):
            self._react(act, key)

    def _delete(self, key: str) -> None:
        """Take a message away, and with it what hangs on it."""
        for one in [one for one in self.facts if one.thing == key or one.thing.startswith(f"{key}/")]:
            del self.facts[one]

    def _react(self, act: Act, key: str) -> None:
        author = self._authors.get(key, "")
        told = [Fact(Kind.REACTION, f"{key}/r/{act.detail}", act.who, "", key)]
        if act.detail.partition("::")[0] == self.thanks and author not in ("", act.who):
            told.append(Fact(Kind.THANKS, f"{key}/thanks/{act.detail}", act.who, author, key))
        for one in told:
            if act.kind == "reaction_removed":
                self.facts.pop(one, None)
            else:
                self.facts[one] = None
