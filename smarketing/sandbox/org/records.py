"""Creates, changes and deletes records as the platform does, or refuses in its words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.domain.instant import Instant
from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.ids import read_id
from smarketing.sandbox.org.incoming_values import incoming_values
from smarketing.sandbox.org.refusals import Refusal, not_found
from smarketing.sandbox.org.same_address import refuse_same_address
from smarketing.sandbox.org.schema import Schema, SObject
from smarketing.sandbox.org.security.access import Access
from smarketing.sandbox.org.security.save_rules import SaveRules
from smarketing.sandbox.org.statuses import settle
from smarketing.sandbox.org.values import default_of, read_value, rest_time

if TYPE_CHECKING:
    from smarketing.sandbox.org.automation.automation import Automation

Changed = Callable[[SObject, Record, str], None]
"""Told of every change: the object, the record as it is now, and `created`, `updated` or `deleted`."""


@dataclass(frozen=True, slots=True)
class Upserted:
    """What an upsert did."""

    id: str
    created: bool


class Records:
    """The org's records, as a user changes them."""

    def __init__(self, database: Database, clock: Callable[[], Instant], changed: Changed) -> None:
        """Work on a database by a clock; `changed` hears of each change once it is certain."""
        self.database = database
        self.clock = clock
        self.find_duplicates = False
        """Whether a Lead or Contact whose e-mail address is taken is refused, as by a rule that alerts."""
        self.access = Access(database)
        self._security = SaveRules(database, clock)
        self._changed = changed
        self.automation: Automation | None = None
        """What the org does by itself around each save; none while it is put together."""

    @property
    def schema(self) -> Schema:
        """The objects and fields as they are now."""
        return self.database.schema

    def sobject(self, name: str, user: str | None = None) -> SObject:
        """Find an object by its name, as a user finds it or else as the platform itself does.

        Whoever writes with an object as a user finds it is bound by the user's field-level security.

        Raises:
            Refusal: NOT_FOUND.
        """
        found = self.schema.get(name)
        if found is not None and user is not None:
            found = self.access.sobject(found, user)
        if found is None:
            raise not_found()
        return found

    def create(self, sobject: SObject, body: Mapping[str, Any], user: str) -> str:
        """Create a record and give its id.

        Raises:
            Refusal: the platform would not take it.
        """
        if any(name.lower() == "id" for name in body):
            message = "cannot specify Id in an insert call"
            raise Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, fields=["Id"])
        _may_change(sobject)
        values = incoming_values(self.database, sobject, body)
        sobject = self.sobject(sobject.name)
        self._require(sobject, values)
        self._security.check(sobject, None, values)
        settle(sobject, None, values, self.clock())
        self._unique(sobject, values, None)
        if self.find_duplicates:
            refuse_same_address(self.database, sobject, values)
        number = self.database.next_number(sobject)
        record: Record = {
            each.name: value
            for each in sobject.fields.values()
            if (value := default_of(each)) is not None and each.formula is None
        }
        record |= values | {"Id": self.database.new_id(sobject, number)}
        now = rest_time(self.clock())
        record |= {"CreatedDate": now, "CreatedById": user, "LastModifiedDate": now, "LastModifiedById": user}
        record["SystemModstamp"] = now
        if sobject.get("OwnerId") is not None:
            record.setdefault("OwnerId", user)
        self._name(sobject, record, number)
        with self.database.transaction():
            record |= self._before_save(sobject, record, None, user)
            self.database.insert(sobject, record)
            self._security.saved(sobject, record, "created")
            self._tell(sobject, record, "created")
            self._after_save(sobject, record, None, user)
        return str(record["Id"])

    def update(self, sobject: SObject, record_id: str, body: Mapping[str, Any], user: str) -> None:
        """Change a record.

        Raises:
            Refusal: the platform would not take it.
        """
        known = self.get(sobject, record_id)
        if known.get("IsConverted"):
            raise Refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
        _may_change(sobject)
        values = incoming_values(self.database, sobject, body)
        sobject = self.sobject(sobject.name)
        self._security.check(sobject, known, values)
        settle(sobject, known, values, self.clock())
        for each in sobject.fields.values():
            if each.required and each.name in values and values[each.name] is None:
                raise _missing([each.name])
        self._unique(sobject, values, str(known["Id"]))
        now = rest_time(self.clock())
        values |= {"LastModifiedDate": now, "LastModifiedById": user, "SystemModstamp": now}
        record = known | values
        if sobject.full_name:
            values["Name"] = record["Name"] = _full_name(record)
        with self.database.transaction():
            changes = self._before_save(sobject, record, known, user)
            record |= changes
            self.database.update(sobject, str(known["Id"]), values | changes)
            self._security.saved(sobject, record, "updated")
            self._tell(sobject, record, "updated")
            self._after_save(sobject, record, known, user)

    def upsert(
        self, sobject: SObject, field_name: str, value: Any, body: Mapping[str, Any], user: str
    ) -> Upserted:
        """Change the record that an external id (or `Id`) names, or create it.

        Raises:
            Refusal: the platform would not take it; MULTIPLE_CHOICES (300) where several records have the id.
        """
        field = sobject.get(field_name)
        if field is None or not (field.external_id or field.name == "Id"):
            message = f"Provided external ID field does not exist or is not accessible: {field_name}"
            raise Refusal("NOT_FOUND", message, 404)
        if field.name == "Id":
            record_id = read_id(value)
            self.update(sobject, record_id, body, user)
            return Upserted(record_id, created=False)
        if value in (None, ""):
            raise Refusal("MISSING_ARGUMENT", f"{field.name} not specified", fields=[field.name])
        found = self.database.find(sobject, field.name, read_value(self.schema, field, value))
        if len(found) > 1:
            paths = [f"/services/data/v66.0/sobjects/{sobject.name}/{each['Id']}" for each in found]
            raise Refusal("MULTIPLE_CHOICES", "several records have this external id", 300, choices=paths)
        if found:
            self.update(sobject, str(found[0]["Id"]), body, user)
            return Upserted(str(found[0]["Id"]), created=False)
        return Upserted(self.create(sobject, {**body, field.name: value}, user), created=True)

    def delete(self, sobject: SObject, record_id: str, user: str) -> None:
        """Put a record into the recycle bin.

        Raises:
            Refusal: there is none, or it is there already.
        """
        known = self.get(sobject, record_id)
        _may_change(sobject)
        self._security.check_deletion(sobject, known)
        now = rest_time(self.clock())
        values = {"IsDeleted": True, "LastModifiedById": user, "LastModifiedDate": now, "SystemModstamp": now}
        self.database.update(sobject, str(known["Id"]), values)
        self._security.saved(sobject, known | values, "deleted")
        self._tell(sobject, known | values, "deleted")

    def get(self, sobject: SObject, record_id: str) -> Record:
        """Read a record.

        Raises:
            Refusal: NOT_FOUND, or ENTITY_IS_DELETED.
        """
        record = self.database.get(sobject, read_id(record_id))
        if record is None:
            raise not_found()
        if record["IsDeleted"]:
            raise Refusal("ENTITY_IS_DELETED", "entity is deleted", 404)
        return record

    def with_formulas(self, sobject: SObject, record: Mapping[str, Any]) -> Record:
        """Give a record with its formula fields, which are computed when they are read."""
        if self.automation is None:
            return dict(record)
        return self.automation.formula_fields.fill(sobject, dict(record))

    def _before_save(self, sobject: SObject, record: Record, former: Record | None, user: str) -> Record:
        """Let flows and validation rules look at a record before it is written."""
        return {} if self.automation is None else self.automation.before_save(sobject, record, former, user)

    def _after_save(self, sobject: SObject, record: Record, former: Record | None, user: str) -> None:
        """Let flows act on a record that is written."""
        if self.automation is not None:
            self.automation.after_save(sobject, record, former, user)

    def _tell(self, sobject: SObject, record: Record, how: str) -> None:
        self.database.after_commit(lambda: self._changed(sobject, record, how))

    def _require(self, sobject: SObject, values: Record) -> None:
        missing = [
            each.name for each in sobject.fields.values() if each.required and values.get(each.name) is None
        ]
        if missing:
            raise _missing(missing)

    def _unique(self, sobject: SObject, values: Record, own_id: str | None) -> None:
        for each in sobject.fields.values():
            if not each.unique or values.get(each.name) is None:
                continue
            for other in self.database.find(sobject, each.name, values[each.name]):
                if other["Id"] != own_id:
                    place = f"{each.name} duplicates value on record with id: {other['Id'][:15]}"
                    raise Refusal("DUPLICATE_VALUE", f"duplicate value found: {place}")

    def _name(self, sobject: SObject, record: Record, number: int) -> None:
        if sobject.auto_number:
            before, _, rest = sobject.auto_number.partition("{")
            zeros, _, after = rest.partition("}")
            record["Name"] = f"{before}{number:0{len(zeros)}d}{after}"
        elif sobject.full_name:
            record["Name"] = _full_name(record)


def _may_change(sobject: SObject) -> None:
    if not sobject.changeable:
        raise Refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")


def _full_name(record: Record) -> str:
    return " ".join(part for part in (record.get("FirstName"), record.get("LastName")) if part)


def _missing(names: list[str]) -> Refusal:
    return Refusal(
        "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", fields=names
    )
