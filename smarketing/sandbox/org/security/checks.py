"""What the platform refuses when a security object's record is written."""

import re

from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import SObject
from smarketing.sandbox.org.security.groups import OBJECT_RIGHTS
from smarketing.sandbox.org.security.permissionable import (
    SETUP_OBJECTS,
    depends,
    find_field,
    is_permissionable,
    takes_edit,
)

_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")
_NEEDED = {
    "PermissionsCreate": ("PermissionsRead",),
    "PermissionsEdit": ("PermissionsRead",),
    "PermissionsDelete": ("PermissionsRead", "PermissionsEdit"),
    "PermissionsViewAllRecords": ("PermissionsRead",),
    "PermissionsModifyAllRecords": (
        *("PermissionsRead", "PermissionsEdit", "PermissionsDelete", "PermissionsViewAllRecords"),
    ),
    "PermissionsViewAllFields": ("PermissionsRead",),
}
"""What a right on an object needs (Object Reference, ObjectPermissions)."""


def field_permissions(database: Database, known: Record | None, values: Record) -> None:
    """Check a row of FieldPermissions; brings the field's name into the API's form."""
    record = {**(known or {}), **values}
    if known is None:
        _not_of_a_group(database, record)
        values["Field"], values["SobjectType"] = _named(database, record)
        same = database.find(_object(database, "FieldPermissions"), "ParentId", record["ParentId"])
        _only(same, "Field", values["Field"])
    else:
        _not_of_a_group(database, known)
    found = find_field(database.schema, str({**record, **values}["Field"]))
    label = found[1].label if found else str(record["Field"])
    if record.get("PermissionsEdit"):
        if found and not takes_edit(found[1]):
            raise _bad_edit(str(record["Field"]))
        if not record.get("PermissionsRead"):
            raise depends(f"Edit {label}", f"Read {label}")
    if known is None and not record.get("PermissionsRead"):
        raise Refusal("FIELD_INTEGRITY_EXCEPTION", f"Permission Read {label} is required for a new row")


def object_permissions(database: Database, known: Record | None, values: Record) -> None:
    """Check a row of ObjectPermissions."""
    record = {**(known or {}), **values}
    _not_of_a_group(database, record)
    sobject = database.schema.get(str(record["SobjectType"]))
    if sobject is None or sobject.name in SETUP_OBJECTS:
        raise _bad_value("sObject Type Name", record["SobjectType"], "SobjectType")
    if known is None:
        values["SobjectType"] = sobject.name
        same = database.find(_object(database, "ObjectPermissions"), "ParentId", record["ParentId"])
        _only(same, "SobjectType", sobject.name)
    for right, needed in _NEEDED.items():
        missing = [each for each in needed if record.get(right) and not record.get(each)]
        if missing:
            reads = ", ".join(f"{_word(each)} {sobject.label}" for each in missing)
            raise depends(f"{_word(right)} {sobject.label}", reads)
    if known is None and not any(record.get(each) for each in OBJECT_RIGHTS):
        raise Refusal(
            "FIELD_INTEGRITY_EXCEPTION", f"Permission Read {sobject.label} is required for a new row"
        )


def permission_set(database: Database, known: Record | None, values: Record) -> None:
    """Check a permission set, and say what kind it is."""
    if known is None:
        values |= {"Type": "Regular", "IsCustom": True}
    elif known["IsOwnedByProfile"] or known["PermissionSetGroupId"]:
        renamed = [name for name in ("Name", "Label", "Description") if name in values]
        if renamed:
            raise _read_only_record()
    if "Name" in values:
        _proper(str(values["Name"]), "Name")
        found = database.find(_object(database, "PermissionSet"), "Name", values["Name"])
        _only(found, "Name", str(values["Name"]), known)


def developer_name(kind: str, database: Database, known: Record | None, values: Record) -> None:
    """Check the name of a permission set group, muting permission set or custom permission."""
    if "DeveloperName" in values:
        _proper(str(values["DeveloperName"]), "DeveloperName")
        found = database.find(_object(database, kind), "DeveloperName", values["DeveloperName"])
        _only(found, "DeveloperName", str(values["DeveloperName"]), known)


def assignment(database: Database, known: Record | None, values: Record) -> None:
    """Check an assignment: a permission set or a group, once for each user."""
    if known is not None:
        return
    chosen = [name for name in ("PermissionSetId", "PermissionSetGroupId") if values.get(name)]
    if len(chosen) != 1:
        message = "Required fields are missing: [PermissionSetId]"
        raise Refusal("REQUIRED_FIELD_MISSING", message, fields=["PermissionSetId"])
    if chosen == ["PermissionSetId"]:
        wanted = database.get(_object(database, "PermissionSet"), str(values["PermissionSetId"])) or {}
        if wanted.get("IsOwnedByProfile") or wanted.get("PermissionSetGroupId"):
            message = "You can't assign a permission set that a profile or a group owns."
            raise Refusal("FIELD_INTEGRITY_EXCEPTION", message, fields=["PermissionSetId"])
    values["IsActive"] = True
    same = database.find(_object(database, "PermissionSetAssignment"), "AssigneeId", values["AssigneeId"])
    _only(same, chosen[0], str(values[chosen[0]]))


