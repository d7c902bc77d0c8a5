"""An outside system in memory, with the behaviour that delivery relies on.

`tests/gateways/salesforce/test_behaviour.py` holds it against the real gateway on the emulated org.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.command import Command, FieldValue
from chalicelib.domain.engagement import PersonKey, person_key
from chalicelib.domain.outcome import Deferred, Moved, Outcome, Refused, Written


@dataclass
class FakeRecord:
    """A record; `values` are in our words, the last ones that were written."""

    id: str
    external_id: str | None = None
    values: dict[str, FieldValue] = field(default_factory=dict)
    owner: str = "queue"
    successor: str | None = None
    converted_to: str | None = None
    deleted: bool = False


@dataclass
class FakeCrm:
    """Writes commands like the gateway does; `before` may fail one of them."""

    records: dict[str, FakeRecord] = field(default_factory=dict)
    calls: int = 0
    before: Callable[[Command], Outcome | None] = lambda _: None
    find_duplicates: bool = False
    _numbers: dict[str, int] = field(default_factory=dict)

    def write(self, commands: Sequence[Command]) -> list[Outcome]:
        """Write them, persons first."""
        rank = {"person": 0, "interest": 1, "touchpoint": 2, "row": 3}
        order = sorted(range(len(commands)), key=lambda at: rank[commands[at].record])
        outcomes = {at: self.before(commands[at]) or self._write(commands[at]) for at in order}
        self.calls += -(-len(commands) // 1_000)
        return [outcomes[at] for at in range(len(commands))]

    def new(self, prefix: str, external_id: str | None = None) -> FakeRecord:
        """Make a record, as sales might."""
        number = self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        record = FakeRecord(f"{prefix}{number:012d}", external_id)
        self.records[record.id] = record
        return record

    def by_external_id(self, prefix: str, external_id: str) -> list[FakeRecord]:
        """Find records of an object."""
        return [
            each
            for each in self.records.values()
            if each.id.startswith(prefix) and each.external_id == external_id
        ]

    def _write(self, command: Command) -> Outcome:
        if command.record == "row":
            # Another system's: the push into the marketing automations is not part of this one.
            return Written(command.external_id)
        named = command.fields.get("contact_id") or command.fields.get("lead_id")
        if command.record == "person" and not named:
            return self._duplicate(command) or self._upsert("00Q", command)
        parent = self.records.get(str(named)) if named else self._lead_of(command)
        if parent is None:
            return Refused("record not there") if named else Deferred("waits for its Lead", orphaned=True)
        if moved := self._moved(parent):
            return moved
        if parent.deleted:
            return Refused("record deleted")
        if command.record == "person":
            parent.values |= command.fields
            return Written(parent.id)
        return self._upsert("a01" if command.record == "interest" else "a02", command)

    def _upsert(self, prefix: str, command: Command) -> Outcome:
        found = self.by_external_id(prefix, command.external_id)
        if found and (moved := self._moved(found[0])):
            return moved
        opening = command.record == "interest" and (
            command.fields["changed_at"] == command.fields["opened_at"]
        )
        if not (found and opening):
            record = found[0] if found else self.new(prefix, command.external_id)
            record.values |= command.fields
            return Written(record.id)
        return Written(found[0].id)

    def _duplicate(self, command: Command) -> Moved | None:
        if not self.find_duplicates or self.by_external_id("00Q", command.external_id):
            return None
        alike = [
            each for each in self.records.values() if each.values.get("email") == command.fields["email"]
        ]
        return Moved(_key(alike[0].id), "record_changed") if alike else None

    def _lead_of(self, command: Command) -> FakeRecord | None:
        return next(iter(self.by_external_id("00Q", command.person)), None)

    def _moved(self, record: FakeRecord) -> Moved | None:
        if record.converted_to:
            return Moved(_key(record.converted_to), "lead_converted")
        return Moved(_key(record.successor), "record_changed") if record.successor else None


def _key(record: str) -> PersonKey:
    return person_key("contact" if record.startswith("003") else "lead", record)
