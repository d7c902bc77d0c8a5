"""All that a sync works between, at any size: an org and both automations behind HTTP, a table, people.

Everybody has a proven double opt-in, but every twentieth, who only asked for one and must not be synced.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from starlette.applications import Starlette
from starlette.routing import Mount

from chalicelib.domain.consent import Consent, Subject
from chalicelib.domain.decide import newcomer, record
from chalicelib.domain.engagement import Engagement, engagement_id, person_key
from chalicelib.domain.instant import DAY, MINUTE, Duration, Instant, iso
from chalicelib.domain.interest import PersonId
from chalicelib.domain.qualification import Compiled, compile_model
from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_fields import columns as columns_of
from chalicelib.domain.ulid import ulid
from chalicelib.gateways.account_engagement.client import AccountEngagement
from chalicelib.gateways.account_engagement.prospect_sync import ProspectSync
from chalicelib.gateways.marketing_cloud.client import MarketingCloud
from chalicelib.gateways.marketing_cloud.row_sync import RowSync
from chalicelib.gateways.salesforce.client import SalesforceGateway
from chalicelib.gateways.store.persons import Persons
from chalicelib.gateways.store.sync_states import SyncStates
from chalicelib.gateways.store.table import create_table_request
from chalicelib.gateways.store.watermarks import Watermarks
from chalicelib.playbook.compiler import compile_playbook
from chalicelib.services.automation import Automation
from chalicelib.services.plan_rows import Planner
from chalicelib.services.platform_push import PlatformPush
from chalicelib.services.push_records import Run, push_records
from chalicelib.services.write_rows import RowWriter, Tally
from smarketing.playbook_files import read_playbook
from smarketing.sandbox.account_engagement import AccountEngagement as BusinessUnit
from smarketing.sandbox.account_engagement.prospect_fields import custom_fields
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.marketing_cloud import MarketingCloud as Account
from smarketing.sandbox.marketing_cloud.people import PEOPLE, people_columns
from tests.gateways.salesforce.emulated_org import USER, EmulatedOrg, emulated_org
from tests.gateways.salesforce.scripted_org import private_key
from tests.in_process_dynamodb import InProcessDynamoDB
from tests.sandbox.serving import served

TABLE = "smarketing-sync"
UNIT = "0Uv000000000001AAA"
ASKED_ONLY = 20
"""Of so many people one only asked."""

LEADS = 3
"""Of so many records one is a Lead, the others are Contacts."""

_STAFF = 20
"""Contacts of an Account."""


@dataclass
class SyncWorld:
    """The systems and the people in them; `now` is every clock, `platform` the one that is pushed to."""

    org: EmulatedOrg
    account: Account
    url: str
    clock: SandboxClock
    client: InProcessDynamoDB
    compiled: Compiled
    platform: Platform = "marketing_cloud"
    records: dict[int, str] = field(default_factory=dict)
    """Ids of the Salesforce records by the number of the person."""

    @cached_property
    def persons(self) -> Persons:
        return Persons(self.client, TABLE)  # type: ignore[arg-type]

    @property
    def now(self) -> Instant:
        return self.clock()

    def populate(self, number: int, told: "SyncWorld | None" = None) -> None:
        """Put so many people into the org and the table; `told` is a world with the same, to copy from."""
        self._populate_org(number)
        if told is not None:
            self.client.copy(told.client, TABLE)
            return
        for each in range(number):
            self._person(each)

    def may_be_synced(self, number: int) -> bool:
        return number % ASKED_ONLY != 0

    @cached_property
    def states(self) -> SyncStates:
        return SyncStates(self.client, TABLE)  # type: ignore[arg-type]

    @cached_property
    def watermarks(self) -> Watermarks:
        return Watermarks(self.client, TABLE)  # type: ignore[arg-type]

    @cached_property
    def crm(self) -> SalesforceGateway:
        return self.org.gateway(clock=self.clock)

    @cached_property
    def rows(self) -> Automation:
        """The platform's rows; nobody waits between two looks."""
        columns = columns_of(self.compiled.model.sync, self.platform)
        if self.platform == "account_engagement":
            return ProspectSync(self.account_engagement(), columns, pause=lambda _: None)
        return RowSync(self.marketing_cloud(), PEOPLE, columns, pause=lambda _: None)

    def planner(self) -> Planner:
        links = dict.fromkeys(("preferences_url", "unsubscribe_url"), "https://example.org")
        return Planner(self.compiled, self.persons, self.crm, lambda _: links, self.clock)

    def push(self, watch: Callable[[Any], Any] = lambda outside: outside, full: bool = False) -> Tally:
        """Run the push once; `watch` stands between it and everything outside of it."""
        planner = self.planner()
        automation = watch(self.rows)
        # Only what is called goes out.
        automation.platform, automation.most_rows = self.rows.platform, self.rows.most_rows
        writer = RowWriter(automation, watch(self.states), planner, self.clock)
        push = PlatformPush(writer, planner, watch(self.watermarks))
        push_records([push], Run(watch(self.crm), planner, self.clock, full=full, most_time=Duration(DAY)))
        return push.tally

    def marketing_cloud(self) -> MarketingCloud:
        """The account's gateway, not logged in yet."""
        address = f"{self.url}/marketing-cloud"
        secret = {"auth_url": address, "rest_url": address, "client_id": "id", "client_secret": "secret"}
        return MarketingCloud(lambda: secret)

    def account_engagement(self) -> AccountEngagement:
        """The business unit's gateway, not logged in yet."""
        secret = {
            "domain_url": self.org.org.url,
            "consumer_key": "consumer",
            "username": USER,
            "private_key": private_key(),
            "business_unit": UNIT,
            "api_url": f"{self.url}/account-engagement",
        }
        return AccountEngagement(lambda: secret, clock=self.clock, pause=lambda _: None)

    def control(self, method: str, path: str, content: Any = None) -> Any:
        """Use a page for whoever rehearses, such as `marketing-cloud/sandbox/calls`."""
        answer = requests.request(method, f"{self.url}/{path}", json=content, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def _populate_org(self, number: int) -> None:
        """Make the first record of each object as the org does, and the others like it."""
        made = _Copies(self.org)
        account = ""
        with self.org.org.database.transaction():
            for each in range(number):
                told = {
                    "FirstName": "Jürgen",
                    "LastName": f"Weiß {each}",
                    "Email": email(each),
                    "Title": "CTO",
                }
                if each % LEADS == 0:
                    values = {**told, "Company": f"Werk {each}", "Country": "Germany"}
                    self.records[each] = made.create("Lead", values)
                    continue
                if not account or each % _STAFF == 1:
                    account = made.create("Account", {"Name": f"Werk {each}"})
                self.records[each] = made.create("Contact", {**told, "AccountId": account})

    def _person(self, number: int) -> None:
        record_id = self.records[number]
        proven = self.may_be_synced(number)
        consented = Engagement(
            id=engagement_id("website", str(number)),
            kind="opted_in" if proven else "opt_in_requested",
            occurred_at=Instant(self.now - 30 * DAY + number),
            source="website",
            keys=(
                person_key("email", email(number)),
                person_key("lead" if record_id.startswith("00Q") else "contact", record_id),
            ),
            consents=(_confirmed(self.now) if proven else _requested(),),
        )
        person = newcomer(PersonId(ulid(Instant(1_700_000_000_000 + number), bytes(10))), self.compiled)
        change = record(self.compiled, (person,), consented, self.persons, self.now)
        if self.persons.commit(change) != "recorded":
            raise AssertionError(f"person {number} was not recorded")


class _Copies:
    """Makes many records quickly: what the org does around a save is done for the first of an object."""

    def __init__(self, org: EmulatedOrg) -> None:
        self._org = org
        self._first: dict[str, dict[str, Any]] = {}

    def create(self, name: str, values: dict[str, Any]) -> str:
        if name not in self._first:
            made = self._org.create(name, **values)
            self._first[name] = self._org.get(name, made)
            return made
        database = self._org.org.database
        sobject = database.schema.objects[name.lower()]
        made = database.new_id(sobject, database.next_number(sobject))
        full_name = values.get("Name") or f"{values['FirstName']} {values['LastName']}"
        database.insert(sobject, self._first[name] | values | {"Id": made, "Name": full_name})
        return made


def email(number: int) -> str:
    return f"p{number}@example.org"


@contextmanager
def sync_world(
    folder: Path,
    number: int,
    told: SyncWorld | None = None,
    platform: Platform = "marketing_cloud",
) -> Iterator[SyncWorld]:
    """Run everything, with so many people in it; `told` is a world with the same, to copy from."""
    clock = SandboxClock.start(folder / "clock", at=Instant(1_790_000_000_000), speed=0)
    compiled = compile_model(compile_playbook(read_playbook()))
    names = columns_of(compiled.model.sync, "marketing_cloud")
    account = Account(clock, "id", "secret", "key", data_extensions={PEOPLE: people_columns(names)})
    client = InProcessDynamoDB()
    table = create_table_request(TABLE)
    # Nobody reads the stream, which would only grow.
    del table["StreamSpecification"]
    client.create_table(**table)
    with ExitStack() as stack:
        org = stack.enter_context(emulated_org())
        org.org.records.clock = clock
        fields = custom_fields(compiled.model.sync)
        unit = BusinessUnit(clock, UNIT, "", "", "key", "secret", fields, org_url=lambda: org.org.url)
        routes = [
            Mount("/marketing-cloud", routes=account.routes()),
            Mount("/account-engagement", routes=unit.routes()),
        ]
        url = stack.enter_context(served(Starlette(routes=routes)))
        world = SyncWorld(org, account, url, clock, client, compiled, platform)
        world.populate(number, told)
        # What was made long ago is beyond the overlap.
        clock.advance(60 * MINUTE)
        yield world


def _confirmed(now: Instant) -> Consent:
    evidence = {
        "wording_version": "2026-01",
        "token_hash": "0" * 64,
        "clicked_at": iso(Instant(now - 30 * DAY)),
    }
    return Consent(Subject("email", "newsletter", "main"), "confirmed", "double_opt_in", evidence)


def _requested() -> Consent:
    return Consent(Subject("email", "newsletter", "main"), "requested")
