"""How many people have a profile or permission set."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from chalicelib.gateways.salesforce.field_permissions import Org

_DIRECT = (
    "SELECT PermissionSetId, AssigneeId FROM PermissionSetAssignment "
    "WHERE PermissionSetId IN {values} AND Assignee.IsActive = true"
)
_GROUPS = (
    "SELECT PermissionSetGroupId, PermissionSetId FROM PermissionSetGroupComponent "
    "WHERE PermissionSetId IN {values}"
)
_BY_GROUP = (
    "SELECT PermissionSetGroupId, AssigneeId FROM PermissionSetAssignment "
    "WHERE PermissionSetGroupId IN {values} AND Assignee.IsActive = true"
)
_KEEPERS = (
    "SELECT Id FROM PermissionSet WHERE PermissionsCustomizeApplication = true "
    "OR PermissionsManageProfilesPermissionsets = true OR PermissionsModifyAllData = true"
)


def users_of(org: Org, permission_sets: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Give the active users of each permission set, by their ids: assigned directly, by a group or a profile.

    Every user of a profile is assigned the permission set that the profile owns (Object Reference,
    PermissionSetAssignment).

    Raises:
        Misconfigured, Retryable: as `Rest.rows` does.
    """
    asked = sorted(set(permission_sets))
    users: dict[str, set[str]] = defaultdict(set)
    for row in org.rows(_DIRECT, asked):
        users[row["PermissionSetId"]].add(row["AssigneeId"])
    members: dict[str, set[str]] = defaultdict(set)
    for row in org.rows(_GROUPS, asked):
        members[row["PermissionSetGroupId"]].add(row["PermissionSetId"])
    for row in org.rows(_BY_GROUP, sorted(members)):
        for each in members[row["PermissionSetGroupId"]]:
            users[each].add(row["AssigneeId"])
    return {each: frozenset(users[each]) for each in asked}


def users_who_could_reopen(org: Org) -> int:
    """Count the active users who may change field permissions, or all there is, and so undo a lock.

    Raises:
        Misconfigured, Retryable: as `Rest.rows` does.
    """
    able = [str(row["Id"]) for row in org.rows(_KEEPERS)]
    return len(frozenset().union(*users_of(org, able).values()))
