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
_TEXTS = frozenset({"string", "textarea", "email", "phone", "url"})
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
        blank_as_zero: whether a number that is blank counts as 0, as formula fields may ask for.
    """

    database: Database
    sobject: SObject
    record: Mapping[str, Any]
    former: Mapping[str, Any] | None
    user: str
    permissions: frozenset[str]
    at: Instant
    blank_as_zero: bool = False

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
            case "$Profile":
                return self._of_user(["Profile", *rest])
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
        relation, _, wanted = name.partition(":")
        reference = sobject.relationship(relation)
        if reference is None:
            raise Rejected(f"Field {name} does not exist. Check spelling.")
        return self._walk(*self._parent(reference, wanted, str(record.get(reference.name) or "")), rest)

    def _parent(self, reference: Field, wanted: str, parent_id: str) -> tuple[SObject, Mapping[str, Any]]:
        """Find the record that a reference leads to; where it leads nowhere, all of its fields are blank."""
        schema = self.database.schema
        name = {"Queue": "Group"}.get(wanted, wanted)
        found = schema.by_prefix(parent_id) if parent_id else None
        if found is not None and name in ("", found.name):
            return found, self.database.get(found, parent_id) or {}
        none = schema.get(name or reference.reference_to[0])
        if none is None:
            raise Rejected(f"Field {reference.relationship}:{wanted} does not exist. Check spelling.")
        return none, {}

    def _field(self, sobject: SObject, record: Mapping[str, Any], field: Field) -> Value:
        if field.formula is None or not record:
            value = formula_value(field, record.get(field.name))
        else:
            of = replace(
                self, sobject=sobject, record=record, former=record, blank_as_zero=field.blank_as_zero
            )
            value = evaluate(parse(field.formula), of)
        blank = value is None and field.type in _NUMBERS
        return 0.0 if blank and self.blank_as_zero else value


def formula_value(field: Field, stored: Any) -> Value:
    """Turn a stored value into one that formulas compute with."""
    if field.type == "boolean":
        return bool(stored)
    if stored is None or stored == "":
        return "" if field.type in _TEXTS else None
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


def record_at(
    database: Database, sobject: SObject, record: Record, at: Instant, *, blank_as_zero: bool = False
) -> RecordContext:
    """Make the context of a record that nobody changes."""
    return RecordContext(database, sobject, record, record, "", frozenset(), at, blank_as_zero)
