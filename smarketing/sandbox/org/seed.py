"""What every sandbox org has from the start: the organisation, its people, the Sales Support queue."""

from collections.abc import Mapping
from pathlib import Path

from defusedxml import ElementTree

from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import SObject
from smarketing.sandbox.org.values import rest_time

ADMIN = "admin@smarketing.example"
_NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
_PEOPLE = (
    ("agent1@smarketing.example", "Paula", "Prüfer", "Sales Support"),
    ("agent2@smarketing.example", "Kemal", "Kontrol", "Sales Support"),
    ("rep1@smarketing.example", "Vera", "Verkauf", "Sales"),
    ("rep2@smarketing.example", "Anton", "Abschluss", "Sales"),
    ("rep3@smarketing.example", "Rita", "Region", "Sales"),
    ("rep4@smarketing.example", "Gero", "Gebiet", "Sales"),
)


def seed(database: Database, metadata: Path, integration_user: str, now: int) -> None:
    """Fill an empty org; one that has its organisation is left as it is."""
    if database.connection.execute('SELECT 1 FROM "Organization"').fetchone():
        return
    sower = _Sower(database, now)
    with database.transaction():
        sower.sow(
            "Organization", Name="Smarketing Sandbox", OrganizationType="Enterprise Edition", IsSandbox=True
        )
        profiles = {
            name: sower.sow("Profile", Name=name, UserType="Standard")
            for name in (
                "System Administrator",
                "Sales",
                "Sales Support",
                "Minimum Access - API Only Integrations",
            )
        }
        sower.user(ADMIN, "Ada", "Admin", profiles["System Administrator"])
        sower.user(
            integration_user, "Smarketing", "Integration", profiles["Minimum Access - API Only Integrations"]
        )
        agents = [
            user
            for name, first, last, profile in _PEOPLE
            if (user := sower.user(name, first, last, profiles[profile])) and profile == "Sales Support"
        ]
        for path in sorted(metadata.glob("*/main/default/queues/*.queue-meta.xml")):
            _sow_queue(sower, path, agents)


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


class _Sower:
    """Writes records past the checks, as the platform's own set-up does."""

    def __init__(self, database: Database, now: int) -> None:
        self._database = database
        time = rest_time(now)  # type: ignore[arg-type]
        self._system: Mapping[str, str] = dict.fromkeys(
            ("CreatedDate", "LastModifiedDate", "SystemModstamp"), time
        )

    def sow(self, name: str, **values: object) -> str:
        sobject: SObject = self._database.schema.objects[name.lower()]
        record_id = self._database.new_id(sobject, self._database.next_number(sobject))
        record: Record = {"Id": record_id, **self._system, **values}
        self._database.insert(sobject, record)
        return record_id

    def user(self, username: str, first: str, last: str, profile: str) -> str:
        return self.sow(
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


def _sow_queue(sower: _Sower, path: Path, members: list[str]) -> None:
    root = ElementTree.parse(path, forbid_dtd=True).getroot()
    if root is None:
        return
    name = root.findtext(f"{_NAMESPACE}name") or path.name
    developer_name = path.name.removesuffix(".queue-meta.xml")
    queue = sower.sow("Group", Name=name, DeveloperName=developer_name, Type="Queue")
    for each in root.iterfind(f"{_NAMESPACE}queueSobject/{_NAMESPACE}sobjectType"):
        sower.sow("QueueSobject", QueueId=queue, SobjectType=each.text)
    for member in members:
        sower.sow("GroupMember", GroupId=queue, UserOrGroupId=member)
