"""The org's records in SQLite: a table per object, a column per field."""

import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from smarketing.sandbox.org.ids import make_id
from smarketing.sandbox.org.schema import Field, Schema, SObject

Record = dict[str, Any]
"""Values by field name: text, numbers, None; booleans as bool; times as the REST API writes them."""

FORMULA_FIELD = "FORMULA_FIELD"
"""In SQL the value of a formula field: `FORMULA_FIELD('Interest__c', 'Is_Open__c', t."Id")`."""

_COLUMN = {"boolean": "INTEGER", "int": "INTEGER", "double": "REAL", "currency": "REAL", "percent": "REAL"}


class Database:
    """One org's data; one thread at a time works on it, in a transaction."""

    def __init__(self, schema: Schema, path: Path | None = None, image: bytes | None = None) -> None:
        """Open the file, or a database that is gone with the process; an image fills it to begin with."""
        self.schema = Schema({})
        self.lock = threading.RLock()
        self.changes: Counter[str] = Counter()
        """How often each object's records changed, for what is made of them and kept."""
        self._depth = 0
        self._after: list[Callable[[], None]] = []
        self.connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        # SQLite's own comparisons ignore the case of ASCII letters only.
        self.connection.create_collation("NOCASE", _compare)
        self.connection.create_function("LIKE", 3, _is_like, deterministic=True)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.execute("CREATE TABLE IF NOT EXISTS _numbers (object TEXT PRIMARY KEY, last INTEGER)")
        self.connection.execute("CREATE TABLE IF NOT EXISTS _prefixes (object TEXT PRIMARY KEY, prefix TEXT)")
        if image is None:
            self.use(schema)
        else:
            self.connection.deserialize(image)
            self.schema = schema

    def image(self) -> bytes:
        """Give all data as SQLite writes it to a file."""
        with self.lock:
            return self.connection.serialize()

    def use(self, schema: Schema) -> None:
        """Have the objects and fields of a schema from now on; what it lacks goes with its data.

        Within a transaction that is undone, the caller puts the former schema back.
        """
        with self.lock:
            before, self.schema = self.schema, schema
            for name, known in before.objects.items():
                if name not in schema.objects:
                    self.connection.execute(f'DROP TABLE "{known.name}"')
            for name, each in schema.objects.items():
                former = before.objects.get(name)
                if former != each:
                    self._drop_columns(each, former)
                    self._make_table(each)

    def prefix(self, name: str) -> str:
        """Give the prefix of a custom object's ids; an object keeps the one that it once got."""
        row = self.connection.execute("SELECT prefix FROM _prefixes WHERE object = ?", (name,)).fetchone()
        if row is not None:
            return str(row["prefix"])
        number = int(self.connection.execute("SELECT count(*) FROM _prefixes").fetchone()[0])
        prefix = f"a{number:02d}"
        self.connection.execute("INSERT INTO _prefixes VALUES (?, ?)", (name, prefix))
        return prefix

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do several things or none of them; may be nested."""
        with self.lock:
            before, changes = len(self._after), self.changes.copy()
            self._depth += 1
            self.connection.execute("SAVEPOINT level")
            try:
                yield
            except BaseException:
                self.connection.execute("ROLLBACK TO level")
                del self._after[before:]
                # What was undone has changed again.
                self.changes.update(name for name, count in self.changes.items() if count != changes[name])
                raise
            finally:
                self.connection.execute("RELEASE level")
                self._depth -= 1
            if self._depth == 0:
                done, self._after = self._after, []
                for each in done:
                    each()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Do something once the work at hand is certain: never, if its transaction is undone."""
        if self._depth == 0:
            action()
        else:
            self._after.append(action)

    def next_number(self, sobject: SObject) -> int:
        """Count the object's records on by one."""
        return self.count(sobject.name)

    def count(self, name: str) -> int:
        """Count anything on by one; it goes on counting after a restart."""
        row = self.connection.execute(
            "INSERT INTO _numbers VALUES (?, 1) "
            "ON CONFLICT (object) DO UPDATE SET last = last + 1 RETURNING last",
            (name,),
        ).fetchone()
        return int(row[0])

    def new_id(self, sobject: SObject, number: int) -> str:
        """Make the id of the so-manieth record."""
        return make_id(sobject.prefix, number)

    def insert(self, sobject: SObject, record: Mapping[str, Any]) -> None:
        """Add a record that has been found in order."""
        names = ", ".join(f'"{name}"' for name in record)
        places = ", ".join("?" * len(record))
        self.changes[sobject.name] += 1
        self.connection.execute(
            f'INSERT INTO "{sobject.name}" ({names}) VALUES ({places})',  # noqa: S608 - names of the schema
            list(record.values()),
        )

    def update(self, sobject: SObject, record_id: str, values: Mapping[str, Any]) -> None:
        """Change fields of a record."""
        if values:
            changes = ", ".join(f'"{name}" = ?' for name in values)
            self.changes[sobject.name] += 1
            self.connection.execute(
                f'UPDATE "{sobject.name}" SET {changes} WHERE Id = ?',  # noqa: S608 - names of the schema
                [*values.values(), record_id],
            )

    def erase(self, sobject: SObject, record_id: str) -> None:
        """Remove a record for good, without the recycle bin."""
        self.changes[sobject.name] += 1
        self.connection.execute(
            f'DELETE FROM "{sobject.name}" WHERE Id = ?',  # noqa: S608 - a name of the schema
            (record_id,),
        )

    def get(self, sobject: SObject, record_id: str) -> Record | None:
        """Read a record by its id, deleted or not."""
        found = self.find(sobject, "Id", record_id, deleted=True)
        return found[0] if found else None

    def find(self, sobject: SObject, field: str, value: Any, *, deleted: bool = False) -> list[Record]:
        """Read the records whose field has a value; text is compared as the platform does, without case."""
        alive = "" if deleted else " AND IsDeleted = 0"
        # SQLite calls our comparisons within a statement: two threads that use the connection wait for ever.
        with self.lock:
            rows = self.connection.execute(
                f'SELECT * FROM "{sobject.name}" WHERE "{field}" = ?{alive}',  # noqa: S608 - of the schema
                (value,),
            )
            return [self.record(sobject, row) for row in rows]

    def record(self, sobject: SObject, row: sqlite3.Row) -> Record:
        """Give a row its booleans back."""
        kinds = {each.name: each.type for each in sobject.fields.values()}
        return {
            name: bool(row[name]) if kinds.get(name) == "boolean" else row[name]
            for name in row.keys()  # noqa: SIM118 - a row is no mapping
            if name in kinds
        }

    def close(self) -> None:
        """Write what is left and close the file."""
        with self.lock:
            self.connection.close()

    def _drop_columns(self, sobject: SObject, former: SObject | None) -> None:
        for name, known in former.fields.items() if former else ():
            field = sobject.fields.get(name)
            if field is None or _column(field) != _column(known):
                self.connection.execute(f'DROP INDEX IF EXISTS "{sobject.name}_{known.name}"')
                self.connection.execute(f'ALTER TABLE "{sobject.name}" DROP COLUMN "{known.name}"')

    def _make_table(self, sobject: SObject) -> None:
        columns = [_column(each) for each in sobject.fields.values()]
        self.connection.execute(f'CREATE TABLE IF NOT EXISTS "{sobject.name}" ({", ".join(columns)})')
        known = {row["name"] for row in self.connection.execute(f'PRAGMA table_info("{sobject.name}")')}
        for each in sobject.fields.values():
            if each.name not in known:
                self.connection.execute(f'ALTER TABLE "{sobject.name}" ADD COLUMN {_column(each)}')
            if _is_searched(each):
                name = f"{sobject.name}_{each.name}"
                self.connection.execute(
                    f'CREATE INDEX IF NOT EXISTS "{name}" ON "{sobject.name}" ("{each.name}")'
                )


