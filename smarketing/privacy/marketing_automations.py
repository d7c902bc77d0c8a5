"""The marketing automations: rows of the data extension and the contact behind them; prospects."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

from chalicelib.domain.salesforce_ids import in_18
from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_state import SyncState
from chalicelib.errors import Rejected
from chalicelib.gateways.marketing_cloud.row_sync import KEY_COLUMN
from smarketing.privacy.steps import Counts, Erased
from smarketing.privacy.subject import Subject


class Cloud(Protocol):
    """Marketing Cloud's calls that are needed."""

    def rows(self, data_extension: str) -> Iterator[Mapping[str, Any]]:
        """Read all rows, by their columns' names in lower case."""

    def delete_rows(self, data_extension: str, keys: Sequence[Mapping[str, str]]) -> dict[int, str]:
        """Delete rows by their primary keys; give why some were not, by position."""

    def delete_contacts(self, contact_keys: Sequence[str]) -> list[str]:
        """Have contacts deleted altogether; gives the ids of the operations."""


class MarketingCloudStep:
    """Marketing Cloud: it is known there by the 18 characters of a record's id, or as a subscriber."""

    name = "marketing cloud"

    def __init__(self, cloud: Cloud, data_extension: str) -> None:
        """Work on an account, whose rows of people lie in this data extension; empty where it has none."""
        self._cloud = cloud
        self._data_extension = data_extension

    def holds(self, subject: Subject) -> Counts:
        """Count rows."""
        rows = len(self._rows(subject))
        return {"rows": rows} if rows else {}

    def read(self, subject: Subject) -> dict[str, list[Any]]:
        """Read the rows of the data extension; what else hangs on the contact is the platform's."""
        rows = self._rows(subject)
        return {"rows": rows} if rows else {}

    def erase(self, subject: Subject) -> Erased:
        """Delete the rows, then have the contacts deleted with all that hangs on them, which takes days."""
        rows, contacts = self._rows(subject), _contacts(subject)
        if rows:
            keys = [{KEY_COLUMN: str(row[KEY_COLUMN.lower()])} for row in rows]
            if kept := self._cloud.delete_rows(self._data_extension, keys):
                raise Rejected(f"Marketing Cloud: {len(kept)} rows were not deleted; run it again")
        operations = tuple(self._cloud.delete_contacts(contacts)) if contacts else ()
        counts = {"rows": len(rows), "contacts": len(contacts)}
        return Erased({name: number for name, number in counts.items() if number}, operations)

    def _rows(self, subject: Subject) -> list[dict[str, Any]]:
        if not self._data_extension:
            return []
        keys, emails = set(_contacts(subject)), set(subject.values("email"))
        return [
            dict(row)
            for row in self._cloud.rows(self._data_extension)
            if str(row.get(KEY_COLUMN.lower())) in keys or str(row.get("email", "")).casefold() in emails
        ]


def _contacts(subject: Subject) -> list[str]:
    records = [in_18(each) for each in subject.values("lead", "contact")]
    return list(dict.fromkeys([*records, *subject.values("subscriber")]))


class Prospects(Protocol):
    """Account Engagement's calls that are needed."""

    def read(self, object: str, id: str, fields: Sequence[str]) -> Mapping[str, Any] | None:  # noqa: A002
        """Read one object; None where it isn't there."""

    def prospects_with(self, email: str) -> Sequence[str]:
        """Find the ids of the prospects with an address, those in the recycle bin among them."""

    def update_prospect(self, id: str, values: Mapping[str, Any]) -> None:  # noqa: A002
        """Change a prospect."""

    def delete_prospect(self, id: str) -> None:  # noqa: A002
        """Put a prospect into the recycle bin."""


class States(Protocol):
    """What is known of the records' rows."""

    def load(self, platform: Platform, records: Collection[str]) -> Mapping[str, SyncState]:
        """Read the states of records, by name."""


class AccountEngagementStep:
    """Account Engagement: a deleted prospect lies in the recycle bin, so that it is emptied before."""

    name = "account engagement"

    def __init__(self, prospects: Prospects, states: States, fields: Sequence[str]) -> None:
        """Work on a business unit; `fields` are those of a prospect that may say something of a person."""
        self._prospects = prospects
        self._states = states
        self._fields = fields

    def holds(self, subject: Subject) -> Counts:
        """Count prospects."""
        found = len(self.read(subject).get("prospects", []))
        return {"prospects": found} if found else {}

    def read(self, subject: Subject) -> dict[str, list[Any]]:
        """Read the prospects."""
        found = self._read(self._ids(subject))
        return {"prospects": found} if found else {}

    def erase(self, subject: Subject) -> Erased:
        """Empty the prospects and put them into the recycle bin."""
        ids = self._ids(subject)
        prospects = self._read(ids)
        for each in prospects:
            name = str(each["id"])
            # A prospect must have an address: one that nothing can be sent to, and that names nobody.
            empty = dict.fromkeys(self._fields) | {"email": f"erased-{name}@erased.invalid"}
            self._prospects.update_prospect(name, empty)
            self._prospects.delete_prospect(name)
        left = ("Account Engagement: empty the recycle bin of prospects",) if ids else ()
        return Erased({"prospects": len(prospects)} if prospects else {}, left=left)

    def _read(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        read = (self._prospects.read("prospects", each, ("id", *self._fields)) for each in ids)
        return [dict(each) for each in read if each is not None]

    def _ids(self, subject: Subject) -> list[str]:
        """Name the prospects: an import tells no ids, and the platform makes prospects of its own."""
        records = [f"{key.kind}:{key.value}" for key in subject.keys if key.kind in ("lead", "contact")]
        states = self._states.load("account_engagement", records).values()
        synced = [each.remote_id for each in states if each.remote_id]
        named = [each for email in subject.values("email") for each in self._prospects.prospects_with(email)]
        return list(dict.fromkeys([*subject.values("prospect"), *synced, *named]))
