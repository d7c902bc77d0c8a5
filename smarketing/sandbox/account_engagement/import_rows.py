"""What an import does with one row of its file.

Source: Account Engagement API v5, "Import API", "Matching and Upsert Behavior": a row is matched by one of
the match columns; one that matches nothing is created where `createOnNoMatch` says so or where its match
columns are empty; what lies in the recycle bin is restored only where `restoreDeleted` says so. Error types:
Salesforce Help, "Account Engagement Prospect Import Errors".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from smarketing.sandbox.account_engagement.answers import (
    ADDRESS_IN_USE,
    ADDRESS_TAKEN,
    INVALID_ADDRESS,
    Refused,
)
from smarketing.sandbox.account_engagement.database import LISTS, MEMBERSHIPS, PROSPECTS, Database
from smarketing.sandbox.account_engagement.faults import Faults, told_in_errors
from smarketing.sandbox.account_engagement.import_job import Options
from smarketing.sandbox.account_engagement.prospects import Prospects
from smarketing.sandbox.account_engagement.rules import Rules
from smarketing.sandbox.account_engagement.table import Row
from smarketing.sandbox.account_engagement.values import read_text

MATCH_COLUMNS = ("matchEmail", "matchId", "matchSalesforceId")
LIST_COLUMNS = ("addToList", "removeFromList")
MOST_LISTS = 20
_ADDRESS_CODES = frozenset({INVALID_ADDRESS, ADDRESS_TAKEN, ADDRESS_IN_USE})


class NotImported(Exception):  # noqa: N818 - a row of the error file
    """A row that the error file tells of: the type of the error, and what it is."""

    def __init__(self, kind: str, message: str) -> None:
        """Tell of a row."""
        super().__init__(message)
        self.told = (kind, message)


class ImportRows:
    """Writes rows of imports."""

    def __init__(self, database: Database, rules: Rules, prospects: Prospects, faults: Faults) -> None:
        """Write into a database."""
        self._database = database
        self._rules = rules
        self._prospects = prospects
        self._faults = faults

    def write(self, row: Mapping[str, str], options: Options) -> str:
        """Write a row; say whether it was `created`, `updated` or `skipped`.

        Raises:
            NotImported: it can't be.
        """
        match = _match(row)
        before = self._find(match)
        address = row.get("email") or (match[1] if match and match[0] == "matchEmail" else "")
        if (kind := self._faults.row(address or str((before or {}).get("email", "")))) is not None:
            told = told_in_errors(kind, address)
            if told is None:
                return "skipped"
            raise NotImported(*told)
        if before is None and match is not None and not options.creates_unmatched:
            raise NotImported("No Match", f'No prospect matches {match[0]} - "{match[1]}"')
        if before is not None and before.get("isDeleted") and not options.restores_deleted:
            raise NotImported("Archived Prospects", f'The prospect is in the recycle bin - "{address}"')
        lists = {column: self._lists(row.get(column, "")) for column in LIST_COLUMNS}
        saved = self._save(row, address, before, options)
        self._assign(saved, lists)
        return "updated" if before is not None else "created"

    def _find(self, match: tuple[str, str] | None) -> Row | None:
        if match is None:
            return None
        column, value = match
        rows = self._database.tables[PROSPECTS].rows
        if column == "matchEmail":
            return self._prospects.latest(value, deleted=False) or self._prospects.latest(value, deleted=True)
        if column == "matchId":
            return rows.get(int(value)) if value.isdigit() else None
        found = self._database.index.of_salesforce(value)
        return rows[min(found)] if found else None

    def _save(self, row: Mapping[str, str], address: str, before: Row | None, options: Options) -> Row:
        try:
            values = self._values(row, before, options)
            if before is None:
                values["email"] = values.get("email") or address
                return self._database.insert(PROSPECTS, self._rules.prospect(values, None))
            if values.get("email") is None:
                # A prospect keeps its address: it can be replaced, not emptied.
                values.pop("email", None)
            checked = self._rules.prospect(values, before)
        except Refused as refused:
            if refused.code in _ADDRESS_CODES:
                message = f'No Email Address Found or Invalid Email Address - "{address}"'
                raise NotImported("Invalid Email", message) from None
            raise NotImported("Field Validation Failure", refused.message) from None
        if not checked and not before.get("isDeleted"):
            return before
        return self._database.change(PROSPECTS, before, {**checked, "isDeleted": False})

    def _values(self, row: Mapping[str, str], before: Row | None, options: Options) -> dict[str, Any]:
        kinds = self._database.objects[PROSPECTS].fields
        values: dict[str, Any] = {}
        for name, text in row.items():
            if name in MATCH_COLUMNS or name in LIST_COLUMNS:
                continue
            kept = name in options.keeps or (name in options.keeps_from_blank and not text.strip())
            if before is None or not kept:
                values[name] = read_text(name, kinds[name], text)
        return values

    def _lists(self, text: str) -> list[int]:
        """Read the ids of lists, with commas or semicolons between them."""
        asked = [each.strip() for each in text.replace(";", ",").split(",") if each.strip()]
        if len(asked) > MOST_LISTS:
            raise NotImported("Field Validation Failure", f"More than {MOST_LISTS} lists")
        for each in asked:
            if not self._database.is_live(LISTS, each):
                raise NotImported("Field Validation Failure", f"No such list - {each}")
        return [int(each) for each in asked]

    def _assign(self, prospect: Row, lists: Mapping[str, Sequence[int]]) -> None:
        prospect_id = int(prospect["id"])
        for each in lists["addToList"]:
            if self._database.membership(each, prospect_id) is None:
                values = {"listId": each, "prospectId": prospect_id, "optedOut": False}
                self._database.insert(MEMBERSHIPS, values)
        for each in lists["removeFromList"]:
            if (membership := self._database.membership(each, prospect_id)) is not None:
                self._database.remove(MEMBERSHIPS, membership)


def _match(row: Mapping[str, str]) -> tuple[str, str] | None:
    given = [(column, row[column].strip()) for column in MATCH_COLUMNS if row.get(column, "").strip()]
    if len(given) > 1:
        raise NotImported("Field Validation Failure", "Only one match value can be set per record")
    return given[0] if given else None
