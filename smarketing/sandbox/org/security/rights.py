"""What a user may do: the sum of the profile's own permission set and those that are assigned.

A permission set group's permissions stand at a permission set of its own, which the group keeps up to date.
"""

from dataclasses import dataclass

from smarketing.sandbox.org.database import Database

_SETS = """
SELECT p.Id FROM "PermissionSet" p JOIN "User" u ON u.ProfileId = p.ProfileId
WHERE u.Id = :user AND p.IsDeleted = 0
UNION
SELECT PermissionSetId FROM "PermissionSetAssignment" WHERE AssigneeId = :user AND IsDeleted = 0
UNION
SELECT c.PermissionSetId FROM "PermissionSetAssignment" a JOIN "PermissionSetGroupComponent" c
ON c.PermissionSetGroupId = a.PermissionSetGroupId
WHERE :members AND a.AssigneeId = :user AND a.IsDeleted = 0 AND c.IsDeleted = 0
"""
"""The permission sets of a user; the members of groups for what a group's own one does not sum up."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What a user may do, whatever it comes from.

    Attributes:
        read: fields as `lead.smarketing_score__c`, in small letters, as the platform ignores their case.
        edit: likewise; all of them may be read.
        custom_permissions: their names.
    """

    read: frozenset[str]
    edit: frozenset[str]
    custom_permissions: frozenset[str]


def rights_of(database: Database, user: str) -> Rights:
    """Add up a user's rights."""
    chosen = {"user": user, "members": False}
    fields = database.connection.execute(
        'SELECT DISTINCT lower(Field), PermissionsEdit FROM "FieldPermissions" '  # noqa: S608 - a constant
        f"WHERE PermissionsRead = 1 AND IsDeleted = 0 AND ParentId IN ({_SETS})",
        chosen,
    ).fetchall()
    custom = database.connection.execute(
        'SELECT c.DeveloperName FROM "SetupEntityAccess" s JOIN "CustomPermission" c '  # noqa: S608 - likewise
        f"ON c.Id = s.SetupEntityId WHERE s.IsDeleted = 0 AND s.ParentId IN ({_SETS})",
        chosen,
    )
    return Rights(
        frozenset(row[0] for row in fields),
        frozenset(row[0] for row in fields if row[1]),
        frozenset(str(row[0]) for row in custom),
    )


def user_permissions_of(database: Database, user: str) -> frozenset[str]:
    """Add up a user's permissions, named as PermissionSet does; muting sets mute none of them here."""
    rows = database.connection.execute(
        f'SELECT * FROM "PermissionSet" WHERE Id IN ({_SETS})',  # noqa: S608 - a constant
        {"user": user, "members": True},
    ).fetchall()
    names = [name for name in rows[0].keys() if name.startswith("Permissions")] if rows else []  # noqa: SIM118
    return frozenset(name for name in names for row in rows if row[name])
