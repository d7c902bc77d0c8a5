"""People of the emulated org, and what their profiles and permission sets let them do."""

from typing import Any

from simple_salesforce.format import format_soql

from smarketing.metadata.package import Component, zip_of
from smarketing.metadata.types import TYPES
from smarketing.sandbox.org.metadata_api.deploying import Options
from smarketing.sandbox.org.metadata_api.results import Outcome
from smarketing.sandbox.org.seed import ADMIN, user_id
from tests.sandbox.org.running_org import RunningOrg

FIELD = "Lead.Smarketing_Score__c"
NOBODY = "Minimum Access - Salesforce"
"""A profile that grants nothing on custom fields."""

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def ask(org: RunningOrg, soql: str, *values: str) -> list[dict[str, Any]]:
    """Run a query with values put in."""
    return org.query(format_soql(soql, *values))


def hire(org: RunningOrg, profile: str = NOBODY, name: str = "newcomer") -> str:
    """Add a user of a profile, and give the username."""
    [found] = ask(org, "SELECT Id FROM Profile WHERE Name = {}", profile)
    username = f"{name}@smarketing.example"
    org.create(
        "User", Username=username, LastName=name, Email=username, Alias=name[:8], ProfileId=found["Id"]
    )
    return username


def id_of(org: RunningOrg, username: str) -> str:
    """Give a user's id."""
    return user_id(org.org.database, username)


def own_set(org: RunningOrg, profile: str) -> str:
    """Give the permission set that a profile owns."""
    [found] = ask(org, "SELECT Id FROM PermissionSet WHERE Profile.Name = {}", profile)
    return str(found["Id"])


def permission_set(org: RunningOrg, name: str, *fields: str, edit: bool = True) -> str:
    """Make a permission set that lets people edit, or only read, some fields."""
    made = org.create("PermissionSet", Name=name, Label=name)
    for field in fields:
        allow(org, made, field, edit=edit)
    return made


def allow(org: RunningOrg, parent: str, field: str = FIELD, *, edit: bool = True) -> str:
    """Let a permission set edit, or only read, a field."""
    return org.create("FieldPermissions", **row(parent, field, edit=edit))


def row(parent: str, field: str = FIELD, *, edit: bool = True, read: bool = True) -> dict[str, Any]:
    """Write a row of FieldPermissions."""
    name = field.partition(".")[0]
    return {
        "ParentId": parent,
        "SobjectType": name,
        "Field": field,
        "PermissionsRead": read,
        "PermissionsEdit": edit,
    }


def assign(org: RunningOrg, username: str, **what: str) -> str:
    """Assign a permission set or a group to a user."""
    return org.create("PermissionSetAssignment", AssigneeId=id_of(org, username), **what)


def may_edit(org: RunningOrg, username: str, field: str = FIELD, value: Any = 12.5) -> bool:
    """Tell whether a user's update of a Lead's field by REST is taken."""
    lead = org.lead()
    body = {field.partition(".")[2]: value}
    return org.call("PATCH", f"sobjects/Lead/{lead}", body, user=username).status_code == 204


def may_read(org: RunningOrg, username: str, field: str = FIELD) -> bool:
    """Tell whether a user may query a field."""
    name, _, column = field.partition(".")
    soql = f"SELECT {column} FROM {name} LIMIT 1"  # noqa: S608 - names, of a test
    return org.call("GET", "query", params={"q": soql}, user=username).status_code == 200


def deploy(org: RunningOrg, *components: tuple[str, str, str]) -> Outcome:
    """Deploy components, each a type, a name and what stands in its root element."""
    made = [_component(*each) for each in components]
    admin = user_id(org.org.database, ADMIN)
    return org.org.metadata.deployer.deploy(zip_of(made, "66.0"), Options(), admin, lambda *_: None)


def granting(field: str, *, edit: bool = True, more: str = "") -> str:
    """Write what stands in a permission set that grants one field."""
    return f"{field_element(field, edit=edit)}<label>Granting</label>{more}"


def field_element(field: str, *, edit: bool = True) -> str:
    """Write the rights on one field."""
    return (
        f"<fieldPermissions><editable>{str(edit).lower()}</editable><field>{field}</field>"
        "<readable>true</readable></fieldPermissions>"
    )


def _component(kind: str, name: str, inner: str) -> Component:
    text = f'{_HEAD}<{kind} xmlns="http://soap.sforce.com/2006/04/metadata">{inner}</{kind}>\n'
    file_name = f"{TYPES[kind].folder}/{name}.{TYPES[kind].suffix}"
    return Component(kind, name, file_name, text.encode(), ((kind, name),))
