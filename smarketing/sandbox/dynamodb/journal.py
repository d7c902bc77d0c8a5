"""Keeps the tables in a file: every write is appended as a line before its caller hears of it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from smarketing.sandbox.dynamodb.operations import Database, Write
from smarketing.sandbox.dynamodb.table import Key, Table


class JournalFile:
    """The lines of one file: `{"table": {...}}` for a table, `[name, key, item or null]` for a write."""

    def __init__(self, path: Path) -> None:
        """Keep the tables at `path`."""
        self._path = path
        self._file: Any = None

    def load(self, database: Database) -> None:
        """Fill the database with what the file tells, and write the file anew without what is past.

        Every item is then in its table's stream, as if it had just been written: what read the stream
        before is told again rather than not at all.
        """
        tables: dict[str, Table] = {}
        items: dict[str, dict[Key, Any]] = {}
        for line in self._lines():
            if isinstance(line, dict):
                table = Table.create(line["table"])
                tables[table.name], items[table.name] = table, {}
            elif line[2] is None:
                items[line[0]].pop(tuple(line[1]), None)
            else:
                items[line[0]][tuple(line[1])] = line[2]
        for name, rows in items.items():
            for key, item in rows.items():
                tables[name].write(key, item)
        database.tables.update(tables)
        self.tables_changed(tables.values())

    def tables_changed(self, tables: Iterable[Table]) -> None:
        """Write the file anew: each table with its items."""
        part = self._path.with_suffix(".part")
        self._file = part.open("w")
        for table in tables:
            self._file.write(json.dumps({"table": table.description}) + "\n")
            self.committed([(table, key, item) for key, item in table.rows()])
        self._file.flush()
        part.replace(self._path)

    def committed(self, writes: list[Write]) -> None:
        """Append writes; what is flushed outlives the process."""
        for table, key, item in writes:
            self._file.write(json.dumps([table.name, key, item], separators=(",", ":")) + "\n")
        self._file.flush()

    def _lines(self) -> list[Any]:
        if not self._path.exists():
            return []
        lines = self._path.read_text().split("\n")
        # The last line has no end if the process was killed while it wrote it.
        return [json.loads(line) for line in lines[:-1]]
