"""People of the made-up Slack, to act as. Each act changes the world, is told to apps, and is in the ledger."""

from __future__ import annotations

from integrations.sandbox.slack.people.belonging import Belonging
from integrations.sandbox.slack.people.taking_part import TakingPart
from integrations.sandbox.slack.people.using import UsingApp
from integrations.sandbox.slack.people.writing import Writing


class Person(Writing, Belonging, TakingPart, UsingApp):
    """Somebody in one workspace. `at(ms)` gives the same person in the past; what they do then is history that nobody
    is told of.
    """

    __slots__ = ()