def component(database: Database, known: Record | None, values: Record) -> None:
    """Check a member of a group: once, and no permission set that a profile or a group owns."""
    if known is not None:
        return
    wanted = database.get(_object(database, "PermissionSet"), str(values["PermissionSetId"])) or {}
    if wanted.get("IsOwnedByProfile") or wanted.get("PermissionSetGroupId"):
        message = "A permission set that a profile or a group owns can't be a member of a group."
        raise Refusal("FIELD_INTEGRITY_EXCEPTION", message, fields=["PermissionSetId"])
    same = database.find(
        _object(database, "PermissionSetGroupComponent"),
        "PermissionSetGroupId",
        values["PermissionSetGroupId"],
    )
    _only(same, "PermissionSetId", str(values["PermissionSetId"]))


def setup_entity_access(database: Database, known: Record | None, values: Record) -> None:
    """Check an access to a custom permission; it is created and deleted, never changed."""
    if known is not None:
        raise Refusal("INVALID_TYPE_FOR_OPERATION", "entity type SetupEntityAccess does not support update")
    _not_of_a_group(database, values)
    values["SetupEntityType"] = "CustomPermission"
    same = database.find(_object(database, "SetupEntityAccess"), "ParentId", values["ParentId"])
    _only(same, "SetupEntityId", str(values["SetupEntityId"]))


def deletion(database: Database, sobject: SObject, known: Record) -> None:
    """Refuse to delete a permission set of a profile or a group, its assignments, and a group's rows."""
    if sobject.name == "PermissionSet" and (known["IsOwnedByProfile"] or known["PermissionSetGroupId"]):
        raise _read_only_record()
    if sobject.name == "PermissionSetAssignment":
        owned = database.get(_object(database, "PermissionSet"), str(known["PermissionSetId"])) or {}
        if owned.get("IsOwnedByProfile"):
            raise _read_only_record()
    if "ParentId" in known:
        _not_of_a_group(database, known)


def _object(database: Database, name: str) -> SObject:
    return database.schema.objects[name.lower()]


def _named(database: Database, record: Record) -> tuple[str, str]:
    found = find_field(database.schema, str(record["Field"]))
    if found is None or found[0].name.lower() != str(record["SobjectType"]).lower():
        raise _bad_value("Field Name", record["Field"], "Field")
    sobject, field = found
    if not is_permissionable(sobject, field):
        raise _bad_value("Field Name", record["Field"], "Field")
    return f"{sobject.name}.{field.name}", sobject.name


def _not_of_a_group(database: Database, record: Record) -> None:
    parent = database.get(_object(database, "PermissionSet"), str(record["ParentId"]))
    if parent is not None and parent["PermissionSetGroupId"]:
        raise _read_only_record()


def _only(rows: list[Record], name: str, value: str, known: Record | None = None) -> None:
    own = known["Id"] if known else None
    for each in rows:
        if str(each[name]).lower() == value.lower() and each["Id"] != own:
            place = f"{name} duplicates value on record with id: {each['Id'][:15]}"
            raise Refusal("DUPLICATE_VALUE", f"duplicate value found: {place}", fields=[name])


def _proper(name: str, field: str) -> None:
    if not _NAME.fullmatch(name):
        message = (
            f"{field}: The name can only contain underscores and alphanumeric characters. It must be unique, "
            "begin with a letter, not include spaces, not end with an underscore, and not contain two "
            "consecutive underscores."
        )
        raise Refusal("INVALID_INPUT", message, fields=[field])


def _bad_value(label: str, value: object, name: str) -> Refusal:
    message = f"{label}: bad value for restricted picklist field: {value}"
    return Refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, fields=[name])


def _bad_edit(field: str) -> Refusal:
    return Refusal("FIELD_INTEGRITY_EXCEPTION", f"field not editable: {field}", fields=["PermissionsEdit"])


def _read_only_record() -> Refusal:
    return Refusal("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "entity is read only: its owner decides about it")


def _word(right: str) -> str:
    words = {
        "ViewAllRecords": "Read All",
        "ModifyAllRecords": "Modify All",
        "ViewAllFields": "View All Fields",
    }
    plain = right.removeprefix("Permissions")
    return words.get(plain, plain)
