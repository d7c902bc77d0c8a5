"""The org's metadata: every component that was deployed, in metadata format, in the org's own database."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from smarketing.sandbox.org.ids import make_id

_TABLE = """
CREATE TABLE IF NOT EXISTS _components (
    number INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    full_name TEXT NOT NULL COLLATE NOCASE,
    file_name TEXT NOT NULL,
    content BLOB NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    UNIQUE (type, full_name)
)
"""
_PREFIX = "0Mk"
"""Of the ids that components are listed with; on the platform each type has its own."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A component as the org keeps it.

    Attributes:
        full_name: as a manifest names it; a part's with its parent, such as `Lead.Smarketing_Score__c`.
        file_name: in a package, such as `objects/Lead.object`.
        content: an XML document whose root is named by the component's type, for parts as well; an object's
            own holds none of its parts.
        created_at: REST API time, as all times here.
        created_by: a user's id.
    """

    id: str
    type: str
    full_name: str
    file_name: str
    content: bytes
    created_at: str
    created_by: str
    changed_at: str
    changed_by: str


class Components:
    """Keeps components; names are compared as the platform does, without case.

    Works within the caller's transaction and lock, as the records do.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use an open database."""
        self._connection = connection
        tables = "SELECT 1 FROM sqlite_master WHERE name = '_components'"
        self.is_new = connection.execute(tables).fetchone() is None
        """Whether nothing was ever deployed."""
        connection.execute(_TABLE)

    def get(self, kind: str, full_name: str) -> Stored | None:
        """Find a component."""
        found = self._read("type = ? AND full_name = ?", kind, full_name)
        return next(found, None)

    def of(self, kind: str, parent: str | None = None) -> list[Stored]:
        """List the components of a type by name, all or the parts of a parent."""
        if parent is None:
            return list(self._read("type = ?", kind))
        below = f"{parent}."
        return [each for each in self.of(kind) if each.full_name.lower().startswith(below.lower())]

    def all(self) -> list[Stored]:
        """List everything by type and name."""
        return list(self._read("1 = 1"))

    def put(self, kind: str, full_name: str, file_name: str, content: bytes, at: str, by: str) -> None:
        """Add a component, or replace the one of its name."""
        self._connection.execute(
            "INSERT INTO _components "
            "(type, full_name, file_name, content, created_at, created_by, changed_at, changed_by) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (type, full_name) DO UPDATE SET "
            "file_name = excluded.file_name, content = excluded.content, "
            "changed_at = excluded.changed_at, changed_by = excluded.changed_by",
            (kind, full_name, file_name, content, at, by, at, by),
        )

    def remove(self, kind: str, full_name: str) -> bool:
        """Remove a component; tells whether it was there."""
        done = self._connection.execute(
            "DELETE FROM _components WHERE type = ? AND full_name = ?", (kind, full_name)
        )
        return done.rowcount > 0

    def _read(self, condition: str, *values: str) -> Iterator[Stored]:
        rows = self._connection.execute(
            f"SELECT * FROM _components WHERE {condition} ORDER BY type, full_name",  # noqa: S608 - constant
            values,
        )
        for row in rows:
            plain = {name: row[name] for name in row.keys() if name != "number"}  # noqa: SIM118 - no mapping
            yield Stored(id=make_id(_PREFIX, row["number"]), **plain)
