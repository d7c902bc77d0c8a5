"""What the platform sees to when its security objects are written: what it refuses, and what follows.

Object Reference: FieldPermissions, ObjectPermissions, PermissionSet, PermissionSetAssignment,
PermissionSetGroupComponent, SetupEntityAccess, User.
"""

from collections.abc import Callable
from functools import partial

from chalicelib.domain.instant import Instant
from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.refusals import read_only_fields
from smarketing.sandbox.org.schema import SObject
from smarketing.sandbox.org.security import checks
from smarketing.sandbox.org.security.following import Following
from smarketing.sandbox.org.sower import Sower

_Check = Callable[[Database, Record | None, Record], None]

_CHECKS: dict[str, _Check] = {
    "FieldPermissions": checks.field_permissions,
    "ObjectPermissions": checks.object_permissions,
    "PermissionSet": checks.permission_set,
    "PermissionSetAssignment": checks.assignment,
    "PermissionSetGroup": partial(checks.developer_name, "PermissionSetGroup"),
    "PermissionSetGroupComponent": checks.component,
    "MutingPermissionSet": partial(checks.developer_name, "MutingPermissionSet"),
    "SetupEntityAccess": checks.setup_entity_access,
    "CustomPermission": partial(checks.developer_name, "CustomPermission"),
}
_FIXED = {
    "FieldPermissions": ("ParentId", "SobjectType", "Field"),
    "ObjectPermissions": ("ParentId", "SobjectType"),
    "PermissionSetAssignment": ("AssigneeId", "PermissionSetId", "PermissionSetGroupId"),
    "PermissionSetGroupComponent": ("PermissionSetGroupId", "PermissionSetId"),
    "SetupEntityAccess": ("ParentId", "SetupEntityId"),
}
"""Fields that are said once, when a record is created."""


class SaveRules:
    """The rules for the security objects of one org; other objects pass."""

    def __init__(self, database: Database, clock: Callable[[], Instant]) -> None:
        """Work on a database by a clock."""
        self._database = database
        self._clock = clock

    def check(self, sobject: SObject, known: Record | None, values: Record) -> None:
        """Refuse what the platform would not take, and fill in what it sets itself.

        Args:
            sobject: the object that the record is of.
            known: the record before; None if it is new.
            values: what is written; added to.

        Raises:
            Refusal: a right without the one it needs, a row that is there already, and so on.
        """
        check = _CHECKS.get(sobject.name)
        if check is None:
            return
        fixed = [
            name
            for name in _FIXED.get(sobject.name, ())
            if known and values.get(name, known[name]) != known[name]
        ]
        if fixed:
            raise read_only_fields(fixed)
        check(self._database, known, values)

    def check_deletion(self, sobject: SObject, known: Record) -> None:
        """Refuse to delete what belongs to a profile or a group."""
        if sobject.name in _CHECKS:
            checks.deletion(self._database, sobject, known)

    def saved(self, sobject: SObject, record: Record, how: str) -> None:
        """Do what follows a write; `how` is `created`, `updated` or `deleted`."""
        if sobject.name in _CHECKS or sobject.name in ("User", "Profile"):
            Following(Sower(self._database, self._clock())).saved(sobject.name, record, how)
