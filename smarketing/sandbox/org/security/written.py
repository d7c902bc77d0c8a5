"""Permission sets and groups in metadata format, as their rows are now: what a retrieve gives.

What the rows don't hold, such as tab settings, comes from what was deployed.
"""

from collections.abc import Iterable, Iterator

from lxml import etree

from smarketing.metadata.xml import NAMESPACE, children, element, local, parse, text_of, write
from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.security.granted import FIELD_ELEMENTS, OBJECT_ELEMENTS

_FROM_ROWS = {
    "PermissionSet": (
        *("fieldPermissions", "objectPermissions", "customPermissions", "label", "description"),
        "hasActivationRequired",
    ),
    "MutingPermissionSet": (
        *("fieldPermissions", "objectPermissions", "customPermissions", "label", "description"),
    ),
    "PermissionSetGroup": (
        *("permissionSets", "mutingPermissionSets", "label", "description", "status"),
        "hasActivationRequired",
    ),
}
"""Elements that the rows hold, by type."""


def content(database: Database, kind: str, full_name: str, deployed: bytes | None) -> bytes | None:
    """Write a permission set, muting permission set or group; None if there is none, or of another type.

    Args:
        database: the org's.
        kind: the component's type.
        full_name: its name.
        deployed: the component as it was deployed, if it was.
    """
    if kind not in _FROM_ROWS:
        return None
    key = "Name" if kind == "PermissionSet" else "DeveloperName"
    found = database.find(database.schema.objects[kind.lower()], key, full_name)
    if not found:
        return None
    made = list(
        _group(database, found[0]) if kind == "PermissionSetGroup" else _set(database, found[0], kind)
    )
    kept = list(_kept(kind, deployed)) if deployed is not None else []
    known = {text_of(each, "name") for each in made if local(each) == "userPermissions"}
    kept = [each for each in kept if local(each) != "userPermissions" or text_of(each, "name") not in known]
    enabled = [
        each for each in made if local(each) != "userPermissions" or text_of(each, "enabled") == "true"
    ]
    root = etree.Element(f"{{{NAMESPACE}}}{kind}", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    root.extend(sorted([*kept, *enabled], key=local))
    return write(root)


def _kept(kind: str, deployed: bytes) -> Iterator[etree._Element]:
    """Give what was deployed and stands in no row."""
    return (each for each in children(parse(deployed, kind)) if local(each) not in _FROM_ROWS[kind])


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
    yield element("hasActivationRequired", text=_word(record["HasActivationRequired"]))
    yield element("status", text=str(record["Status"]))
    components = database.schema.objects["permissionsetgroupcomponent"]
    members = [
        str(row["PermissionSetId"]) for row in database.find(components, "PermissionSetGroupId", record["Id"])
    ]
    for kind, key, name in (
        ("permissionset", "Name", "permissionSets"),
        ("mutingpermissionset", "DeveloperName", "mutingPermissionSets"),
    ):
        yield from _members(database, members, kind, key, name)


def _members(
    database: Database, members: Iterable[str], kind: str, key: str, name: str
) -> Iterator[etree._Element]:
    sobject = database.schema.objects[kind]
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
