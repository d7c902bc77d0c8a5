"""What has to hold of a row before it is saved, object by object.

Source: Account Engagement API v5, the page of each object, and "Error Codes and Messages".
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from smarketing.sandbox.account_engagement.answers import (
    ADDRESS_IN_USE,
    ADDRESS_TAKEN,
    ALREADY_MEMBER,
    INVALID_ADDRESS,
    INVALID_CAMPAIGN,
    INVALID_FIELDS,
    INVALID_LIST,
    INVALID_PROSPECT,
    MISSING_PROPERTY,
    NAME_TAKEN,
    Refused,
)
from smarketing.sandbox.account_engagement.database import (
    CUSTOM_FIELDS,
    LISTS,
    MEMBERSHIPS,
    PROSPECTS,
    Database,
)
from smarketing.sandbox.account_engagement.schema import Object
from smarketing.sandbox.account_engagement.table import Row
from smarketing.sandbox.account_engagement.values import read_json

Values = dict[str, Any]
_ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}")
_LONGEST_ADDRESS = 255
_SALESFORCE_FIELDS = {"00Q": "salesforceLeadId", "003": "salesforceContactId"}


class Rules:
    """Checks rows of all objects.

    Attributes:
        shares_addresses: whether several prospects may have one e-mail address (AMPSEA).
    """

    def __init__(self, database: Database) -> None:
        """Check the rows of a database."""
        self.shares_addresses = True
        self._database = database
        self._checks: Mapping[str, Callable[[Values, Row | None], Values]] = {
            PROSPECTS: self.prospect,
            MEMBERSHIPS: self._membership,
            LISTS: self._named(LISTS, "name"),
            "tags": self._named("tags", "name"),
            CUSTOM_FIELDS: self._named(CUSTOM_FIELDS, "fieldId"),
        }

    def values(self, thing: Object, body: Mapping[str, Any], before: Row | None) -> Values:
        """Read the body of a call that creates or changes a row; give what is to be saved.

        Args:
            thing: the object.
            body: of the call.
            before: the row that changes; None for a new one.

        Raises:
            Refused: what is given can't be saved.
        """
        wrong = [name for name in body if not thing.may_write(name, creating=before is None)]
        if wrong:
            raise Refused(INVALID_FIELDS, ", ".join(wrong))
        values = {name: read_json(name, thing.fields[name], value) for name, value in body.items()}
        missing = [
            name
            for name in sorted(thing.needed)
            if values.get(name) is None and (before is None or name in values)
        ]
        if missing:
            raise Refused(MISSING_PROPERTY, ", ".join(missing))
        check = self._checks.get(thing.name)
        return check(values, before) if check is not None else values

    def prospect(self, values: Values, before: Row | None) -> Values:
        """Check a prospect and add what follows from what is given.

        Raises:
            Refused: the address or an id can't be.
        """
        if "email" in values:
            self._address(str(values["email"]), before)
        campaign = values.get("campaignId")
        if campaign is not None and not self._database.is_live("campaigns", campaign):
            raise Refused(INVALID_CAMPAIGN)
        record = str(values.get("salesforceId") or "")
        field = _SALESFORCE_FIELDS.get(record[:3])
        return {**values, field: record} if field else values

    def _address(self, address: str, before: Row | None) -> None:
        if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
            raise Refused(INVALID_ADDRESS)
        if self.shares_addresses:
            return
        others = self._database.index.of_address(address) - ({int(before["id"])} if before else set())
        if any(self._database.is_live(PROSPECTS, each) for each in others):
            raise Refused(ADDRESS_TAKEN if before is None else ADDRESS_IN_USE)

    def _membership(self, values: Values, before: Row | None) -> Values:
        if before is not None:
            return values
        if not self._database.is_live(LISTS, values["listId"]):
            raise Refused(INVALID_LIST)
        if not self._database.is_live(PROSPECTS, values["prospectId"]):
            raise Refused(INVALID_PROSPECT)
        if self._database.membership(values["listId"], values["prospectId"]) is not None:
            raise Refused(ALREADY_MEMBER)
        return {"optedOut": False, **values}

    def _named(self, name: str, field: str) -> Callable[[Values, Row | None], Values]:
        def check(values: Values, before: Row | None) -> Values:
            rows = self._database.tables[name].rows.values()
            own = before["id"] if before is not None else None
            if values.get(field) is not None and any(
                row.get(field) == values[field] and row["id"] != own and not row.get("isDeleted")
                for row in rows
            ):
                raise Refused(NAME_TAKEN)
            return values

        return check
