"""An erasure: what goes, what stays, how it goes on after a break, and who comes back."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.consent import Consent
from chalicelib.domain.consent import Subject as About
from chalicelib.domain.engagement import person_key
from chalicelib.domain.erasure import ErasedKey
from chalicelib.domain.instant import SECOND, Instant, iso
from chalicelib.errors import Retryable
from chalicelib.gateways.store.erasure_marks import ErasureMarks
from chalicelib.gateways.store.erasures import Erasures
from chalicelib.gateways.store.person_items import PersonItems
from chalicelib.services.record_engagements import Recording, record_engagements
from smarketing.privacy.erase import IN_FLIGHT, Ended, Erasing, erase, plan
from smarketing.privacy.steps import Counts, Erased
from smarketing.privacy.subject import Subject, find_subject
from smarketing.privacy.table import TableStep
from tests.domain.builders import day
from tests.domain.presses import opted_in, told
from tests.services.world import TABLE, World, make_quick_world

EMAIL = "a@example.com"
KEY = person_key("email", EMAIL)
STORES = ("salesforce", "marketing cloud", "queues")


@dataclass
class FakeStore:
    """A store that fails the first few times."""

    name: str
    failures: int = 0
    erased: list[Subject] = field(default_factory=list)

    def holds(self, subject: Subject) -> Counts:
        return {"records": 1}

    def read(self, subject: Subject) -> dict[str, list[Any]]:
        return {}

    def erase(self, subject: Subject) -> Erased:
        if self.failures:
            self.failures -= 1
            raise Retryable(f"{self.name}: busy")
        self.erased.append(subject)
        return Erased({"records": 1}, ("operation-1",) if self.name == "marketing cloud" else ())


@dataclass
class ErasureWorld:
    """A person with a history in a table, and other stores beside it."""

    world: World = field(default_factory=lambda: make_quick_world(now=day(5)))
    stores: list[FakeStore] = field(default_factory=lambda: [FakeStore(each) for each in STORES])
    slept: int = 0

    def __post_init__(self) -> None:
        self.world.record(opted_in(0), told("demo_requested", 1, profile={"phone": "+49711123456"}))
        self.items = PersonItems(self.world.client, TABLE)
        self.marks = ErasureMarks(self.world.client, TABLE, lambda: "secret")
        self.journals = Erasures(self.world.client, TABLE)

    def deliver(self) -> None:
        """Have everything delivered that waits."""
        for pk, sk in self.world.keys_of_items("OUTBOX#"):
            self.world.client.delete_item(TableName=TABLE, Key={"pk": {"S": pk}, "sk": {"S": sk}})

    def erasing(self) -> Erasing:
        steps = [*self.stores, TableStep(self.items)]
        return Erasing(self.items, self.marks, self.journals, steps, "secret", self.world.clock, self._sleep)

    def erase(self) -> Ended:
        return erase(find_subject(EMAIL, self.items), "delete", self.erasing())

    def record_as_the_worker_does(self, *engagements: Any) -> None:
        found = self.world.recording()
        marked = Recording(found.persons, found.compiled, found.clock, found.new_person, self.marks.find)
        record_engagements(engagements, marked)

    def text(self) -> str:
        return json.dumps(self.world.items())

    def _sleep(self, seconds: float) -> None:
        self.slept += 1
        self.world.now = Instant(self.world.now + round(seconds * SECOND))


@pytest.fixture
def erasure() -> ErasureWorld:
    world = ErasureWorld()
    world.deliver()
    return world


def test_everything_of_the_person_leaves_the_table_but_keyed_hashes(erasure: ErasureWorld) -> None:
    ended = erasure.erase()

    left = {(item["pk"]["S"].partition("#")[0], item["sk"]["S"]) for item in erasure.world.items()}
    assert left == {("ERASED", "ERASED"), ("ERASURE", "JOURNAL")}
    assert EMAIL not in erasure.text()
    assert ended.erasure.waiting_for == {"marketing cloud": ("operation-1",)}


def test_another_persons_items_stay(erasure: ErasureWorld) -> None:
    other = person_key("email", "b@example.com")
    erasure.world.record(told("demo_requested", 2, keys=[other]))

    erasure.erase()

    assert erasure.world.person(other).engagements == 1


def test_a_plan_counts_and_changes_nothing(erasure: ErasureWorld) -> None:
    before = erasure.text()

    counted = plan(find_subject(EMAIL, erasure.items), erasure.erasing())

    assert counted["table"]["engagements"] == 2
    assert erasure.text() == before


@pytest.mark.parametrize("broken", range(len(STORES)))
def test_an_erasure_that_breaks_off_goes_on_and_repeats_no_step(erasure: ErasureWorld, broken: int) -> None:
    erasure.stores[broken].failures = 1

    with pytest.raises(Retryable):
        erasure.erase()
    between = erasure.world.now
    erasure.world.now = Instant(between + 3_600 * SECOND)
    ended = erasure.erase()

    assert ended.erasure.begun_at == between
    assert [len(each.erased) for each in erasure.stores] == [1] * len(STORES)
    assert EMAIL not in erasure.text()


def test_from_the_first_moment_on_nothing_is_recorded(erasure: ErasureWorld) -> None:
    erasure.stores[0].failures = 1
    with pytest.raises(Retryable):
        erasure.erase()

    erasure.record_as_the_worker_does(told("page_viewed", 3))

    assert "page_viewed" not in erasure.text()


def test_an_import_does_not_bring_the_person_back(erasure: ErasureWorld) -> None:
    erasure.erase()

    erasure.record_as_the_worker_does(told("page_viewed", 6), opted_in(3))

    assert erasure.world.persons.find([KEY]) == {}


def test_an_old_double_opt_in_that_is_told_anew_does_not_bring_the_person_back(erasure: ErasureWorld) -> None:
    erasure.erase()
    evidence = {"wording_version": "1", "token_hash": "0" * 64, "clicked_at": iso(day(2))}
    consent = Consent(About("email", "newsletter", "main"), "confirmed", "double_opt_in", evidence)

    erasure.record_as_the_worker_does(told("opted_in", 8, consents=[consent]))

    assert erasure.world.persons.find([KEY]) == {}


def test_who_confirms_a_new_double_opt_in_is_welcome_again(erasure: ErasureWorld) -> None:
    erasure.erase()
    evidence = {"wording_version": "1", "token_hash": "0" * 64, "clicked_at": iso(day(8))}
    consent = Consent(About("email", "newsletter", "main"), "confirmed", "double_opt_in", evidence)

    erasure.record_as_the_worker_does(told("opted_in", 8, consents=[consent]))

    assert erasure.world.person(KEY).engagements == 1


def test_it_waits_for_deliveries_that_are_under_way() -> None:
    erasure = ErasureWorld()

    erasure.erase()

    assert erasure.slept > 0
    assert erasure.world.now >= Instant(day(5) + IN_FLIGHT)


def test_with_nothing_under_way_it_does_not_wait(erasure: ErasureWorld) -> None:
    erasure.erase()

    assert erasure.slept == 0


def test_somebody_whom_the_store_does_not_know_is_erased_on_the_platforms(erasure: ErasureWorld) -> None:
    stranger = find_subject("stranger@example.com", erasure.items)

    ended = erase(stranger, "delete", erasure.erasing())

    assert ended.erasure.finished_at is not None
    assert erasure.marks.find([person_key("email", "stranger@example.com")]) == {
        person_key("email", "stranger@example.com"): ErasedKey(erasure.world.now, ended.erasure.id)
    }
    assert erasure.world.person(KEY).engagements == 2
