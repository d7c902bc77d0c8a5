"""A whole worker in a test: moto's table behind the real store, a small playbook, a clock that stands."""

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import boto3

from chalicelib.domain.engagement import Engagement, PersonKey, person_key
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled, compile_model
from chalicelib.domain.ulid import ulid
from chalicelib.gateways.store.due import Due
from chalicelib.gateways.store.outbox import Outbox
from chalicelib.gateways.store.persons import Persons
from chalicelib.gateways.store.table import create_table_request
from chalicelib.services.record_engagements import Recording, record_engagements
from tests.domain.builders import START, day
from tests.domain.presses import opted_in, playbook, told
from tests.in_process_dynamodb import InProcessDynamoDB

__all__ = ["TABLE", "World", "make_quick_world", "make_world", "opted_in", "playbook", "told"]

TABLE = "smarketing-test"


@dataclass
class World:
    """One table and what works on it."""

    client: Any
    now: Instant = day(100)
    compiled: Compiled = field(default_factory=lambda: compile_model(playbook()))
    table: str = TABLE

    def __post_init__(self) -> None:
        self.persons = Persons(self.client, self.table)
        self.outbox = Outbox(self.client, self.table)
        self.due = Due(self.client, self.table)
        self._numbers = itertools.count()

    def recording(self, persons: Any = None) -> Recording:
        return Recording(persons or self.persons, lambda: self.compiled, self.clock, self.new_person)

    def clock(self) -> Instant:
        return self.now

    def new_person(self) -> PersonId:
        return PersonId(ulid(Instant(START + next(self._numbers)), bytes(10)))

    def record(self, *engagements: Engagement) -> None:
        record_engagements(engagements, self.recording())

    def person(self, key: PersonKey = person_key("email", "a@example.com")) -> Person:
        owner = self.persons.find([key])[key]
        return self.persons.load([owner])[owner]

    def items(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.scan(TableName=self.table)["Items"]
        return found

    def keys_of_items(self, begin: str) -> list[tuple[str, str]]:
        keys = [(item["pk"]["S"], item["sk"]["S"]) for item in self.items()]
        return sorted(key for key in keys if key[1].startswith(begin))

    def commands(self) -> dict[str, dict[str, Any]]:
        """What waits in the outbox, by command key."""
        return {
            item["sk"]["S"].removeprefix("OUTBOX#"): json.loads(item["body"]["S"])["fields"]
            for item in self.items()
            if item["sk"]["S"].startswith("OUTBOX#")
        }


def make_world(**changes: Any) -> World:
    """Make a world with a table of its own; moto has to be on."""
    client = boto3.client("dynamodb", region_name="eu-central-1")
    client.create_table(**create_table_request(TABLE))
    return World(client, **changes)


def make_quick_world(latency: float = 0.0, **changes: Any) -> World:
    """Make a world on the sandbox's DynamoDB within this process: for flows that run thousands of times."""
    client = InProcessDynamoDB(latency)
    client.create_table(**create_table_request(TABLE))
    return World(client, **changes)
