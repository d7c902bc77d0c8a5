"""Prospects by their e-mail address and by their Salesforce ids."""

from smarketing.sandbox.account_engagement.table import Row

_SHORT_ID = 15
_SALESFORCE_FIELDS = ("salesforceId", "salesforceLeadId", "salesforceContactId")


class ProspectIndex:
    """Ids of prospects, deleted ones among them."""

    def __init__(self) -> None:
        """Begin without prospects."""
        self._ids: dict[str, set[int]] = {}

    def replace(self, before: Row | None, after: Row) -> None:
        """Follow a prospect that changed; None stands for one that is new."""
        for key in _keys(before or {}):
            self._ids[key].discard(int(after["id"]))
        for key in _keys(after):
            self._ids.setdefault(key, set()).add(int(after["id"]))

    def of_address(self, address: str) -> set[int]:
        """Find by e-mail address, in whatever case."""
        return self._ids.get(f"@{address.strip().lower()}", set())

    def of_salesforce(self, record: str) -> set[int]:
        """Find by the id of a Lead or Contact, of 15 or 18 characters."""
        return self._ids.get(record.strip()[:_SHORT_ID], set())


def _keys(row: Row) -> list[str]:
    address = [f"@{str(row['email']).lower()}"] if row.get("email") else []
    return address + [str(row[field])[:_SHORT_ID] for field in _SALESFORCE_FIELDS if row.get(field)]
