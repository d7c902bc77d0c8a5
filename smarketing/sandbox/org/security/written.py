"""Permission sets and groups in metadata format, as their rows are now: what a retrieve gives.

What the rows don't hold, such as tab settings, comes from what was deployed.
"""

from collections.abc import Iterable, Iterator

from lxml import etree

from smarketing.metadata.xml import children, element, local, parse, text_of, write
from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.metadata_api.components import Stored
from smarketing.sandbox.org.security.granted import FIELD_ELEMENTS, OBJECT_ELEMENTS

_OF_SETS = ("fieldPermissions", "objectPermissions", "customPermissions", "label", "description")
_FROM_ROWS = {
    "PermissionSet": (*_OF_SETS, "hasActivationRequired"),
    "MutingPermissionSet": _OF_SETS,
    "PermissionSetGroup": (
        *("permissionSets", "mutingPermissionSets", "label", "description", "status"),
        "hasActivationRequired",
    ),
}
"""Elements that the rows hold, by type."""


def content(database: Database, component: Stored) -> bytes | None:
    """Write a permission set, muting permission set or group; None if it is gone, or of another type."""
    kind = component.type
    if kind not in _FROM_ROWS:
        return None
    key = "Name" if kind == "PermissionSet" else "DeveloperName"
    found = database.find(database.schema.objects[kind.lower()], key, component.full_name)
    if not found:
        return None
    [record] = found
    made = list(_group(database, record) if kind == "PermissionSetGroup" else _set(database, record, kind))
    known = {text_of(each, "name") for each in made if local(each) == "userPermissions"}
    kept = [
        each
        for each in children(parse(component.content, component.file_name))
        if local(each) not in _FROM_ROWS[kind]
        and not (local(each) == "userPermissions" and text_of(each, "name") in known)
    ]
    enabled = [each for each in made if text_of(each, "enabled") != "false"]
    root = element(kind, *sorted([*kept, *enabled], key=local))
    return write(root)


def _set(database: Database, record: Record, kind: str) -> Iterator[etree._Element]:
    yield from _permissions(database, record)
    yield element("label", text=str(record.get("Label") or record.get("MasterLabel")))
    if record["Description"]:
        yield element("description", text=str(record["Description"]))
    if kind == "PermissionSet":
        yield element("hasActivationRequired", text=_word(record["HasActivationRequired"]))
        for name in sorted(each for each in record if each.startswith("Permissions")):
            plain = name.removeprefix("Permissions")
            yield _element("userPermissions", {"enabled": _word(record[name]), "name": plain})


def _permissions(database: Database, record: Record) -> Iterator[etree._Element]:
    for row in _rows(database, "FieldPermissions", record, "Field"):
        rights = {name: _word(row[right]) for name, right in FIELD_ELEMENTS.items()}
        yield _element("fieldPermissions", rights | {"field": str(row["Field"])})
    for row in _rows(database, "ObjectPermissions", record, "SobjectType"):
        rights = {name: _word(row[right]) for name, right in OBJECT_ELEMENTS.items()}
        yield _element("objectPermissions", rights | {"object": str(row["SobjectType"])})
    permissions = database.schema.objects["custompermission"]
    names = [
        str((database.get(permissions, str(row["SetupEntityId"])) or {})["DeveloperName"])
        for row in _rows(database, "SetupEntityAccess", record, "SetupEntityId")
    ]
    for name in sorted(names):
        yield _element("customPermissions", {"enabled": "true", "name": name})


def _group(database: Database, record: Record) -> Iterator[etree._Element]:
    yield element("label", text=str(record["MasterLabel"]))
    if record["Description"]:
        yield element("description", text=str(record["Description"]))
    if record["HasActivationRequired"]:
        yield element("hasActivationRequired", text="true")
    yield element("status", text=str(record["Status"]))
    components = database.schema.objects["permissionsetgroupcomponent"]
    found = database.find(components, "PermissionSetGroupId", record["Id"])
    members = [str(row["PermissionSetId"]) for row in found]
    yield from _members(database, members, "PermissionSet", "Name", "permissionSets")
    yield from _members(database, members, "MutingPermissionSet", "DeveloperName", "mutingPermissionSets")


def _members(
    database: Database, members: Iterable[str], kind: str, key: str, name: str
) -> Iterator[etree._Element]:
    sobject = database.schema.objects[kind.lower()]
    found = [database.get(sobject, each) for each in members if each.startswith(sobject.prefix)]
    for each in sorted(str(row[key]) for row in found if row is not None):
        yield element(name, text=each)


def _rows(database: Database, name: str, parent: Record, order: str) -> list[Record]:
    found = database.find(database.schema.objects[name.lower()], "ParentId", parent["Id"])
    return sorted(found, key=lambda row: str(row[order]))


def _element(name: str, parts: dict[str, str]) -> etree._Element:
    return element(name, *(element(part, text=parts[part]) for part in sorted(parts)))


def _word(value: object) -> str:
    return "true" if value else "false"
