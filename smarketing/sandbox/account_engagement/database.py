"""All rows of the emulated business unit."""

from collections.abc import Iterable, Mapping
from typing import Any

from smarketing.sandbox.account_engagement.answers import IN_RECYCLE_BIN, NOT_FOUND, Refused
from smarketing.sandbox.account_engagement.prospect_index import ProspectIndex
from smarketing.sandbox.account_engagement.schema import CUSTOM, objects
from smarketing.sandbox.account_engagement.table import Row, Table
from smarketing.sandbox.account_engagement.values import read_time, written
from smarketing.sandbox.clock import SandboxClock

PROSPECTS, LISTS, MEMBERSHIPS = "prospects", "lists", "list-memberships"
CUSTOM_FIELDS = "custom-fields"
_USER = 1
"""Who calls the API."""

_BIN_WARNING = {"Pardot-Warning": "201;Record In Recycle Bin"}


class Database:
    """Tables by the name of their object."""

    def __init__(self, clock: SandboxClock, custom_fields: Iterable[Mapping[str, Any]] = ()) -> None:
        """Begin with nothing but the prospects' custom fields.

        Args:
            clock: the sandbox's.
            custom_fields: each with `fieldId` (without `__c`), `name` and `type`.
        """
        self.clock = clock
        self.objects = objects()
        self.tables = {name: Table() for name in self.objects}
        self.index = ProspectIndex()
        self._memberships: dict[tuple[int, int], int] = {}
        for each in custom_fields:
            self.insert(CUSTOM_FIELDS, each)

    def insert(self, name: str, values: Mapping[str, Any]) -> Row:
        """Add a row."""
        now = written(self.clock())
        by = {"createdById": _USER, "updatedById": _USER}
        row = {"id": self.tables[name].next_id(), "createdAt": now, "updatedAt": now, **by, **values}
        return self._save(name, row)

    def change(self, name: str, row: Row, values: Mapping[str, Any]) -> Row:
        """Change some values of a row."""
        stamp = {"updatedAt": written(self.clock()), "updatedById": _USER}
        return self._save(name, {**row, **values, **stamp})

    def load(self, name: str, row: Mapping[str, Any]) -> Row:
        """Put a whole row there, as somebody who rehearses wants it; times in any zone."""
        kinds = self.objects[name].fields
        now = written(self.clock())
        times = {
            field: read_time(str(value)) or now
            for field, value in row.items()
            if kinds.get(field) == "time" and value
        }
        first = times.get("createdAt", now)
        return self._save(name, {"createdAt": first, "updatedAt": first, **row, **times})

    def remove(self, name: str, row: Row) -> None:
        """Delete a row: into the recycle bin, where the object has one."""
        if self.objects[name].has_bin:
            self.change(name, row, {"isDeleted": True})
            return
        self.tables[name].remove(int(row["id"]), self.clock())
        if name == CUSTOM_FIELDS:
            prospects, field = self.objects[PROSPECTS], f"{row['fieldId']}{CUSTOM}"
            prospects.fields.pop(field, None)
            prospects.custom.discard(field)

    def seen(self, name: str, row_id: str, *, deleted: bool | None = False) -> Row:
        """Give a row as a reader sees it.

        Raises:
            Refused: it isn't there, or not in that state.
        """
        row = self.tables[name].seen(int(row_id), self.clock()) if row_id.isdigit() else None
        return _wanted(row, deleted)

    def current(self, name: str, row_id: str, *, deleted: bool | None = False) -> Row:
        """Give a row as it is.

        Raises:
            Refused: it isn't there, or not in that state.
        """
        return _wanted(self.tables[name].rows.get(int(row_id)) if row_id.isdigit() else None, deleted)

    def to_change(self, name: str, row_id: str) -> Row:
        """Give a row that is to be changed.

        Raises:
            Refused: it isn't there, or deleted.
        """
        row = self.current(name, row_id, deleted=None)
        if row.get("isDeleted"):
            raise Refused(IN_RECYCLE_BIN)
        return row

    def is_live(self, name: str, row_id: Any) -> bool:
        """Whether a row is there and not deleted."""
        row = self.tables[name].rows.get(int(row_id)) if str(row_id).isdigit() else None
        return row is not None and not row.get("isDeleted")

    def membership(self, list_id: int, prospect_id: int) -> Row | None:
        """Find the membership of a prospect in a list; None without one."""
        membership_id = self._memberships.get((int(list_id), int(prospect_id)))
        return self.tables[MEMBERSHIPS].rows[membership_id] if membership_id is not None else None

    def _save(self, name: str, row: Row) -> Row:
        table = self.tables[name]
        if name == PROSPECTS:
            self.index.replace(table.rows.get(int(row["id"])), row)
        elif name == CUSTOM_FIELDS:
            prospects, field = self.objects[PROSPECTS], f"{row['fieldId']}{CUSTOM}"
            prospects.fields[field] = "number" if str(row.get("type")).lower() == "number" else "text"
            prospects.custom.add(field)
        elif name == MEMBERSHIPS:
            self._follow_membership(row)
        if self.objects[name].has_bin and "isDeleted" not in row:
            row = {**row, "isDeleted": False}
        table.save(row, self.clock())
        return row

    def _follow_membership(self, row: Row) -> None:
        key = (int(row["listId"]), int(row["prospectId"]))
        if row.get("isDeleted"):
            self._memberships.pop(key, None)
        else:
            self._memberships[key] = int(row["id"])


def _wanted(row: Row | None, deleted: bool | None) -> Row:
    if row is None:
        raise Refused(NOT_FOUND)
    if deleted is not None and bool(row.get("isDeleted")) is not deleted:
        raise Refused(NOT_FOUND, headers=_BIN_WARNING if row.get("isDeleted") else None)
    return row
