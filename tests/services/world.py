"""A whole worker in a test: moto's table behind the real store, a small playbook, a clock that stands."""

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import boto3

from chalicelib.domain.engagement import Engagement, PersonKey, Value, engagement_id, person_key
from chalicelib.domain.instant import DAY, Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.model import EngagementKind, Gate, Lifecycle, Model, Transition
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled, compile_model
from chalicelib.domain.ulid import ulid
from chalicelib.gateways.store.due import Due
from chalicelib.gateways.store.outbox import Outbox
from chalicelib.gateways.store.persons import Persons
from chalicelib.gateways.store.table import create_table_request
from chalicelib.services.record_engagements import Recording, record_engagements
from tests.domain.builders import START, category, day, model, rule

TABLE = "smarketing-test"

STAGES = ("inquiry", "mql", "sql", "rejected")


def playbook(**changes: Any) -> Model:
    """Presses score by page views and forms; 50 points or a demo request open an interest."""
    rules = (
        rule("viewed", 5, "presses", kinds=("page_viewed",), product_line="presses", limit=40),
        rule("asked", 30, "presses", kinds=("form_submitted",), product_line="presses"),
        rule("bounced", -20, "presses", kinds=("email_bounced",), product_line="presses"),
    )
    small = model(
        *rules,
        categories=(
            category("general"),
            category("presses", half_life=30 * DAY, cap=100),
            category("lasers"),
        ),
        gates=(
            Gate("warm", "Warm", min_category=50),
            Gate("demo", "Asked for a demo", hand_raiser_kinds=("demo_requested",), within=14 * DAY),
        ),
    )
    lifecycle = Lifecycle(
        stages=STAGES,
        closed=frozenset({"rejected"}),
        transitions=frozenset(
            {Transition("mql", "sql"), Transition("mql", "rejected"), Transition("sql", "rejected")}
        ),
        handoff_stage="mql",
        cool_off={"rejected": 10 * DAY},
    )
    kinds = (
        EngagementKind("page_viewed", "Viewed a page", touchpoint=True),
        EngagementKind("form_submitted", "Sent a form", touchpoint=True),
        EngagementKind("demo_requested", "Asked for a demo", touchpoint=True),
        EngagementKind("email_sent", "Got a mail", touchpoint=False),
    )
    return replace(small, kinds=kinds, lifecycle=lifecycle, **changes)


def told(
    kind: str = "page_viewed",
    on: float = 0,
    *,
    keys: Sequence[PersonKey] = (person_key("email", "a@example.com"),),
    name: str = "",
    opt_ins: dict[str, bool] | None = None,
    profile: dict[str, str] | None = None,
    **attributes: Value,
) -> Engagement:
    """An engagement about presses, so many days after the start."""
    return Engagement(
        id=engagement_id("test", kind, str(on), name),
        kind=kind,
        occurred_at=day(on),
        source="test",
        keys=tuple(keys),
        attributes={"product_line": "presses", **attributes},
        profile=profile or {},
        opt_ins=opt_ins or {},
    )


def opted_in(on: float = 0, **more: Any) -> Engagement:
    return told("opted_in", on, opt_ins={"contact_request": True}, **more)


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


Tell = Callable[..., Engagement]
