"""Codes by which people say that several accounts are theirs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text, UniqueConstraint

from bot.storage.schema.base import NUMBER, metadata, of_community

link_code = Table(
    "link_code",
    metadata,
    of_community(primary=True),
    Column("digest", Text, primary_key=True, comment="keyed hash of the code; the code itself is nowhere"),
    Column("account", NUMBER, nullable=False, comment="who asked for it"),
    Column("expires_at", BigInteger, nullable=False),
    UniqueConstraint("community", "account"),
    comment="Codes that join accounts. Each is gone once it was used.",
)
