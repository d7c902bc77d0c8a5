"""What follows when a security object's record was written."""

from smarketing.sandbox.org.database import Record
from smarketing.sandbox.org.security.groups import (
    FIELD_RIGHTS,
    OBJECT_RIGHTS,
    aggregate_of,
    groups_with,
    recalculate,
)
from smarketing.sandbox.org.sower import Sower

_RIGHTS = {"FieldPermissions": FIELD_RIGHTS, "ObjectPermissions": OBJECT_RIGHTS}
_BELOW = {
    "PermissionSet": (
        *(("FieldPermissions", "ParentId"), ("ObjectPermissions", "ParentId")),
        *(("SetupEntityAccess", "ParentId"), ("PermissionSetAssignment", "PermissionSetId")),
        ("PermissionSetGroupComponent", "PermissionSetId"),
    ),
    "MutingPermissionSet": (
        *(("FieldPermissions", "ParentId"), ("ObjectPermissions", "ParentId")),
        *(("SetupEntityAccess", "ParentId"), ("PermissionSetGroupComponent", "PermissionSetId")),
    ),
    "PermissionSetGroup": (
        ("PermissionSetGroupComponent", "PermissionSetGroupId"),
        ("PermissionSetAssignment", "PermissionSetGroupId"),
    ),
    "CustomPermission": (("SetupEntityAccess", "SetupEntityId"),),
}
"""What goes with a record that is deleted."""


def own_set(sower: Sower, profile: str) -> str:
    """Give the permission set that a profile owns; makes it where there is none yet."""
    found = sower.find("PermissionSet", "ProfileId", profile)
    if found:
        return str(found[0]["Id"])
    return sower.sow(
        "PermissionSet",
        Name=f"X{profile}",
        Label=profile,
        Type="Profile",
        IsOwnedByProfile=True,
        ProfileId=profile,
    )


def erase(sower: Sower, name: str, record_id: str) -> None:
    """Remove a record and what goes with it."""
    touched = _groups_of(sower, name, record_id)
    if name == "PermissionSetGroup":
        erase(sower, "PermissionSet", aggregate_of(sower, record_id))
    for child, field in _BELOW.get(name, ()):
        for row in sower.find(child, field, record_id):
            sower.erase(child, str(row["Id"]))
    sower.erase(name, record_id)
    for group in touched:
        recalculate(sower, group)


def assign(sower: Sower, user: str, permission_set: str, group: str | None = None) -> None:
    """Assign a permission set, or the one that a group owns, to a user who does not have it."""
    rows = sower.find("PermissionSetAssignment", "AssigneeId", user)
    if all(row["PermissionSetId"] != permission_set for row in rows):
        sower.sow(
            "PermissionSetAssignment",
            AssigneeId=user,
            PermissionSetId=permission_set,
            PermissionSetGroupId=group,
            IsActive=True,
        )


class Following:
    """Keeps the security objects consistent after a write; nothing of them stays in the recycle bin."""

    def __init__(self, sower: Sower) -> None:
        """Write past the checks."""
        self._sower = sower

    def saved(self, name: str, record: Record, how: str) -> None:
        """Do what follows a write of an object's record."""
        if how == "deleted":
            self._deleted(name, record)
        elif name in _RIGHTS and not any(record[right] for right in _RIGHTS[name]):
            erase(self._sower, name, str(record["Id"]))
            self._recalculate(str(record["ParentId"]))
        elif name in ("FieldPermissions", "ObjectPermissions", "SetupEntityAccess"):
            self._recalculate(str(record["ParentId"]))
        elif name == "PermissionSetGroup" or name == "PermissionSetGroupComponent":
            recalculate(self._sower, str(record.get("PermissionSetGroupId") or record["Id"]))
        elif name == "PermissionSetAssignment" and record.get("PermissionSetGroupId"):
            aggregate = aggregate_of(self._sower, str(record["PermissionSetGroupId"]))
            self._sower.change(name, str(record["Id"]), PermissionSetId=aggregate)
        elif name == "Profile":
            own_set(self._sower, str(record["Id"]))
        elif name == "User":
            self._move_to_profile(record)

    def _deleted(self, name: str, record: Record) -> None:
        if name in ("User", "Profile"):
            return
        erase(self._sower, name, str(record["Id"]))
        if record.get("ParentId"):
            self._recalculate(str(record["ParentId"]))
        if name == "PermissionSetGroupComponent":
            recalculate(self._sower, str(record["PermissionSetGroupId"]))

    def _recalculate(self, permission_set: str) -> None:
        for group in groups_with(self._sower, permission_set):
            recalculate(self._sower, group)

    def _move_to_profile(self, user: Record) -> None:
        """Have the user assigned the profile's own permission set and no other profile's."""
        sower, profile = self._sower, user.get("ProfileId")
        wanted = own_set(sower, str(profile)) if profile else None
        for row in sower.find("PermissionSetAssignment", "AssigneeId", user["Id"]):
            [owner] = sower.find("PermissionSet", "Id", row["PermissionSetId"])
            if owner["IsOwnedByProfile"] and owner["Id"] != wanted:
                sower.erase("PermissionSetAssignment", str(row["Id"]))
        if wanted:
            assign(sower, str(user["Id"]), wanted)


def _groups_of(sower: Sower, name: str, record_id: str) -> list[str]:
    return groups_with(sower, record_id) if name in ("PermissionSet", "MutingPermissionSet") else []
