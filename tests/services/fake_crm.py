"""An outside system in memory, with the behaviour that delivery relies on.

`tests/gateways/salesforce/test_behaviour.py` holds it against the real gateway on the emulated org.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.command import Command, FieldValue
from chalicelib.domain.engagement import PersonKey, person_key
from chalicelib.domain.interest import PersonId
from chalicelib.domain.likeness import Traits
from chalicelib.domain.outcome import Deferred, Moved, Outcome, Refused, Written
from chalicelib.domain.twins import ALIKE, TRAITS, Seen, Sought


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
    searches: int = 0
    find_duplicates: bool = False
    _numbers: dict[str, int] = field(default_factory=dict)

    def write(self, commands: Sequence[Command]) -> list[Outcome]:
        """Write them, persons first."""
        kinds = ("person", "interest", "touchpoint", "possible_duplicate", "move", "row")
        rank = {kind: place for place, kind in enumerate(kinds)}
        order = sorted(range(len(commands)), key=lambda at: rank[commands[at].record])
        outcomes = {at: self.before(commands[at]) or self._write(commands[at]) for at in order}
        self.calls += -(-len(commands) // 1_000)
        return [outcomes[at] for at in range(len(commands))]

    def look(self, wanted: Sequence[Sought], free_mail: frozenset[str]) -> Seen:
        """Find everybody: the comparison tells who is meant."""
        self.searches += 1
        living = [each for each in self.records.values() if not (each.deleted or each.successor)]
        leads = [each for each in living if each.id.startswith("00Q") and not each.converted_to]
        contacts = [each for each in living if each.id.startswith("003")]
        own = {PersonId(each.external_id): f"lead:{each.id}" for each in leads if each.external_id}
        return Seen(own, [_traits(each) for each in (*leads, *contacts)])

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
        if command.record == "possible_duplicate":
            return self._list(command)
        if command.record == "move":
            return self._move(command)
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

    def _move(self, command: Command) -> Outcome:
        """Hang an interest on its Contact, as the service of handoffs does."""
        found = self.by_external_id("a01", command.external_id)
        if not found:
            return Deferred("the interest is not there yet")
        found[0].values["contact_id"] = command.fields["contact_id"]
        return Written(found[0].id)

    def _list(self, command: Command) -> Outcome:
        """Note a pair that is new; one that is there stays as people left it."""
        found = self.by_external_id("a03", command.external_id)
        if not found:
            found = [self.new("a03", command.external_id)]
            found[0].values |= command.fields | {"verdict": "open"}
        return Written(found[0].id)

    def _duplicate(self, command: Command) -> Moved | None:
        alerts = self.find_duplicates and not command.fields.get(ALIKE)
        if not alerts or self.by_external_id("00Q", command.external_id):
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


def _traits(record: FakeRecord) -> Traits:
    told = {word: str(value) for word in TRAITS if (value := record.values.get(word))}
    return Traits(record=f"{_key(record.id).kind}:{record.id}", **told)
