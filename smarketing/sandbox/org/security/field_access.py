"""What admins do after a deploy: let people at the new fields, and give people their permission sets.

The Metadata API grants nobody rights on a new field but by the profiles and permission sets that are
deployed along (Metadata API Developer Guide, CustomField). An org before the lock is one whose admins have
granted edit rights since.
"""

from collections.abc import Collection, Iterator, Mapping

from smarketing.sandbox.org.database import Database
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.security.following import assign
from smarketing.sandbox.org.security.groups import aggregate_of
from smarketing.sandbox.org.security.permissionable import is_permissionable, takes_edit
from smarketing.sandbox.org.sower import Sower

EDITORS = (
    *("System Administrator", "Marketing User", "Sales", "Custom: Sales Profile"),
    "Data_Stewards",
)
"""Profiles and permission sets that admins let edit new fields."""

READERS = (
    *("Standard User", "Contract Manager", "Solution Manager", "Read Only", "Sales Support"),
    *("Custom: Marketing Profile", "Custom: Support Profile", "Analytics Cloud Integration User"),
    "CRM_User",
)
"""Those that may read them. Minimum access, platform and Chatter profiles get nothing."""

_ROLES = {
    "System Administrator": "Smarketing_Admin",
    "Marketing User": "Smarketing_Marketing_Operations",
    "Sales Support": "Smarketing_Sales_Support",
    "Sales": "Smarketing_Sales",
}
_INTEGRATION = "Smarketing_Integration"

_Field = tuple[str, str, bool]
"""Object, field with its object, and whether anybody can edit it."""


def let_people_in(sower: Sower, integration_user: str, *, fields: bool) -> None:
    """Do what admins do after the first deploy; with `fields` they let people at the new fields as well."""
    assign_roles(sower, integration_user)
    if fields:
        open_fields(sower)


def open_fields(sower: Sower, editors: Collection[str] = EDITORS, readers: Collection[str] = READERS) -> int:
    """Let profiles and permission sets edit, or read, every custom field; tells how many rows changed.

    What somebody has already stays.

    Raises:
        Refusal: there is no such profile or permission set.
    """
    fields = list(_fields(sower.database))
    holders = _holders(sower)
    unknown = sorted({*editors, *readers} - holders.keys())
    if unknown:
        raise Refusal("NOT_FOUND", f"no profile or permission set {unknown[0]}", 404)
    with sower.database.transaction():
        changed = [_open(sower, holders[name], fields, edit=True) for name in editors]
        changed += [_open(sower, holders[name], fields, edit=False) for name in readers]
    return sum(changed)


def _open(sower: Sower, parent: str, fields: Collection[_Field], *, edit: bool) -> int:
    rows = {row["Field"]: row for row in sower.find("FieldPermissions", "ParentId", parent)}
    changed = 0
    for sobject, field, may_edit in fields:
        known = rows.get(field)
        values = {"PermissionsRead": True, "PermissionsEdit": edit and may_edit}
        if known is None:
            sower.sow("FieldPermissions", ParentId=parent, SobjectType=sobject, Field=field, **values)
        elif values["PermissionsEdit"] and not known["PermissionsEdit"]:
            sower.change("FieldPermissions", known["Id"], **values)
        else:
            continue
        changed += 1
    return changed


def assign_roles(sower: Sower, integration_user: str) -> None:
    """Give each user the permission set group of the role, or the permission set, where it is deployed."""
    profiles = {row["Id"]: row["Name"] for row in sower.find("Profile", "IsDeleted", False)}
    with sower.database.transaction():
        for user in sower.find("User", "IsDeleted", False):
            role = (
                _INTEGRATION
                if user["Username"] == integration_user
                else _ROLES.get(profiles[user["ProfileId"]])
            )
            if role is not None:
                _assign_role(sower, str(user["Id"]), role)


def _assign_role(sower: Sower, user: str, role: str) -> None:
    groups = sower.find("PermissionSetGroup", "DeveloperName", f"{role}_Role")
    if groups:
        group = str(groups[0]["Id"])
        assign(sower, user, aggregate_of(sower, group), group)
        return
    for each in sower.find("PermissionSet", "Name", role):
        assign(sower, user, str(each["Id"]))


def _fields(database: Database) -> Iterator[_Field]:
    for sobject in database.schema.objects.values():
        for field in sobject.fields.values():
            if field.custom and is_permissionable(sobject, field):
                yield sobject.name, f"{sobject.name}.{field.name}", takes_edit(field)


def _holders(sower: Sower) -> Mapping[str, str]:
    """Give the permission sets' ids by their names, those of profiles by the profiles' names."""
    profiles = {row["Id"]: row["Name"] for row in sower.find("Profile", "IsDeleted", False)}
    return {
        profiles[row["ProfileId"]] if row["IsOwnedByProfile"] else row["Name"]: row["Id"]
        for row in sower.find("PermissionSet", "IsDeleted", False)
    }
