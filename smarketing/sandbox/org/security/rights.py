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
"""


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


def has_permission(database: Database, user: str, *names: str) -> bool:
    """Tell whether a user has one of several permissions, such as `PermissionsModifyMetadata`."""
    wanted = " OR ".join(f'"{name}" = 1' for name in names)
    found = database.connection.execute(
        f'SELECT 1 FROM "PermissionSet" WHERE ({wanted}) AND Id IN ({_SETS})',  # noqa: S608 - fields' names
        {"user": user},
    )
    return found.fetchone() is not None


def rights_of(database: Database, user: str) -> Rights:
    """Add up a user's rights."""
    fields = database.connection.execute(
        'SELECT DISTINCT lower(Field), PermissionsEdit FROM "FieldPermissions" '  # noqa: S608 - a constant
        f"WHERE PermissionsRead = 1 AND IsDeleted = 0 AND ParentId IN ({_SETS})",
        {"user": user},
    ).fetchall()
    custom = database.connection.execute(
        'SELECT c.DeveloperName FROM "SetupEntityAccess" s JOIN "CustomPermission" c '  # noqa: S608 - likewise
        f"ON c.Id = s.SetupEntityId WHERE s.IsDeleted = 0 AND s.ParentId IN ({_SETS})",
        {"user": user},
    )
    return Rights(
        frozenset(row[0] for row in fields),
        frozenset(row[0] for row in fields if row[1]),
        frozenset(str(row[0]) for row in custom),
    )
