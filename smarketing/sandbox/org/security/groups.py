"""Permission set groups: each has a permission set that sums up its members', without what is muted.

Object Reference, PermissionSet: it has a read-only relationship with PermissionSetGroup and contains the
aggregated permissions of the group.
"""

from collections.abc import Iterable, Mapping

from smarketing.sandbox.org.database import Record
from smarketing.sandbox.org.sower import Sower

OBJECT_RIGHTS = (
    *("PermissionsCreate", "PermissionsRead", "PermissionsEdit", "PermissionsDelete"),
    *("PermissionsViewAllRecords", "PermissionsModifyAllRecords", "PermissionsViewAllFields"),
)
FIELD_RIGHTS = ("PermissionsRead", "PermissionsEdit")

_Rights = dict[str, bool]


def aggregate_of(sower: Sower, group: str) -> str:
    """Give the permission set that a group owns; makes it where there is none yet."""
    found = sower.find("PermissionSet", "PermissionSetGroupId", group)
    if found:
        return str(found[0]["Id"])
    [row] = sower.find("PermissionSetGroup", "Id", group)
    return sower.sow(
        "PermissionSet",
        Name=f"X{group}",
        Label=row["MasterLabel"],
        Type="Group",
        IsCustom=True,
        PermissionSetGroupId=group,
    )


def recalculate(sower: Sower, group: str) -> None:
    """Sum up what a group's members grant now, and mark the group as up to date."""
    aggregate = aggregate_of(sower, group)
    parts = [
        str(row["PermissionSetId"])
        for row in sower.find("PermissionSetGroupComponent", "PermissionSetGroupId", group)
    ]
    muting = sower.sobject("MutingPermissionSet").prefix
    muted = [each for each in parts if each.startswith(muting)]
    granted = [each for each in parts if each not in muted]
    _sum(sower, "FieldPermissions", "Field", FIELD_RIGHTS, aggregate, granted, muted)
    _sum(sower, "ObjectPermissions", "SobjectType", OBJECT_RIGHTS, aggregate, granted, muted)
    _sum_custom_permissions(sower, aggregate, granted, muted)
    sower.change("PermissionSetGroup", group, Status="Updated")


def groups_with(sower: Sower, permission_set: str) -> list[str]:
    """Name the groups that a permission set, or muting permission set, is a member of."""
    rows = sower.find("PermissionSetGroupComponent", "PermissionSetId", permission_set)
    return sorted({str(row["PermissionSetGroupId"]) for row in rows})


def _sum(
    sower: Sower,
    name: str,
    key: str,
    rights: tuple[str, ...],
    aggregate: str,
    granted: Iterable[str],
    muted: Iterable[str],
) -> None:
    wanted = _added(sower, name, key, rights, granted)
    for what, lost in _added(sower, name, key, rights, muted).items():
        if what in wanted:
            kept = {each: wanted[what][each] and not lost[each] for each in rights}
            # Without the right to read there is none to edit.
            wanted[what] = {each: kept[each] and kept["PermissionsRead"] for each in rights}
    present = {str(row[key]).lower(): row for row in sower.find(name, "ParentId", aggregate)}
    for what, row in present.items():
        if not any(wanted.get(what, {}).values()):
            sower.erase(name, str(row["Id"]))
    labels = _labels(sower, name, key, granted)
    for what, values in wanted.items():
        if any(values.values()):
            _put(sower, name, present.get(what), labels[what] | {"ParentId": aggregate}, values)


def _put(sower: Sower, name: str, present: Record | None, new: Mapping[str, object], values: _Rights) -> None:
    if present is None:
        sower.sow(name, **new, **values)
    elif any(present[right] != value for right, value in values.items()):
        sower.change(name, str(present["Id"]), **values)


def _added(
    sower: Sower, name: str, key: str, rights: tuple[str, ...], parents: Iterable[str]
) -> dict[str, _Rights]:
    total: dict[str, _Rights] = {}
    for parent in parents:
        for row in sower.find(name, "ParentId", parent):
            known = total.setdefault(str(row[key]).lower(), dict.fromkeys(rights, False))
            for right in rights:
                known[right] = known[right] or bool(row[right])
    return total


def _labels(sower: Sower, name: str, key: str, parents: Iterable[str]) -> dict[str, dict[str, object]]:
    return {
        str(row[key]).lower(): {each: row[each] for each in {key, "SobjectType"}}
        for parent in parents
        for row in sower.find(name, "ParentId", parent)
    }


def _sum_custom_permissions(
    sower: Sower, aggregate: str, granted: Iterable[str], muted: Iterable[str]
) -> None:
    def of(parents: Iterable[str]) -> set[str]:
        return {
            str(row["SetupEntityId"])
            for parent in parents
            for row in sower.find("SetupEntityAccess", "ParentId", parent)
        }

    wanted = of(granted) - of(muted)
    for row in sower.find("SetupEntityAccess", "ParentId", aggregate):
        if row["SetupEntityId"] not in wanted:
            sower.erase("SetupEntityAccess", str(row["Id"]))
    for entity in sorted(wanted - of([aggregate])):
        sower.sow(
            "SetupEntityAccess", ParentId=aggregate, SetupEntityId=entity, SetupEntityType="CustomPermission"
        )
