"""The profiles and permission sets that an Enterprise Edition org has before anybody deploys to it.

Names: Salesforce Help, Standard Profiles; Metadata API Developer Guide, Profile (names in metadata).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from smarketing.sandbox.org.security.following import own_set
from smarketing.sandbox.org.sower import Sower

_ALL = (
    "PermissionsActivitiesAccess",
    *("PermissionsApiEnabled", "PermissionsAssignPermissionSets", "PermissionsCustomizeApplication"),
    *("PermissionsEditReadonlyFields", "PermissionsManageProfilesPermissionsets", "PermissionsManageUsers"),
    *("PermissionsModifyAllData", "PermissionsModifyMetadata", "PermissionsViewAllData"),
    "PermissionsViewSetup",
)
_API = ("PermissionsApiEnabled",)
_SALES = (*_API, "PermissionsActivitiesAccess", "PermissionsViewSetup")


@dataclass(frozen=True, slots=True)
class _Profile:
    name: str
    permissions: tuple[str, ...] = _SALES
    user_type: str = "Standard"
    metadata_name: str | None = None


PROFILES = (
    _Profile("System Administrator", _ALL, metadata_name="Admin"),
    _Profile("Standard User", metadata_name="Standard"),
    _Profile("Marketing User", metadata_name="MarketingProfile"),
    _Profile("Contract Manager", metadata_name="ContractManager"),
    _Profile("Solution Manager", metadata_name="SolutionManager"),
    _Profile("Read Only", metadata_name="ReadOnly"),
    _Profile("Standard Platform User", metadata_name="StandardAul"),
    _Profile("Minimum Access - Salesforce", _API),
    _Profile("Minimum Access - API Only Integrations", _API),
    _Profile("Analytics Cloud Integration User", (*_API, "PermissionsViewAllData")),
    _Profile("Chatter Free User", (), "CsnOnly"),
    _Profile("Sales"),
    _Profile("Sales Support"),
    _Profile("Custom: Sales Profile"),
    _Profile("Custom: Marketing Profile"),
    _Profile("Custom: Support Profile"),
)

_PERMISSION_SETS = (
    ("Data_Stewards", "Data Stewards", None, ("PermissionsApiEnabled", "PermissionsViewAllData")),
    ("Export_Reports", "Export Reports", None, ()),
    ("CRM_User", "CRM User", "dialup", ("PermissionsApiEnabled",)),
)
"""What admins and a managed package made; no source of this project knows them."""


def metadata_names() -> Mapping[str, str]:
    """Give the profiles' names by those that they have in metadata."""
    return {each.metadata_name: each.name for each in PROFILES if each.metadata_name}


def sow_profiles(sower: Sower) -> Mapping[str, str]:
    """Add the profiles that are missing, each with its own permission set, and give their ids by name."""
    ids = {str(row["Name"]): str(row["Id"]) for row in sower.find("Profile", "IsDeleted", False)}
    for each in PROFILES:
        if each.name not in ids:
            ids[each.name] = sower.sow("Profile", Name=each.name, UserType=each.user_type)
        sower.change("PermissionSet", own_set(sower, ids[each.name]), **dict.fromkeys(each.permissions, True))
    return ids


def sow_permission_sets(sower: Sower) -> None:
    """Add the permission sets."""
    for name, label, namespace, permissions in _PERMISSION_SETS:
        values = dict.fromkeys(permissions, True)
        sower.sow(
            "PermissionSet",
            Name=name,
            Label=label,
            Type="Regular",
            IsCustom=True,
            NamespacePrefix=namespace,
            **values,
        )
