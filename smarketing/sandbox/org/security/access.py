"""The org as one user finds it: fields that may not be read are not there, others can't be written.

Custom fields are bound by FieldPermissions, those that are required excepted, which everybody edits. Standard
fields are open to everybody: rows for them are kept and shown, but bind nobody. Object permissions are kept
and shown as well, and bind nobody; but the security objects themselves are there for those alone who may see
the set-up.
"""

from dataclasses import dataclass, replace

from smarketing.sandbox.org.database import Database
from smarketing.sandbox.org.schema import Field, Schema, SObject
from smarketing.sandbox.org.security.permissionable import is_permissionable
from smarketing.sandbox.org.security.rights import Rights, rights_of, user_permissions_of
from smarketing.sandbox.org.security.setup_access import as_found, is_found, is_guarded

_ASSIGNED = ("User", "PermissionSet", "PermissionSetAssignment", "PermissionSetGroupComponent")
_DECISIVE = (*_ASSIGNED, "FieldPermissions", "SetupEntityAccess", "CustomPermission")
"""Objects whose records decide what somebody may do; the first of them about user permissions."""

_Stamp = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _View:
    """What was made for one user; good for as long as the stamp and the schema are."""

    stamp: _Stamp
    schema: Schema
    seen: Schema
    rights: Rights


class Access:
    """What each user may see and do; kept until a record changes that decides about it."""

    def __init__(self, database: Database) -> None:
        """Read the security objects of a database."""
        self._database = database
        self._views: dict[str, _View] = {}
        self._permissions: dict[str, tuple[_Stamp, frozenset[str]]] = {}

    def schema(self, user: str) -> Schema:
        """Give the objects and fields as a user finds them."""
        return self._view(user).seen

    def sobject(self, sobject: SObject, user: str) -> SObject | None:
        """Give an object as a user finds it; None if it is not there for the user."""
        if is_guarded(sobject):
            # Each write of such an object's rows would have the whole schema made anew.
            permissions = self.user_permissions(user)
            return as_found(sobject, permissions) if is_found(sobject, permissions) else None
        return self.schema(user).objects[sobject.name.lower()]

    def custom_permissions(self, user: str) -> frozenset[str]:
        """Name the custom permissions that a user has."""
        return self._view(user).rights.custom_permissions

    def user_permissions(self, user: str) -> frozenset[str]:
        """Name a user's permissions as PermissionSet does, such as `PermissionsViewSetup`."""
        stamp = tuple(self._database.changes[name] for name in _ASSIGNED)
        known = self._permissions.get(user)
        if known is None or known[0] != stamp:
            known = self._permissions[user] = (stamp, user_permissions_of(self._database, user))
        return known[1]

    def _view(self, user: str) -> _View:
        changes, schema = self._database.changes, self._database.schema
        stamp = tuple(changes[name] for name in _DECISIVE)
        known = self._views.get(user)
        if known is not None and known.stamp == stamp and known.schema is schema:
            return known
        rights, permissions = rights_of(self._database, user), self.user_permissions(user)
        seen = {
            name: _seen(as_found(each, permissions), rights)
            for name, each in schema.objects.items()
            if is_found(each, permissions)
        }
        made = self._views[user] = _View(stamp, schema, Schema(seen), rights)
        return made


def _seen(sobject: SObject, rights: Rights) -> SObject:
    fields: dict[str, Field] = {}
    for name, field in sobject.fields.items():
        path = f"{sobject.name.lower()}.{name}"
        if not field.custom or not is_permissionable(sobject, field) or path in rights.edit:
            fields[name] = field
        elif path in rights.read:
            fields[name] = replace(field, writable=False)
    return sobject if fields == sobject.fields else replace(sobject, fields=fields)
