"""Merges Leads, Contacts or Accounts: one stays, what points to the others follows, the others are deleted.

SOAP API Developer Guide, "merge()": up to two records into a third of the same object, in one transaction;
the deleted ones name their main record in `MasterRecordId`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smarketing.sandbox.org.records import Records
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import SObject

MOST_MERGED = 2
"""Records of a request besides the main one."""


@dataclass(frozen=True, slots=True)
class Merging:
    """Merges records of an org."""

    records: Records

    def merge(self, main: str, others: Sequence[str], values: Mapping[str, Any], user: str) -> list[str]:
        """Merge records into the main one, which is given some values; all or nothing.

        Returns:
            Ids of the records that followed.

        Raises:
            Refusal: they are not of one object, or not of one that is merged, or one of them is gone.
        """
        sobject = self._sobject(main, others)
        database = self.records.database
        moved: list[str] = []
        with database.transaction():
            for each in (main, *others):
                self.records.get(sobject, each)
            if values:
                self.records.update(sobject, main, values, user)
            for each in others:
                self.records.delete(sobject, each, user)
                database.update(sobject, each, {"MasterRecordId": main})
                moved += self._follow(sobject, each, main)
        return moved

    def _sobject(self, main: str, others: Sequence[str]) -> SObject:
        schema = self.records.database.schema
        sobject = schema.by_prefix(main)
        if not 0 < len(others) <= MOST_MERGED:
            raise Refusal("INVALID_MERGE_RECORD", f"specify one to {MOST_MERGED} records to merge")
        if sobject is None or any(schema.by_prefix(each) != sobject for each in others):
            raise Refusal("INVALID_MERGE_RECORD", "records to merge have to be of the main record's type")
        if sobject.get("MasterRecordId") is None or main in others:
            raise Refusal("INVALID_MERGE_RECORD", "two Leads, Contacts or Accounts can be merged")
        return sobject

    def _follow(self, sobject: SObject, merged: str, main: str) -> Iterator[str]:
        database = self.records.database
        for child in database.schema.objects.values():
            for each in child.fields.values():
                if sobject.name in each.reference_to and each.name != "MasterRecordId":
                    for record in database.find(child, each.name, merged):
                        database.update(child, str(record["Id"]), {each.name: main})
                        yield str(record["Id"])
