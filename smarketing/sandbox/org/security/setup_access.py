"""Who finds the security objects, and who writes them (Object Reference, Special Access Rules of each).

Activities are there for whoever has the permission Access Activities (Salesforce Help, "Control Access to
Activities").
"""

from collections.abc import Collection
from dataclasses import replace

from smarketing.sandbox.org.schema import SObject

_VIEW, _MANAGE = "PermissionsViewSetup", "PermissionsManageProfilesPermissionsets"
_ASSIGN, _USERS = "PermissionsAssignPermissionSets", "PermissionsManageUsers"

_FOUND_BY = {
    "FieldPermissions": (_VIEW,),
    "ObjectPermissions": (_VIEW,),
    "SetupEntityAccess": (_VIEW,),
    "MutingPermissionSet": (_VIEW,),
    "CustomPermission": (_VIEW,),
    "PermissionSet": (_VIEW, _ASSIGN, _MANAGE),
    "PermissionSetGroup": (_VIEW, _ASSIGN),
    "PermissionSetGroupComponent": (_VIEW,),
    "PermissionSetAssignment": (_VIEW, _ASSIGN, _USERS),
}
"""User permissions of which one is needed; all other objects are found by everybody."""

_ACTIVITIES = frozenset({"Task", "Event"})

_WRITTEN_BY = dict.fromkeys(_FOUND_BY, _MANAGE) | {"PermissionSetAssignment": _ASSIGN}


def is_guarded(sobject: SObject) -> bool:
    """Tell whether an object is there for some people only."""
    return sobject.name in _FOUND_BY


def is_found(sobject: SObject, permissions: Collection[str]) -> bool:
    """Tell whether an object is there for somebody with these user permissions."""
    if sobject.name in _ACTIVITIES:
        return "PermissionsActivitiesAccess" in permissions
    needed = _FOUND_BY.get(sobject.name)
    return needed is None or any(each in permissions for each in needed)


def as_found(sobject: SObject, permissions: Collection[str]) -> SObject:
    """Give an object as somebody with these user permissions finds it: to be written, or only to be read."""
    needed = _WRITTEN_BY.get(sobject.name)
    return sobject if needed is None or needed in permissions else replace(sobject, changeable=False)
