"""Tables of participations that somebody hands over in chat: a look at their columns, and reading them."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

from bot.ports import Meaning, Preview
from integrations.archives.csv_archive import Rejects
from integrations.archives.mapping import Columns, Constants, Identity, Mapping
from integrations.archives.participation import Participation
from integrations.archives.rows import Layout, Table

_ROWS = 5


class CsvSheets:
    """Reads CSV files whose meaning was said in chat. Rows that cannot be read are left aside and counted."""

    def preview(self, path: Path) -> Preview:
        """Return the columns and the first rows. Raises InputError for what is no CSV file."""
        table = Table(path, Layout(()))
        try:
            rows = tuple(tuple(row.cells) for row in islice(table.rows(), _ROWS) if row.fault is None)
        finally:
            table.close()
        return Preview(tuple(table.header), rows)

    def archive(self, path: Path, meaning: Meaning, captured: int) -> Participation:
        """Open a file of participations, handed over at a moment (ms). Raises InputError where a column is missing."""
        columns = Columns(date=meaning.date, role=meaning.role or None, cohort=meaning.cohort or None)
        mapping = Mapping(
            source=meaning.source,
            person=(Identity(column=meaning.person),),
            columns=columns,
            constants=Constants(programme=meaning.programme),
        )
        return Participation(path, mapping, captured, Rejects(Path(os.devnull)))
