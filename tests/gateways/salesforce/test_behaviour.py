"""What delivery relies on, held against both the fake and the real gateway on the emulated org."""

from collections.abc import Iterator
from typing import Protocol

import pytest

from chalicelib.domain.engagement import person_key
from chalicelib.domain.outcome import Deferred, Moved, Outcome, Refused, Written
from chalicelib.services.deliver import Crm
from tests.gateways.salesforce.commands import NOON, interest, person, person_id, touchpoint
from tests.gateways.salesforce.emulated_org import CHECKED, REP, EmulatedOrg, emulated_org
from tests.services.fake_crm import FakeCrm

PREFIXES = {"Lead": "00Q", "Contact": "003", "Interest__c": "a01", "Touchpoint__c": "a02"}
EXTERNAL_IDS = {
    "Lead": "Smarketing_Person_Id__c",
    "Interest__c": "Smarketing_Interest_Id__c",
    "Touchpoint__c": "Smarketing_Engagement_Id__c",
}


class Side(Protocol):
    """An outside system, and what its people do there."""

    crm: Crm

    def create(self, name: str, email: str) -> str: ...
    def convert(self, lead: str) -> str: ...
    def merge(self, loser: str, master: str) -> None: ...
    def delete(self, name: str, record: str) -> None: ...
    def find_duplicates(self) -> None: ...
    def count(self, name: str, external_id: str) -> int: ...
    def score(self, name: str, record: str) -> object: ...
    def take_over(self, interest: str) -> None: ...
    def interest(self, external_id: str) -> tuple[str, object]:
        """Who owns it (queue, rep or integration) and its stage."""


class FakeSide:
    def __init__(self) -> None:
        self.crm = FakeCrm()

    def create(self, name: str, email: str) -> str:
        record = self.crm.new(PREFIXES[name])
        record.values["email"] = email
        return record.id

    def convert(self, lead: str) -> str:
        contact = self.crm.new("003").id
        self.crm.records[lead[:15]].converted_to = contact
        return contact

    def merge(self, loser: str, master: str) -> None:
        self.crm.records[loser].successor = master

    def delete(self, name: str, record: str) -> None:
        self.crm.records[record].deleted = True

    def find_duplicates(self) -> None:
        self.crm.find_duplicates = True

    def count(self, name: str, external_id: str) -> int:
        return len(self.crm.by_external_id(PREFIXES[name], external_id))

    def score(self, name: str, record: str) -> object:
        return self.crm.records[record].values.get("score")

    def take_over(self, interest: str) -> None:
        [record] = self.crm.by_external_id("a01", interest)
        record.owner, record.values["stage"] = "rep", "sql"

    def interest(self, external_id: str) -> tuple[str, object]:
        [record] = self.crm.by_external_id("a01", external_id)
        return record.owner, record.values["stage"]


class RealSide:
    def __init__(self, org: EmulatedOrg) -> None:
        self.org = org
        self.crm = org.gateway()
        self.convert, self.merge, self.find_duplicates = org.convert, org.merge, org.find_duplicates
        self.delete = org.delete

    def create(self, name: str, email: str) -> str:
        more = {"Company": "Werk"} if name == "Lead" else {}
        return self.org.create(name, LastName="Weiß", Email=email, **more)

    def count(self, name: str, external_id: str) -> int:
        return len(self.org.find(name, EXTERNAL_IDS[name], external_id))

    def score(self, name: str, record: str) -> object:
        return self.org.get(name, record)["Smarketing_Score__c"]

    def take_over(self, interest: str) -> None:
        [record] = self.org.find("Interest__c", EXTERNAL_IDS["Interest__c"], interest)
        [rep] = self.org.find("User", "Username", REP)
        self.org.update("Lead", record["Lead__c"], Phone="+49", Title="CTO")
        self.org.update("Interest__c", record["Id"], OwnerId=rep["Id"], Stage__c="sql", **CHECKED)

    def interest(self, external_id: str) -> tuple[str, object]:
        [record] = self.org.find("Interest__c", EXTERNAL_IDS["Interest__c"], external_id)
        [rep] = self.org.find("User", "Username", REP)
        [queue] = self.org.find("Group", "DeveloperName", "Sales_Support")
        owners = {rep["Id"]: "rep", queue["Id"]: "queue"}
        return owners.get(record["OwnerId"], "integration"), record["Stage__c"]


