"""The record actions of prospects: upsert by e-mail address, undelete.

Source: Account Engagement API v5, "Prospect Object": both take the prospect with the latest activity of those
that have the address. Arguments that are missing or unknown: codes 207 and 208.
"""

from collections.abc import Callable, Mapping
from typing import Any

from smarketing.sandbox.account_engagement.answers import (
    INVALID_ACTION_ARGUMENT,
    INVALID_ADDRESS,
    MISSING_ACTION_ARGUMENT,
    NOT_FOUND,
    UNKNOWN_ACTION_ARGUMENT,
    UNKNOWN_RECORD_ACTION,
    Answer,
    Call,
    Refused,
)
from smarketing.sandbox.account_engagement.database import PROSPECTS, Database
from smarketing.sandbox.account_engagement.faults import Faults
from smarketing.sandbox.account_engagement.query import only, read_fields
from smarketing.sandbox.account_engagement.records import body_of
from smarketing.sandbox.account_engagement.rules import Rules
from smarketing.sandbox.account_engagement.schema import Object
from smarketing.sandbox.account_engagement.table import Row


class Prospects:
    """The handlers of `/api/v5/objects/prospects/do/...`."""

    def __init__(self, database: Database, rules: Rules, faults: Faults) -> None:
        """Act on the prospects of a database."""
        self._database = database
        self._rules = rules
        self._faults = faults
        self._actions: Mapping[str, Callable[[Call], Answer]] = {
            "upsertLatestByEmail": self._upsert,
            "undelete": self._undelete,
        }

    def act(self, call: Call) -> Answer:
        """Do what the path names."""
        action = self._actions.get(call.parameters["action"])
        if action is None or call.parameters["object"] != PROSPECTS:
            raise Refused(UNKNOWN_RECORD_ACTION)
        return action(call)

    def latest(self, address: str, *, deleted: bool) -> Row | None:
        """Find the prospect with the latest activity of those that have an address; None without one."""
        rows = self._database.tables[PROSPECTS].rows
        found = [rows[each] for each in self._database.index.of_address(address)]
        wanted = [row for row in found if bool(row.get("isDeleted")) is deleted]
        return max(wanted, key=_activity, default=None)

    def _upsert(self, call: Call) -> Answer:
        asked = _arguments(call, "matchEmail", "prospect", "secondaryDeletedSearch", "fields")
        prospect = asked.get("prospect")
        if not isinstance(prospect, dict):
            raise Refused(
                MISSING_ACTION_ARGUMENT if prospect is None else INVALID_ACTION_ARGUMENT, "prospect"
            )
        address = asked.get("matchEmail") or prospect.get("email")
        if not address:
            raise Refused(MISSING_ACTION_ARGUMENT, "matchEmail")
        before = self.latest(str(address), deleted=False)
        if before is None and asked.get("secondaryDeletedSearch", True) is not False:
            before = self.latest(str(address), deleted=True)
        fields = self._fields(asked)
        if before is None:
            values = self._rules.values(self._thing, {"email": address, **prospect}, None)
            self._faults.refuse_row(str(values["email"]))
            return Answer(201, only(fields, self._database.insert(PROSPECTS, values)))
        values = self._rules.values(self._thing, prospect, before)
        self._faults.refuse_row(str(values.get("email", before["email"])))
        changed = self._database.change(PROSPECTS, before, {**values, "isDeleted": False})
        return Answer(200, only(fields, changed))

    def _undelete(self, call: Call) -> Answer:
        asked = _arguments(call, "email", "matchEmail", "fields")
        address = asked.get("email") or asked.get("matchEmail")
        if not address:
            raise Refused(MISSING_ACTION_ARGUMENT, "email")
        if "@" not in str(address):
            raise Refused(INVALID_ADDRESS)
        before = self.latest(str(address), deleted=True)
        if before is None:
            raise Refused(NOT_FOUND)
        fields = self._fields(asked)
        return Answer(200, only(fields, self._database.change(PROSPECTS, before, {"isDeleted": False})))

    @property
    def _thing(self) -> Object:
        return self._database.objects[PROSPECTS]

    def _fields(self, asked: Mapping[str, Any]) -> list[str]:
        return read_fields(self._thing, asked["fields"]) if asked.get("fields") else ["id"]


def _arguments(call: Call, *known: str) -> dict[str, Any]:
    asked = body_of(call)
    if unknown := sorted(set(asked) - set(known)):
        raise Refused(UNKNOWN_ACTION_ARGUMENT, ", ".join(unknown))
    return asked


def _activity(row: Row) -> tuple[str, int]:
    return str(row.get("lastActivityAt") or ""), int(row["id"])