def columns_of(sobject: SObject) -> Sequence[str]:
    """Name the object's columns."""
    return [each.name for each in sobject.fields.values()]


def _compare(left: str, right: str) -> int:
    one, other = left.casefold(), right.casefold()
    return (one > other) - (one < other)


def _is_like(pattern: str, text: str | None, escape: str) -> bool | None:
    """Do SQL's LIKE, which calls with the pattern first."""
    return None if text is None else _like(pattern, escape).fullmatch(text.casefold()) is not None


@lru_cache(maxsize=256)
def _like(pattern: str, escape: str) -> re.Pattern[str]:
    wild = {"%": ".*", "_": "."}
    letters = iter(pattern.casefold())
    parts = [
        re.escape(next(letters, "")) if each == escape else wild.get(each) or re.escape(each)
        for each in letters
    ]
    return re.compile("".join(parts), re.DOTALL)


def _column(field: Field) -> str:
    if field.name == "Id":
        return '"Id" TEXT PRIMARY KEY'
    if field.type in _COLUMN:
        default = " DEFAULT 0" if field.type == "boolean" else ""
        return f'"{field.name}" {_COLUMN[field.type]}{default}'
    # Ids tell case; all other text compares without it, as SOQL does.
    collation = "" if field.type in ("reference", "datetime", "date") else " COLLATE NOCASE"
    return f'"{field.name}" TEXT{collation}'


def _is_searched(field: Field) -> bool:
    return field.external_id or field.type in ("reference", "email") or field.name == "SystemModstamp"