@pytest.fixture(params=["fake", "real"])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    if request.param == "fake":
        yield FakeSide()
        return
    with emulated_org() as org:
        yield RealSide(org)


def write(side: Side, *commands: object) -> list[Outcome]:
    return list(side.crm.write(commands))  # type: ignore[arg-type]


def written(outcome: Outcome) -> str:
    assert isinstance(outcome, Written), outcome
    return outcome.record_id


def test_an_unknown_person_becomes_one_lead_however_often_it_is_written(side: Side) -> None:
    [first] = write(side, person(version=1))
    [second] = write(side, person(version=2, score=70.0))
    assert written(first) == written(second)
    assert side.count("Lead", person_id()) == 1
    assert side.score("Lead", written(first)) == 70.0


@pytest.mark.parametrize(("name", "word"), [("Lead", "lead_id"), ("Contact", "contact_id")])
def test_a_known_person_is_written_where_it_is(side: Side, name: str, word: str) -> None:
    record = side.create(name, "anna@example.org")
    [outcome] = write(side, person(**{word: record[:15]}))
    assert written(outcome)[:15] == record[:15]
    assert side.score(name, record) == pytest.approx(61.25, abs=0.06)
    assert side.count("Lead", person_id()) == 0


def test_a_person_and_all_that_hangs_on_it_are_written_in_one_go(side: Side) -> None:
    outcomes = write(side, touchpoint(contact_id=None), interest(), person())
    assert [type(outcome) for outcome in outcomes] == [Written] * 3
    assert side.count("Touchpoint__c", touchpoint().external_id) == 1


def test_a_fact_is_written_once_however_often_it_comes(side: Side) -> None:
    contact = side.create("Contact", "anna@example.org")
    for _ in range(2):
        [outcome] = write(side, touchpoint(contact_id=contact))
        assert isinstance(outcome, Written)
    assert side.count("Touchpoint__c", touchpoint().external_id) == 1


def test_an_opened_interest_lies_in_the_queue(side: Side) -> None:
    write(side, person(), interest())
    assert side.interest(interest().external_id) == ("queue", "mql")


def test_a_repeated_opening_takes_nothing_back_from_sales(side: Side) -> None:
    write(side, person(), interest())
    side.take_over(interest().external_id)
    [outcome] = write(side, interest())
    assert isinstance(outcome, Written)
    assert side.interest(interest().external_id) == ("rep", "sql")
    assert side.count("Interest__c", interest().external_id) == 1


def test_a_step_of_ours_changes_the_stage_but_not_the_owner(side: Side) -> None:
    write(side, person(), interest())
    side.take_over(interest().external_id)
    write(side, interest(stage="recycled", changed_at=NOON + 1))
    assert side.interest(interest().external_id) == ("rep", "recycled")


def test_what_comes_before_its_lead_waits(side: Side) -> None:
    [outcome] = write(side, interest())
    assert isinstance(outcome, Deferred)
    assert outcome.orphaned


def test_a_converted_lead_is_its_contact_now(side: Side) -> None:
    [created] = write(side, person())
    contact = side.convert(written(created))
    moved = Moved(person_key("contact", contact), "lead_converted")
    assert write(side, person(version=2)) == [moved]
    assert write(side, person(version=2, lead_id=written(created))) == [moved]


@pytest.mark.parametrize(("name", "word"), [("Lead", "lead_id"), ("Contact", "contact_id")])
def test_a_merged_record_is_its_survivor_now(side: Side, name: str, word: str) -> None:
    loser, master = side.create(name, "anna@example.org"), side.create(name, "a.weiss@example.org")
    side.merge(loser, master)
    moved = Moved(person_key("lead" if name == "Lead" else "contact", master), "record_changed")
    assert write(side, person(**{word: loser})) == [moved]


def test_a_deleted_record_goes_to_a_human(side: Side) -> None:
    lead = side.create("Lead", "anna@example.org")
    side.delete("Lead", lead)
    [outcome] = write(side, person(lead_id=lead))
    assert isinstance(outcome, Refused)


def test_a_duplicate_is_the_record_that_the_rule_found(side: Side) -> None:
    lead = side.create("Lead", "person1@example.org")
    side.find_duplicates()
    assert write(side, person()) == [Moved(person_key("lead", lead), "record_changed")]
    assert side.count("Lead", person_id()) == 0
