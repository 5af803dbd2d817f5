"""Care for the database: making it ready, its key file, checking, backing up and restoring."""

from bot.maintenance.getting_ready import ready
from bot.maintenance.key_file import adopt_keys, keys_for

__all__ = ["adopt_keys", "keys_for", "ready"]
