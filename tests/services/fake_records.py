"""Salesforce as the push reads it: Leads and Contacts that are changed, deleted, merged and converted."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chalicelib.domain.changed_record import ChangedRecord
from chalicelib.domain.command import FieldValue
from chalicelib.domain.instant import Instant
from chalicelib.domain.sync_rows import name_of
from chalicelib.domain.watermark import Watermark
from chalicelib.services.platform_push import Source

EMAIL = "a@example.com"


class FakeRecords:
    """Records by name; each change stamps the record anew."""

    def __init__(self) -> None:
        self.held: dict[str, ChangedRecord] = {}
        self.accounts: dict[str, tuple[Instant, str]] = {}
        """When an Account was last changed, and its name."""
        self.asked: list[tuple[str, Watermark | None]] = []

    def put(self, name: str, at: Instant, email: str | None = EMAIL, **values: FieldValue) -> ChangedRecord:
        kind, _, short = name.partition(":")
        told = {"email": email, "last_name": "Weiß", **values}
        record = ChangedRecord("Contact" if kind == "contact" else "Lead", f"{short}AAA", at, values=told)
        self.held[name_of(record)] = record
        return record

    def delete(self, name: str, at: Instant, merged_into: str | None = None) -> None:
        self.held[name] = replace(
            self.held[name],
            modstamp=at,
            deleted=True,
            merged_into=None if merged_into is None else f"{merged_into.partition(':')[2]}AAA",
        )

    def convert(self, lead: str, contact: str, at: Instant) -> None:
        converted = replace(self.held[lead], modstamp=at, converted_contact=f"{contact.partition(':')[2]}AAA")
        self.held[lead] = converted
        self.put(contact, at, **{name: value for name, value in converted.values.items() if name != "email"})

    def changed(self, source: Source, since: Watermark | None) -> Iterator[ChangedRecord]:
        self.asked.append((source, since))
        found = []
        for record in self.held.values():
            if source == record.object:
                found.append(self._shown(record))
            elif source == "Contact of Account" and record.object == "Contact":
                at, _ = self.accounts.get(str(record.values.get("account_id")), (None, ""))
                if at is not None and not record.deleted:
                    found.append(replace(self._shown(record), modstamp=at))
        found.sort(key=lambda each: (each.modstamp, each.id))
        yield from (each for each in found if since is None or Watermark(each.modstamp, each.id) > since)

    def records(self, names: Sequence[str]) -> Iterator[ChangedRecord]:
        yield from (self._shown(self.held[name]) for name in names if name in self.held)

    def _shown(self, record: ChangedRecord) -> ChangedRecord:
        _, company = self.accounts.get(str(record.values.get("account_id")), (None, ""))
        return replace(record, values={**record.values, "company": company}) if company else record
