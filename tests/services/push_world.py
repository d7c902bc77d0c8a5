"""A push in one process: the store on the sandbox's DynamoDB, Salesforce and the automations in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.domain.consent import Consent, withdrawal
from chalicelib.domain.engagement import person_key
from chalicelib.domain.instant import MINUTE, Instant
from chalicelib.domain.qualification import Compiled, compile_model
from chalicelib.domain.sync_fields import SyncField
from chalicelib.domain.sync_rows import key_of
from chalicelib.domain.sync_state import SyncState
from chalicelib.gateways.store.sync_states import SyncStates
from chalicelib.gateways.store.watermarks import Watermarks
from chalicelib.services.plan_rows import Planner
from chalicelib.services.platform_push import PlatformPush
from chalicelib.services.push_records import Run, push_records
from chalicelib.services.write_rows import RowWriter, Tally
from tests.domain.builders import day
from tests.domain.consents import permit
from tests.services.fake_automation import FakeAutomation
from tests.services.fake_records import EMAIL, FakeRecords
from tests.services.world import TABLE, World, make_quick_world, playbook, told

CONTACT, OTHER_CONTACT = "contact:003000000000001", "contact:003000000000002"
LEAD, OTHER_LEAD = "lead:00Q000000000001", "lead:00Q000000000002"

WORDS = ("email", "last_name", "company", "person_id", "opt_in_contact_request", "contact_id", "lead_id")
_OURS = frozenset({"person_id", "opt_in_contact_request"})


def synced_playbook() -> Compiled:
    """A playbook that keeps a few values in step, on both platforms."""
    fields = tuple(
        SyncField(
            word,
            "smarketing" if word in _OURS else "salesforce",
            {"marketing_cloud": word, "account_engagement": word},
        )
        for word in WORDS
    )
    return compile_model(playbook(sync=fields))


def as_is(outside: Any) -> Any:
    return outside


@dataclass
class PushWorld:
    """All that a push works between.

    Attributes:
        watch: stands between the push and each thing outside of it.
    """

    automations: Sequence[FakeAutomation] = field(default_factory=lambda: (FakeAutomation(),))
    watch: Callable[[Any], Any] = as_is
    world: World = field(default_factory=lambda: make_quick_world(now=day(100), compiled=synced_playbook()))
    crm: FakeRecords = field(default_factory=FakeRecords)

    def __post_init__(self) -> None:
        self.states = SyncStates(self.world.client, TABLE)
        self.watermarks = Watermarks(self.world.client, TABLE)

    @property
    def automation(self) -> FakeAutomation:
        return self.automations[0]

    @property
    def now(self) -> Instant:
        return self.world.now

    def wait(self, minutes: float = 20) -> None:
        self.world.now = Instant(self.world.now + int(minutes * MINUTE))

    def tell(
        self, *names: str, consents: Sequence[Consent] = (), email: str = EMAIL, kind: str = "opted_in"
    ) -> None:
        """Have the store learn of a person with these records and an address."""
        keys = [person_key("email", email), *(key_of(name) for name in names)]
        at = (self.world.now - day(0)) / (day(1) - day(0))
        self.world.record(told(kind, at, keys=keys, consents=consents, name=f"{names}{email}"))

    def permit(self, *names: str, email: str = EMAIL) -> None:
        self.tell(*names, consents=[permit()], email=email)

    def withdraw(self, email: str = EMAIL) -> None:
        self.tell(consents=[withdrawal()], email=email, kind="opted_out")

    def customer(self, name: str = CONTACT, email: str = EMAIL, **values: Any) -> None:
        """Put a record into Salesforce whose person may be written to."""
        self.permit(name, email=email)
        self.crm.put(name, self.now, email, **values)

    def push(self, **options: Any) -> list[Tally]:
        pushes = self.pushes()
        self.run(pushes, **options)
        return [each.tally for each in pushes]

    def pushes(self) -> list[PlatformPush]:
        watermarks = self.watch(self.watermarks)
        return [
            PlatformPush(
                RowWriter(self._watched(each), self.watch(self.states), self.planner(), self.world.clock),
                self.planner(),
                watermarks,
            )
            for each in (self.automations)
        ]

    def _watched(self, automation: FakeAutomation) -> Any:
        watched = self.watch(automation)
        # Only what is called goes out.
        watched.platform, watched.most_rows = automation.platform, automation.most_rows
        return watched

    def run(self, pushes: Sequence[PlatformPush], **options: Any) -> None:
        push_records(pushes, Run(self.watch(self.crm), self.planner(), self.world.clock, **options))

    def planner(self) -> Planner:
        return Planner(
            self.world.compiled, self.world.persons, self.watch(self.crm), lambda _: {}, self.world.clock
        )

    def state(self, name: str = CONTACT, platform: Any = None) -> SyncState:
        return self.states.load(platform or self.automation.platform, [name])[name]

    def end(self) -> object:
        """All that a push leaves, times and the automations' own counts aside."""
        kept = [
            replace(each, decided_at=Instant(0), written_at=None)
            for each in sorted(self.states.everything(), key=lambda each: (each.platform, each.record))
        ]
        rows = [
            sorted((each.record, each.email, *each.values.items()) for each in one.held(()))
            for one in self.automations
        ]
        due = [self.states.due(each.platform) for each in self.automations]
        jobs = [self.states.open_job(each.platform) for each in self.automations]
        return kept, rows, due, jobs
