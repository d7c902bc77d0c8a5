"""What every sandbox org has from the start: the organisation and its people."""

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
    """Fill an empty org; one that has its organisation is left as it is."""
    if database.connection.execute('SELECT 1 FROM "Organization"').fetchone():
        return
    sower = Sower(database, Instant(now))
    with database.transaction():
        sower.sow(
            "Organization", Name="Smarketing Sandbox", OrganizationType="Enterprise Edition", IsSandbox=True
        )
        profiles = sow_profiles(sower)
        sow_permission_sets(sower)
        for name, first, last, profile in (
            (ADMIN, "Ada", "Admin", "System Administrator"),
            (integration_user, "Smarketing", "Integration", "Minimum Access - API Only Integrations"),
            *_PEOPLE,
        ):
            _sow_user(sower, name, first, last, profiles[profile])


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


def _sow_user(sower: Sower, username: str, first: str, last: str, profile: str) -> None:
    user = sower.sow(
        "User",
        Username=username,
        FirstName=first,
        LastName=last,
        Name=f"{first} {last}",
        Email=username,
        Alias=last[:8].lower(),
        IsActive=True,
        ProfileId=profile,
        UserType="Standard",
        LanguageLocaleKey="de",
        TimeZoneSidKey="Europe/Berlin",
    )
    assign(sower, user, own_set(sower, profile))
