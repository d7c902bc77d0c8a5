"""The security components that deploys bring and delete, as rows of the security objects.

Metadata API Developer Guide: CustomPermission, MutingPermissionSet, PermissionSet, PermissionSetGroup,
Profile. A permission set that is deployed replaces what was; a profile is laid over it.
"""

from collections.abc import Callable

from lxml import etree

from chalicelib.domain.instant import parse_instant
from smarketing.metadata.xml import children, parse, text_of
from smarketing.sandbox.org.database import Database
from smarketing.sandbox.org.metadata_api.components import Stored
from smarketing.sandbox.org.metadata_api.installing import Deploy, Handler, Installing
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.security.following import erase, own_set
from smarketing.sandbox.org.security.granted import grant, user_permissions
from smarketing.sandbox.org.security.groups import groups_with, recalculate
from smarketing.sandbox.org.security.profiles import metadata_names
from smarketing.sandbox.org.security.written import content
from smarketing.sandbox.org.sower import Sower

_Apply = Callable[[Sower, str, etree._Element], None]
_BY_DEVELOPER_NAME = ("CustomPermission", "MutingPermissionSet", "PermissionSetGroup")


def register(installing: Installing, database: Database) -> None:
    """Have deploys keep the security objects of an org."""
    applies: dict[str, _Apply] = {
        "CustomPermission": apply_custom_permission,
        "PermissionSet": apply_permission_set,
        "MutingPermissionSet": apply_muting_permission_set,
        "PermissionSetGroup": apply_group,
        "Profile": apply_profile,
    }
    for kind, apply in applies.items():
        installing.on_deployed(kind, _applying(database, apply))
        installing.on_deleted(kind, _deleting(database, kind))
        installing.on_shown(kind, lambda component: content(database, component) or component.content)
    for kind in ("CustomField", "CustomObject"):
        installing.on_deleted(kind, _forgetting(database))


def apply_custom_permission(sower: Sower, name: str, root: etree._Element) -> None:
    """Add or change a custom permission."""
    values: dict[str, object] = {
        "MasterLabel": text_of(root, "label") or name,
        "Description": text_of(root, "description"),
    }
    _put(sower, "CustomPermission", "DeveloperName", name, values)


def apply_permission_set(sower: Sower, name: str, root: etree._Element) -> None:
    """Add or replace a permission set.

    Raises:
        Refusal: as `grant` does.
    """
    values: dict[str, object] = {
        "Label": text_of(root, "label") or name,
        "Description": text_of(root, "description"),
        "HasActivationRequired": text_of(root, "hasActivationRequired") == "true",
        "Type": "Regular",
        "IsCustom": True,
        **user_permissions(sower, root, replace=True),
    }
    parent = _put(sower, "PermissionSet", "Name", name, values)
    grant(sower, parent, root, replace=True)
    _recalculate(sower, parent)


def apply_muting_permission_set(sower: Sower, name: str, root: etree._Element) -> None:
    """Add or replace a muting permission set.

    Raises:
        Refusal: as `grant` does.
    """
    values: dict[str, object] = {
        "MasterLabel": text_of(root, "label") or name,
        "Description": text_of(root, "description"),
    }
    parent = _put(sower, "MutingPermissionSet", "DeveloperName", name, values)
    grant(sower, parent, root, replace=True)
    _recalculate(sower, parent)


def apply_group(sower: Sower, name: str, root: etree._Element) -> None:
    """Add or replace a permission set group and its members.

    Raises:
        Refusal: there is no such permission set.
    """
    values: dict[str, object] = {
        "MasterLabel": text_of(root, "label") or name,
        "Description": text_of(root, "description"),
        "HasActivationRequired": text_of(root, "hasActivationRequired") == "true",
    }
    group = _put(sower, "PermissionSetGroup", "DeveloperName", name, values)
    wanted = {
        _id_of(sower, kind, (each.text or "").strip())
        for element, kind in (
            ("permissionSets", "PermissionSet"),
            ("mutingPermissionSets", "MutingPermissionSet"),
        )
        for each in children(root, element)
    }
    present = {
        str(row["PermissionSetId"]): str(row["Id"])
        for row in sower.find("PermissionSetGroupComponent", "PermissionSetGroupId", group)
    }
    for member in sorted(present.keys() - wanted):
        sower.erase("PermissionSetGroupComponent", present[member])
    for member in sorted(wanted - present.keys()):
        sower.sow("PermissionSetGroupComponent", PermissionSetGroupId=group, PermissionSetId=member)
    recalculate(sower, group)


def apply_profile(sower: Sower, name: str, root: etree._Element) -> None:
    """Lay a profile over the one of its name, or add it.

    Raises:
        Refusal: as `grant` does.
    """
    shown = metadata_names().get(name, name)
    found = sower.find("Profile", "Name", shown)
    profile = str(found[0]["Id"]) if found else sower.sow("Profile", Name=shown, UserType="Standard")
    parent = own_set(sower, profile)
    sower.change("PermissionSet", parent, **user_permissions(sower, root, replace=False))
    grant(sower, parent, root, replace=False)


def _applying(database: Database, apply: _Apply) -> Handler:
    def handle(component: Stored, deploy: Deploy) -> None:
        root = parse(component.content, component.file_name)
        apply(Sower(database, parse_instant(deploy.at)), component.full_name, root)

    return handle


def _deleting(database: Database, kind: str) -> Handler:
    key = "DeveloperName" if kind in _BY_DEVELOPER_NAME else "Name"

    def handle(component: Stored, deploy: Deploy) -> None:
        sower = Sower(database, parse_instant(deploy.at))
        for row in sower.find(kind, key, component.full_name):
            erase(sower, kind, str(row["Id"]))

    return handle


def _forgetting(database: Database) -> Handler:
    """Take the rows away that speak of a field or object that is gone."""

    def handle(component: Stored, deploy: Deploy) -> None:
        sower = Sower(database, parse_instant(deploy.at))
        field = component.type == "CustomField"
        for row in sower.find("FieldPermissions", "Field" if field else "SobjectType", component.full_name):
            sower.erase("FieldPermissions", str(row["Id"]))
        for row in [] if field else sower.find("ObjectPermissions", "SobjectType", component.full_name):
            sower.erase("ObjectPermissions", str(row["Id"]))

    return handle


def _put(sower: Sower, kind: str, key: str, name: str, values: dict[str, object]) -> str:
    found = sower.find(kind, key, name)
    if not found:
        return sower.sow(kind, **{key: name, **values})
    sower.change(kind, str(found[0]["Id"]), **values)
    return str(found[0]["Id"])


def _id_of(sower: Sower, kind: str, name: str) -> str:
    found = sower.find(kind, "Name" if kind == "PermissionSet" else "DeveloperName", name)
    if not found:
        message = f"In field: permissionSets - no {kind} named {name} found"
        raise Refusal("INVALID_CROSS_REFERENCE_KEY", message)
    return str(found[0]["Id"])


def _recalculate(sower: Sower, permission_set: str) -> None:
    for group in groups_with(sower, permission_set):
        recalculate(sower, group)
