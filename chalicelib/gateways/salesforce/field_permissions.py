"""Who may edit fields of the org: its profiles and permission sets, also those that no source knows.

Salesforce keeps a profile's field permissions at a permission set that the profile owns, so that one query
finds them all (Object Reference, PermissionSet: `IsOwnedByProfile`; FieldPermissions: `ParentId`). A group's
permissions are the sum of its members', which are looked at themselves. A muting permission set takes away
within its group and grants nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from chalicelib.domain.instant import Instant, iso
from chalicelib.errors import Misconfigured

INTEGRATION = "Smarketing_Integration"
"""The permission set that alone may edit marketing-owned fields."""

Kind = Literal["profile", "permission set"]

_HOLDERS = (
    "SELECT Id, Name, NamespacePrefix, IsOwnedByProfile, Profile.Name FROM PermissionSet "
    "WHERE PermissionSetGroupId = null"
)
_ROWS = (
    "SELECT Id, ParentId, SobjectType, Field, PermissionsRead, PermissionsEdit FROM FieldPermissions "
    "WHERE Field IN {values}"
)


class Org(Protocol):
    """The calls that are needed; `Rest` has them."""

    def rows(self, soql: str, values: Iterable[str] | None = None) -> Iterator[Mapping[str, Any]]:
        """Run a query whose `{values}` are the given ones."""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call a REST resource and give its JSON."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A profile or permission set; `id` is the permission set's, also where a profile owns it."""

    id: str
    kind: Kind
    name: str

    @property
    def title(self) -> str:
        """Kind and name, as in `profile Sales`."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Permission:
    """What a holder may do with one field: a row of FieldPermissions."""

    id: str
    holder: Holder
    object: str
    field: str
    read: bool
    edit: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """All profiles and permission sets of an org, and what they may do with some fields."""

    fields: tuple[str, ...]
    holders: tuple[Holder, ...]
    permissions: tuple[Permission, ...]

    @property
    def grants(self) -> tuple[Permission, ...]:
        """Edit rights that nobody but the integration user's permission set should have."""
        return tuple(each for each in self.permissions if each.edit and not is_integration(each.holder))

    @property
    def lacking(self) -> tuple[str, ...]:
        """Fields that the integration user's permission set may not edit: its writes would fail."""
        held = {each.field for each in self.permissions if each.edit and is_integration(each.holder)}
        return tuple(each for each in self.fields if each not in held)

    def count(self, kind: Kind) -> int:
        """Count the holders of a kind that were looked at."""
        return Counter(each.kind for each in self.holders)[kind]


def is_integration(holder: Holder) -> bool:
    """Tell whether it is the permission set that may edit; a managed package's has another name."""
    return (holder.kind, holder.name) == ("permission set", INTEGRATION)


def survey(org: Org, fields: Iterable[str]) -> Survey:
    """Read all profiles and permission sets of an org, and all their permissions on the fields.

    Raises:
        Misconfigured: the user may not see them; that takes View Setup and Configuration.
        Retryable: Salesforce is busy or out of reach.
    """
    asked = tuple(fields)
    holders = {each.id: each for row in org.rows(_HOLDERS) for each in [_holder(row)]}
    if not holders:
        raise Misconfigured("Salesforce: shows no permission set; give the user View Setup and Configuration")
    permissions = tuple(
        _permission(row, holders[row["ParentId"]])
        for row in org.rows(_ROWS, asked)
        if row["ParentId"] in holders
    )
    ordered = sorted(permissions, key=lambda each: (each.holder.kind, each.holder.name, each.field))
    return Survey(asked, tuple(sorted(holders.values(), key=lambda each: each.title)), tuple(ordered))


def show_health(org: Org, grants: int, detail: str, at: Instant) -> None:
    """Write the finding where admins see it: the org's Health Checks, one record for this check.

    Raises:
        Rejected, Misconfigured, Retryable: as `Rest.call` does.
    """
    values = {
        "Check__c": "Marketing-owned fields are locked",
        "Status__c": "broken" if grants else "ok",
        "Checked_At__c": iso(at),
        "Findings__c": grants,
        "Detail__c": detail,
    }
    org.call("PATCH", "sobjects/Health_Check__c/Check_Key__c/marketing-fields-locked", values)


def _holder(row: Mapping[str, Any]) -> Holder:
    if row["IsOwnedByProfile"]:
        return Holder(str(row["Id"]), "profile", str((row["Profile"] or {}).get("Name")))
    prefix = row["NamespacePrefix"]
    return Holder(str(row["Id"]), "permission set", f"{prefix}__{row['Name']}" if prefix else row["Name"])


def _permission(row: Mapping[str, Any], holder: Holder) -> Permission:
    return Permission(
        id=str(row["Id"]),
        holder=holder,
        object=str(row["SobjectType"]),
        field=str(row["Field"]),
        read=bool(row["PermissionsRead"]),
        edit=bool(row["PermissionsEdit"]),
    )
