"""Writes records past the checks, as the platform's own set-up does."""

from chalicelib.domain.instant import Instant
from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.schema import SObject
from smarketing.sandbox.org.values import rest_time


class Sower:
    """Writes in the name of the platform, at one time."""

    def __init__(self, database: Database, now: Instant) -> None:
        """Write to a database; records are created and changed at an instant."""
        self.database = database
        self._time = rest_time(now)

    def sow(self, name: str, **values: object) -> str:
        """Add a record to an object and give its id."""
        sobject = self.sobject(name)
        record_id = self.database.new_id(sobject, self.database.next_number(sobject))
        times = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), self._time)
        self.database.insert(sobject, {"Id": record_id, **times, **values})
        return record_id

    def change(self, name: str, record_id: str, **values: object) -> None:
        """Change fields of a record."""
        times = dict.fromkeys(("LastModifiedDate", "SystemModstamp"), self._time)
        self.database.update(self.sobject(name), record_id, {**times, **values})

    def erase(self, name: str, record_id: str) -> None:
        """Remove a record for good."""
        self.database.erase(self.sobject(name), record_id)

    def find(self, name: str, field: str, value: object) -> list[Record]:
        """Read the records of an object whose field has a value."""
        return self.database.find(self.sobject(name), field, value)

    def sobject(self, name: str) -> SObject:
        """Give an object that every org has."""
        return self.database.schema.objects[name.lower()]
