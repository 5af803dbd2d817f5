"""People of the made-up Discord, to act as. Each act changes the world, is told to the bot, and is in the ledger."""

from __future__ import annotations

from integrations.sandbox.discord.people.belonging import Belonging
from integrations.sandbox.discord.people.taking_part import TakingPart
from integrations.sandbox.discord.people.threading import Threading
from integrations.sandbox.discord.people.using_bot import UsingBot
from integrations.sandbox.discord.people.writing import Writing


class Person(Writing, Threading, Belonging, TakingPart, UsingBot):
    """Somebody. `at(ms)` gives the same person in the past; what they do then is history that nobody is told of."""

    __slots__ = ()
