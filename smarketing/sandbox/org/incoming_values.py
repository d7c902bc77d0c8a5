"""Reads what a caller wants to write: fields that may be written, values of their type, known parents."""

from collections.abc import Mapping
from typing import Any

from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.refusals import Refusal, no_such_column, read_only_fields
from smarketing.sandbox.org.schema import Field, SObject
from smarketing.sandbox.org.values import read_value


def incoming_values(database: Database, sobject: SObject, body: Mapping[str, Any]) -> Record:
    """Check a record from outside and give its values as they are stored.

    Args:
        sobject: as the caller finds it; fields that it lacks do not exist for the caller.

    Raises:
        Refusal: the platform would not take it.
    """
    values: Record = {}
    read_only: list[str] = []
    for name, value in body.items():
        if name == "attributes" or name.lower() == "id":
            continue
        field = sobject.get(name)
        if field is None and isinstance(value, Mapping):
            reference, record_id = _parent(database, sobject, name, value)
            values[reference.name] = record_id
            continue
        if field is None:
            raise no_such_column(name, sobject.name)
        if not field.writable or (field.name == "Name" and sobject.full_name):
            read_only.append(field.name)
            continue
        values[field.name] = read_value(database.schema, field, value)
    if read_only:
        raise read_only_fields(read_only)
    _parents_exist(database, sobject, values)
    return values


def _parent(database: Database, sobject: SObject, name: str, named: Mapping[str, Any]) -> tuple[Field, str]:
    """Find the record that `{"Lead__r": {"External_Id__c": value}}` names."""
    reference = sobject.relationship(name)
    keys = [key for key in named if key != "attributes"]
    target = database.schema.get(reference.reference_to[0]) if reference else None
    field = target.get(keys[0]) if target and len(keys) == 1 else None
    if reference is None or target is None or field is None or not field.external_id:
        raise no_such_column(name, sobject.name)
    found = database.find(target, field.name, named[keys[0]])
    if len(found) != 1:
        key = f"Foreign key external ID: {named[keys[0]]}"
        raise Refusal("INVALID_FIELD", f"{key} not found for field {field.name} in entity {target.name}")
    return reference, str(found[0]["Id"])


def _parents_exist(database: Database, sobject: SObject, values: Record) -> None:
    for name, value in values.items():
        field = sobject.get(name)
        if field is None or field.type != "reference" or value is None:
            continue
        target = database.schema.by_prefix(value)
        known = target and database.get(target, value)
        if not known:
            message = f"insufficient access rights on cross-reference id: {value[:15]}"
            raise Refusal("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message, fields=[name])
        if known["IsDeleted"]:
            raise Refusal("ENTITY_IS_DELETED", "entity is deleted", fields=[name])
