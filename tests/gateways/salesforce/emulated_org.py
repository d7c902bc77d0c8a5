"""The emulated org over HTTP, and what people do in its user interface."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import requests
from cryptography.hazmat.primitives import serialization

from chalicelib.domain.instant import Instant
from chalicelib.gateways.salesforce.budget import Budget
from chalicelib.gateways.salesforce.bulk import Patience
from chalicelib.gateways.salesforce.client import SalesforceGateway
from chalicelib.gateways.salesforce.login import Login
from chalicelib.gateways.salesforce.rest import Rest
from chalicelib.gateways.salesforce.session import Session
from smarketing.sandbox.org.oauth import ConnectedApp
from smarketing.sandbox.org.org import Org, Setup
from smarketing.sandbox.org.seed import ADMIN, user_id
from smarketing.sandbox.org.server import make_server
from tests.gateways.salesforce.commands import NOON
from tests.gateways.salesforce.scripted_org import private_key
from tests.sandbox.serving import served

METADATA = Path(__file__).parents[3] / "metadata"
USER = "integration@example.org"
REP = "rep1@smarketing.example"

CHECKED = {
    "Qualified_Need_Confirmed__c": True,
    "Qualified_Contact_Data_Complete__c": True,
    "Qualified_Decision_Maker_Known__c": True,
    "Evidence_Need_Confirmed__c": "Call on Monday",
}
"""What Sales Support ticks before an interest may go on to sales."""


@cache
def public_key() -> str:
    """The key that assertions are verified with."""
    key = serialization.load_pem_private_key(private_key().encode(), None)
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


@dataclass
class EmulatedOrg:
    """An org that runs."""

    org: Org
    slept: list[float] = field(default_factory=list)

    @property
    def secret(self) -> dict[str, str]:
        """What the integration user logs in with."""
        return {
            "domain_url": self.org.url,
            "consumer_key": "consumer",
            "username": USER,
            "private_key": private_key(),
        }

    def rest(self, budget: Budget | None = None) -> Rest:
        """The integration user's calls."""
        return Rest(Session(Login(lambda: self.secret), budget or Budget(0.2, lambda: NOON)))

    def gateway(self, **options: Any) -> SalesforceGateway:
        """The integration user's gateway, which doesn't really sleep."""
        settings = {
            "clock": lambda: NOON,
            "patience": Patience(sleep=self.slept.append),
            "sleep": self.slept.append,
            **options,
        }
        return SalesforceGateway(lambda: self.secret, **settings)

    def fail(self, kind: str, **more: Any) -> None:
        """Let the next calls fail."""
        self._post("faults", {"kind": kind, **more})

    def convert(self, lead: str) -> str:
        """Convert a Lead; gives its Contact."""
        return self.convert_all(lead)["contactId"]

    def convert_all(self, lead: str, opportunity: str | None = None) -> dict[str, str]:
        """Convert a Lead, with an Opportunity if it is named; gives the ids of what became of it."""
        made = self._post("convert", {"leadId": lead, "opportunity": opportunity}).json()
        return {name: str(value) for name, value in made.items() if value}

    def merge(self, loser: str, master: str) -> None:
        """Merge a record into another one."""
        self._post("merge", {"masterId": master, "mergedId": loser})

    def find_duplicates(self) -> None:
        """Switch on the duplicate rule."""
        self._post("duplicate-rule", {"active": True})

    def create(self, name: str, **values: Any) -> str:
        """Create a record, as an admin."""
        records = self.org.records
        return records.create(records.sobject(name), values, user_id(self.org.database, ADMIN))

    def update(self, name: str, record: str, **values: Any) -> None:
        """Change a record, as an admin."""
        records = self.org.records
        records.update(records.sobject(name), record, values, user_id(self.org.database, ADMIN))

    def delete(self, name: str, record: str) -> None:
        """Delete a record, as an admin."""
        records = self.org.records
        records.delete(records.sobject(name), record, user_id(self.org.database, ADMIN))

    def find(self, name: str, field_name: str, value: Any) -> list[dict[str, Any]]:
        """Find records by a field."""
        database = self.org.database
        return list(database.find(database.schema.objects[name.lower()], field_name, value))

    def get(self, name: str, record: str) -> dict[str, Any]:
        """Read a record by its id of either length."""
        database = self.org.database
        sobject = database.schema.objects[name.lower()]
        [found] = [
            each for each in database.find(sobject, "IsDeleted", False) if each["Id"][:15] == record[:15]
        ]
        return dict(found)

    def _post(self, page: str, body: dict[str, Any]) -> requests.Response:
        answer = requests.post(f"{self.org.url}/sandbox/{page}", json=body, timeout=10)
        answer.raise_for_status()
        return answer


@contextmanager
def emulated_org(daily_calls: int = 1_000_000) -> Iterator[EmulatedOrg]:
    """Run an empty org."""
    setup = Setup(METADATA, ConnectedApp("consumer", public_key()), USER, daily_calls=daily_calls)
    org = Org(setup, lambda: Instant(NOON))
    with served(make_server(org)) as url:
        org.url = url
        yield EmulatedOrg(org)
    org.close()
