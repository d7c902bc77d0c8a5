"""An emulated org in which people may edit marketing-owned fields, and what its admin does there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from chalicelib.domain.instant import Instant
from chalicelib.gateways.salesforce.rest import Rest
from smarketing.metadata.ownership import marketing_owned
from smarketing.org_rest import rest_of
from tests.sandbox.org.running_org import INTEGRATION, RunningOrg

SCORE = "Lead.Smarketing_Score__c"
GRADE = "Contact.Smarketing_Grade__c"
NOW = Instant(1_800_000_000_000)
Row = tuple[str, str, bool, bool]


@dataclass(frozen=True)
class LoggedIn:
    """An admin who is logged in."""

    url: str
    access_token: str


@dataclass
class SeededOrg:
    """The org and what is done in it."""

    running: RunningOrg
    people: dict[str, str] = field(default_factory=dict)

    @cached_property
    def rest(self) -> Rest:
        """The admin's calls."""
        return rest_of(LoggedIn(self.running.url, self.running.token()))

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The marketing-owned fields of Leads and Contacts: enough to see it by, and quicker."""
        return tuple(each for each in marketing_owned() if each.startswith(("Lead.", "Contact.")))

    def profiles(self) -> dict[str, str]:
        """The permission set that each profile owns, by the profile's name."""
        soql = "SELECT Id, Profile.Name FROM PermissionSet WHERE IsOwnedByProfile = true"
        return {row["Profile"]["Name"]: row["Id"] for row in self.running.query(soql)}

    def rows(self, fields: Sequence[str] = ()) -> dict[tuple[str, str], tuple[bool, bool]]:
        """All field permissions: whose and on what, and whether they may read and edit."""
        soql = "SELECT ParentId, SobjectType, Field, PermissionsRead, PermissionsEdit FROM FieldPermissions"
        return {
            (row["ParentId"], row["Field"]): (row["PermissionsRead"], row["PermissionsEdit"])
            for row in self.rest.rows(soql)
            if not fields or row["Field"] in fields
        }

    def grant(self, parent: str, name: str = SCORE, *, edit: bool = True) -> None:
        """Let whoever has a permission set read, and edit, a field."""
        soql = "SELECT Id, ParentId FROM FieldPermissions WHERE Field IN {values}"
        for row in self.rest.rows(soql, [name]):
            if row["ParentId"] == parent:
                change = {"PermissionsRead": True, "PermissionsEdit": edit}
                answer = self.running.call("PATCH", f"sobjects/FieldPermissions/{row['Id']}", change)
                assert answer.status_code == 204, answer.text
                return
        self.running.create(
            "FieldPermissions",
            ParentId=parent,
            SobjectType=name.partition(".")[0],
            Field=name,
            PermissionsRead=True,
            PermissionsEdit=edit,
        )

    def id_of(self, kind: str, name: str) -> str:
        """Find a record that is the only one of its name."""
        [row] = self.rest.rows(f"SELECT Id FROM {kind} WHERE Name IN {{values}}", [name])  # noqa: S608
        return str(row["Id"])

    def permission_set(self, name: str) -> str:
        """Make a permission set that no source knows."""
        return self.running.create("PermissionSet", Name=name, Label=name)

    def new_profile(self, name: str) -> str:
        """Make a profile; gives the permission set that it owns."""
        self.running.create("Profile", Name=name, UserType="Standard")
        return self.profiles()[name]

    def user_of(self, profile: str) -> str:
        """Give the user name of somebody with a profile; make one where there is none."""
        if profile not in self.people:
            found = self.id_of("Profile", profile)
            name = f"user{len(self.people)}@lock.example"
            self.running.create("User", **_user(name), ProfileId=found)
            self.people[profile] = name
        return self.people[profile]

    def edit_score(self, lead: str, user: str = INTEGRATION) -> tuple[int, str]:
        """Change a score by REST as a user; gives the status, and the error's code if it is refused."""
        body = {"Smarketing_Score__c": 99}
        answer = self.running.call("PATCH", f"sobjects/Lead/{lead}", body, user=user)
        return answer.status_code, "" if answer.ok else answer.json()[0]["errorCode"]


def _user(name: str) -> Mapping[str, Any]:
    return {
        "Username": name,
        "LastName": name,
        "Email": name,
        "Alias": "somebody",
        "IsActive": True,
        "LanguageLocaleKey": "de",
        "TimeZoneSidKey": "Europe/Berlin",
    }
