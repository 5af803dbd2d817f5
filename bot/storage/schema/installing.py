"""Where Cairn was installed by a link, with the tokens it got there; and who is on the way to do so."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from bot.storage.schema.base import metadata

installation = Table(
    "installation",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("external", Text, primary_key=True, comment="the platform's own id of the server or workspace"),
    Column("content", LargeBinary, nullable=False, comment="the tokens, encrypted, and bound to this row"),
    Column("version", BigInteger, nullable=False, comment="another number after each change"),
    Column("since", BigInteger, nullable=False),
    Column("renewing", BigInteger, nullable=False, comment="until when somebody may be getting new tokens; 0: nobody"),
    comment="Spaces in which Cairn was installed by a link.",
)

arrival = Table(
    "arrival",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("digest", Text, primary_key=True, comment="hash of what the platform gives back; itself it is nowhere"),
    Column("browser", Text, nullable=False, comment="hash of what the browser holds"),
    Column("expires_at", BigInteger, nullable=False),
    Index("ix_arrival_expires_at", "expires_at"),
    comment="Who was sent to a platform's page to install Cairn. Each is gone once they came back.",
)
