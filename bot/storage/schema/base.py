"""What all tables share: one set of metadata with named constraints, and columns that recur."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database hands out (SQLite does so for INTEGER keys only)."""

KEY = Text().with_variant(Text(collation="C"), "postgresql")
"""A natural key: compared byte by byte, so that what hangs on an object stands right behind it."""


def number() -> Column[int]:
    """Return the column of a row's own number."""
    return Column("id", NUMBER, primary_key=True, autoincrement=True)


def of_community(*, primary: bool = False) -> Column[int]:
    """Return the column that leads every key."""
    return Column("community", Integer, ForeignKey("community.id"), nullable=False, primary_key=primary)


def hot_of_community(*, primary: bool = False) -> Column[int]:
    """Return the community on tables that take thousands of rows a second: no foreign key is looked up for each."""
    return Column("community", Integer, nullable=False, primary_key=primary)
