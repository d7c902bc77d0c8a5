"""What every sandbox org has from the start: the organisation and its people."""

from collections.abc import Mapping

from chalicelib.domain.instant import Instant
from smarketing.sandbox.org.database import Database
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.security.following import assign, own_set
from smarketing.sandbox.org.security.profiles import sow_permission_sets, sow_profiles
from smarketing.sandbox.org.sower import Sower

ADMIN = "admin@smarketing.example"
_PEOPLE = (
    ("agent1@smarketing.example", "Paula", "Prüfer", "Sales Support"),
    ("agent2@smarketing.example", "Kemal", "Kontrol", "Sales Support"),
    ("rep1@smarketing.example", "Vera", "Verkauf", "Sales"),
    ("rep2@smarketing.example", "Anton", "Abschluss", "Sales"),
    ("rep3@smarketing.example", "Rita", "Region", "Sales"),
    ("rep4@smarketing.example", "Gero", "Gebiet", "Sales"),
)


def seed(database: Database, integration_user: str, now: int) -> None:
    """Fill an empty org, or give one of an earlier version its permission sets; others stay as they are."""
    if database.connection.execute('SELECT 1 FROM "PermissionSet"').fetchone():
        return
    sower = Sower(database, Instant(now))
    with database.transaction():
        profiles = sow_profiles(sower)
        sow_permission_sets(sower)
        if not database.connection.execute('SELECT 1 FROM "Organization"').fetchone():
            _sow_people(sower, profiles, integration_user)
        for user in sower.find("User", "IsDeleted", False):
            assign(sower, str(user["Id"]), own_set(sower, str(user["ProfileId"])))


def staff_queues(database: Database, now: int) -> None:
    """Put the Sales Support people into every queue, as an admin does once the queues are deployed."""
    sower = Sower(database, Instant(now))
    groups = database.schema.objects["group"]
    with database.transaction():
        for queue in database.find(groups, "Type", "Queue"):
            for name, _, _, profile in _PEOPLE:
                if profile == "Sales Support":
                    member = user_id(database, name)
                    sower.sow("GroupMember", GroupId=queue["Id"], UserOrGroupId=member)


def organization_id(database: Database) -> str:
    """Read the organisation's id."""
    return str(database.connection.execute('SELECT Id FROM "Organization"').fetchone()[0])


def user_id(database: Database, username: str) -> str:
    """Find a user's id.

    Raises:
        Refusal: there is no such user.
    """
    found = database.find(database.schema.objects["user"], "Username", username)
    if not found:
        raise Refusal("NOT_FOUND", f"no user {username}", 404)
    return str(found[0]["Id"])


def _sow_people(sower: Sower, profiles: Mapping[str, str], integration_user: str) -> None:
    sower.sow(
        "Organization", Name="Smarketing Sandbox", OrganizationType="Enterprise Edition", IsSandbox=True
    )
    for username, first, last, profile in (
        (ADMIN, "Ada", "Admin", "System Administrator"),
        (integration_user, "Smarketing", "Integration", "Minimum Access - API Only Integrations"),
        *_PEOPLE,
    ):
        sower.sow(
            "User",
            Username=username,
            FirstName=first,
            LastName=last,
            Name=f"{first} {last}",
            Email=username,
            Alias=last[:8].lower(),
            IsActive=True,
            ProfileId=profiles[profile],
            UserType="Standard",
            LanguageLocaleKey="de",
            TimeZoneSidKey="Europe/Berlin",
        )
