"""The inventory and the schema say the same, field by field."""

from __future__ import annotations

import pytest

from bot.rights.inventory import Sort, inventory
from bot.storage.schema import metadata

TABLES = sorted(metadata.tables)
_FREE = {Sort.NUMBER, Sort.TIME, Sort.FACT, Sort.REFERENCE, Sort.WORDS, Sort.RECORD}


def test_inventory_lists_the_tables_that_there_are() -> None:
    assert sorted(inventory()) == TABLES


@pytest.mark.parametrize("table", TABLES)
def test_each_field_is_listed_with_its_class(table: str) -> None:
    assert sorted(inventory()[table].fields) == sorted(metadata.tables[table].c.keys())


@pytest.mark.parametrize("table", TABLES)
def test_each_table_has_a_purpose_and_a_period(table: str) -> None:
    assert inventory()[table].purpose
    assert inventory()[table].kept


@pytest.mark.parametrize("table", TABLES)
def test_columns_that_name_people_are_not_passed_off_as_facts(table: str) -> None:
    telling = {"member", "account", "actor", "about", "target", "handle", "sealed", "pseudonym", "own_member", "zone"}
    listed = inventory()[table]
    but = {("task", "about")}  # numbers and names of ours

    suspect = [name for name in listed.fields if name in telling and listed.fields[name] in _FREE]
    assert [name for name in suspect if (table, name) not in but] == []


@pytest.mark.parametrize("table", TABLES)
def test_who_is_only_named_can_be_taken_out_of_a_row(table: str) -> None:
    named = inventory()[table].of(Sort.OF_MEMBER, Sort.BY_MEMBER, Sort.OTHER_ACCOUNT)

    assert [name for name in named if not metadata.tables[table].c[name].nullable] == []
