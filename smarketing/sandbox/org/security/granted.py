"""The rows that a permission set, muting permission set or profile in metadata format stands for.

Metadata API Developer Guide, PermissionSet and Profile.
"""

from collections.abc import Iterator, Mapping

from lxml import etree

from smarketing.metadata.xml import children, text_of
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import Schema
from smarketing.sandbox.org.security.permissionable import (
    COMPOUND_FIELDS,
    find_field,
    is_permissionable,
    takes_edit,
)
from smarketing.sandbox.org.sower import Sower

OBJECT_ELEMENTS = {
    "allowCreate": "PermissionsCreate",
    "allowDelete": "PermissionsDelete",
    "allowEdit": "PermissionsEdit",
    "allowRead": "PermissionsRead",
    "modifyAllRecords": "PermissionsModifyAllRecords",
    "viewAllFields": "PermissionsViewAllFields",
    "viewAllRecords": "PermissionsViewAllRecords",
}
"""Elements of objectPermissions and the fields of ObjectPermissions that hold them."""

FIELD_ELEMENTS = {"editable": "PermissionsEdit", "readable": "PermissionsRead"}

_Rows = dict[str, dict[str, object]]


def grant(sower: Sower, parent: str, root: etree._Element, *, replace: bool) -> None:
    """Give a permission set the rows that its metadata says.

    Args:
        sower: writes the rows.
        parent: id of the permission set.
        root: of its metadata.
        replace: whether rows that the metadata does not name go, as a permission set's do; a profile's stay.

    Raises:
        Refusal: the metadata names a field, object or custom permission that there is not, or a field that
            takes no such right.
    """
    schema = sower.database.schema
    _keep(sower, "FieldPermissions", "Field", parent, _fields(schema, root), replace=replace)
    _keep(sower, "ObjectPermissions", "SobjectType", parent, _objects(schema, root), replace=replace)
    _keep_custom_permissions(sower, parent, root, replace=replace)


def user_permissions(sower: Sower, root: etree._Element, *, replace: bool) -> Mapping[str, bool]:
    """Give the values of a permission set's fields for user permissions, as far as the org has them."""
    known = [
        each.name
        for each in sower.sobject("PermissionSet").fields.values()
        if each.name.startswith("Permissions")
    ]
    named = {
        f"Permissions{text_of(each, 'name')}": text_of(each, "enabled") == "true"
        for each in children(root, "userPermissions")
    }
    return {name: named.get(name, False) for name in known if replace or name in named}


def _fields(schema: Schema, root: etree._Element) -> _Rows:
    rows: _Rows = {}
    for each in children(root, "fieldPermissions"):
        path = text_of(each, "field") or ""
        values: dict[str, object] = {
            right: text_of(each, name) == "true" for name, right in FIELD_ELEMENTS.items()
        }
        values["PermissionsRead"] = values["PermissionsRead"] or values["PermissionsEdit"]
        if path in COMPOUND_FIELDS:
            rows[path] = {"SobjectType": path.partition(".")[0], **values}
            continue
        found = find_field(schema, path)
        if found is None:
            raise _unknown("field", "CustomField", path)
        sobject, field = found
        if not is_permissionable(sobject, field):
            raise Refusal("INVALID_FIELD", f"You cannot deploy to a required field: {path}")
        if values["PermissionsEdit"] and not takes_edit(field):
            raise Refusal("FIELD_INTEGRITY_EXCEPTION", f"field not editable: {path}")
        rows[f"{sobject.name}.{field.name}"] = {"SobjectType": sobject.name, **values}
    return rows


def _objects(schema: Schema, root: etree._Element) -> _Rows:
    rows: _Rows = {}
    for each in children(root, "objectPermissions"):
        name = text_of(each, "object") or ""
        sobject = schema.get(name)
        if sobject is None:
            raise _unknown("object", "CustomObject", name)
        rows[sobject.name] = {right: text_of(each, word) == "true" for word, right in OBJECT_ELEMENTS.items()}
    return rows


def _keep(sower: Sower, name: str, key: str, parent: str, wanted: _Rows, *, replace: bool) -> None:
    present = {str(row[key]): row for row in sower.find(name, "ParentId", parent)}
    for what, row in present.items():
        if (replace and what not in wanted) or (what in wanted and not _grants(wanted[what])):
            sower.erase(name, str(row["Id"]))
    for what, values in wanted.items():
        row = present.get(what, {})
        if not _grants(values) or all(row.get(field) == value for field, value in values.items()):
            continue
        if row:
            sower.change(name, str(row["Id"]), **values)
        else:
            sower.sow(name, **{"ParentId": parent, key: what, **values})


def _keep_custom_permissions(sower: Sower, parent: str, root: etree._Element, *, replace: bool) -> None:
    wanted = dict(_custom_permissions(sower, root))
    present = {str(row["SetupEntityId"]): row for row in sower.find("SetupEntityAccess", "ParentId", parent)}
    for entity, row in present.items():
        if not wanted.get(entity, not replace):
            sower.erase("SetupEntityAccess", str(row["Id"]))
    for entity, enabled in wanted.items():
        if enabled and entity not in present:
            sower.sow(
                "SetupEntityAccess",
                ParentId=parent,
                SetupEntityId=entity,
                SetupEntityType="CustomPermission",
            )


def _custom_permissions(sower: Sower, root: etree._Element) -> Iterator[tuple[str, bool]]:
    for each in children(root, "customPermissions"):
        name = text_of(each, "name") or ""
        found = sower.find("CustomPermission", "DeveloperName", name)
        if not found:
            raise _unknown("name", "CustomPermission", name)
        yield str(found[0]["Id"]), text_of(each, "enabled") == "true"


def _grants(values: Mapping[str, object]) -> bool:
    return any(value is True for value in values.values())


def _unknown(element: str, kind: str, name: str) -> Refusal:
    return Refusal("INVALID_CROSS_REFERENCE_KEY", f"In field: {element} - no {kind} named {name} found")
