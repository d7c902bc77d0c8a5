"""What a formula sees of a record: fields, parents', what they held before, who is changing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from chalicelib.domain.instant import Instant
from chalicelib.errors import Rejected
from smarketing.formulas.evaluate import evaluate
from smarketing.formulas.formula import parse
from smarketing.formulas.plain_functions import Value
from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.schema import Field, SObject
from smarketing.sandbox.org.values import rest_time

_NUMBERS = frozenset({"int", "double", "currency", "percent"})
_RECORD = ("$Record", "$Record__Prior")


@dataclass(frozen=True)
class RecordContext:
    """A record that is being saved or read.

    Attributes:
        record: as it will be, by API name.
        former: as it was; None if it is being created.
        user: id of who changes it.
        permissions: custom permissions of the user.
        at: the org's time.
    """

    database: Database
    sobject: SObject
    record: Mapping[str, Any]
    former: Mapping[str, Any] | None
    user: str
    permissions: frozenset[str]
    at: Instant

    @property
    def is_new(self) -> bool:
        """Whether the record is being created."""
        return self.former is None

    @property
    def now(self) -> datetime:
        """The org's time."""
        return datetime.fromtimestamp(self.at / 1000, UTC)

    def value(self, path: str) -> Value:
        """Read what a reference says.

        Raises:
            Rejected: there is no such thing.
        """
        first, *rest = path.split(".")
        match first:
            case "$Permission":
                return ".".join(rest) in self.permissions
            case "$User":
                return self._of_user(rest)
            case "$Flow":
                return {"CurrentDateTime": self.now, "CurrentDate": self.now.date()}[rest[0]]
            case "$Record__Prior":
                return self.before(".".join(rest))
            case "$Record":
                return self._walk(self.sobject, self.record, rest)
        return self._walk(self.sobject, self.record, [first, *rest])

    def before(self, path: str) -> Value:
        """Read what a field held before; of a new record what it holds."""
        steps = [each for each in path.split(".") if each not in _RECORD]
        former = self.record if self.former is None else self.former
        return self._walk(self.sobject, former, steps)

    def _of_user(self, steps: Sequence[str]) -> Value:
        users = self.database.schema.objects["user"]
        return self._walk(users, self.database.get(users, self.user) or {}, steps)

    def _walk(self, sobject: SObject, record: Mapping[str, Any], steps: Sequence[str]) -> Value:
        name, *rest = steps
        if not rest:
            field = sobject.get(name)
            if field is None:
                raise Rejected(f"Field {name} does not exist. Check spelling.")
            return self._field(sobject, record, field)
        reference = sobject.relationship(name)
        if reference is None:
            raise Rejected(f"Field {name} does not exist. Check spelling.")
        parent_id = record.get(reference.name)
        parent = self.database.schema.by_prefix(str(parent_id)) if parent_id else None
        if parent is None:
            return None
        return self._walk(parent, self.database.get(parent, str(parent_id)) or {}, rest)

    def _field(self, sobject: SObject, record: Mapping[str, Any], field: Field) -> Value:
        if field.formula is None:
            return formula_value(field, record.get(field.name))
        return evaluate(parse(field.formula), replace(self, sobject=sobject, record=record, former=record))


def formula_value(field: Field, stored: Any) -> Value:
    """Turn a stored value into one that formulas compute with."""
    if field.type == "boolean":
        return bool(stored)
    if stored is None or stored == "":
        return None
    if field.type == "datetime":
        return datetime.strptime(str(stored), "%Y-%m-%dT%H:%M:%S.%f%z")
    if field.type == "date":
        return date.fromisoformat(str(stored))
    return float(stored) if field.type in _NUMBERS else str(stored)


def stored_value(field: Field, value: Value) -> Any:
    """Turn what a formula gave into the form in which the org keeps a field's value."""
    if field.type == "boolean":
        return bool(value)
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        at = rest_time(Instant(round(value.timestamp() * 1000)))
        return at[:10] if field.type == "date" else at
    if isinstance(value, date):
        return value.isoformat()
    if field.type in _NUMBERS and isinstance(value, int | float):
        return round(float(value), field.scale) if field.formula is not None else value
    return value if isinstance(value, str | int | float) else str(value)


def record_at(database: Database, sobject: SObject, record: Record, at: Instant) -> RecordContext:
    """Make the context of a record that nobody changes."""
    return RecordContext(database, sobject, record, record, "", frozenset(), at)
