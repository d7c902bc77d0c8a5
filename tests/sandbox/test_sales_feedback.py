"""Sales' and support's work in the sandbox: from Salesforce to the history, and from there to marketing."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from chalicelib.domain.engagement import Engagement, person_key
from chalicelib.domain.instant import HOUR, MINUTE, Duration, iso
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled, compile_model
from chalicelib.domain.scoring import score_at
from chalicelib.gateways.marketing_cloud.row_sync import KEY_COLUMN
from chalicelib.gateways.store.persons import Persons
from chalicelib.playbook.compiler import compile_playbook
from smarketing.playbook_files import read_playbook
from smarketing.sandbox import examples
from smarketing.sandbox.marketing_cloud.people import PEOPLE
from smarketing.sandbox.notice import Notice, notice_of
from smarketing.sandbox.running import running_sandbox
from smarketing.sandbox.sandbox import Sandbox
from tests.gateways.salesforce.emulated_org import CHECKED
from tests.sandbox.test_sales_support import call, row
from tests.sandbox.test_whole_way import rows, send

REP = "rep1@smarketing.example"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(retry_seconds=0, longest_window=0.2) as running:
        yield running


@pytest.fixture(scope="module")
def notice(sandbox: Sandbox) -> Notice:
    return notice_of(sandbox)


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_model(compile_playbook(read_playbook()))


@pytest.fixture
def email() -> str:
    """Somebody whom nobody knew before, at a domain of their own: all of them are called Anna Berger."""
    return f"anna@{uuid.uuid4().hex}.example"


def create(sandbox: Sandbox, name: str, **values: Any) -> str:
    return str(call(sandbox, "POST", f"sobjects/{name}", json=values)["id"])


def change(sandbox: Sandbox, name: str, record: str, **values: Any) -> None:
    call(sandbox, "PATCH", f"sobjects/{name}/{record}", json=values)


def poll(sandbox: Sandbox) -> None:
    sandbox.run_schedule("poll_salesforce_activities")
    sandbox.drain(60)


def known(sandbox: Sandbox, kind: Any, value: str) -> tuple[Person, list[Engagement]]:
    persons = Persons(sandbox.aws.client("dynamodb"), sandbox.environment["SMARKETING_TABLE"])
    [(_, owner)] = persons.find([person_key(kind, value)]).items()
    person = persons.load([owner])[owner]
    return person, sorted(persons.history(person), key=lambda each: each.position)


def of_kind(history: list[Engagement], kind: str) -> list[Engagement]:
    return [each for each in history if each.kind == kind]


def permitted_request(sandbox: Sandbox, notice: Notice, email: str) -> None:
    """Ask for a demo of a press, with a proven double opt-in to news."""
    engagement = json.loads(examples.form(sandbox.clock()))["engagements"][0]
    proof = {"wording_version": "2026-01", "mail_id": "theirs", "clicked_at": iso(sandbox.clock())}
    consent = {"purpose": "newsletter", "kind": "confirmed", "basis": "double_opt_in", "evidence": proof}
    consents = [*engagement.get("consents", []), consent]
    engagement |= {"id": f"form-{email}", "keys": {"email": email}, "consents": consents}
    assert send(sandbox, notice, "/intake/website", {"engagements": [engagement]}).status_code == 200
    sandbox.drain(60)


def test_a_completed_call_on_the_lead_stands_in_the_history_once_and_scores(
    sandbox: Sandbox, notice: Notice, compiled: Compiled, email: str
) -> None:
    permitted_request(sandbox, notice, email)
    lead = row(sandbox, "SELECT Id FROM Lead WHERE Email = {email}", email=email)["Id"]
    rep = row(sandbox, "SELECT Id FROM User WHERE Username = {name}", name=REP)["Id"]
    before = score_at(compiled.scoring, known(sandbox, "email", email)[0].score, sandbox.clock()).total
    task = create(sandbox, "Task", WhoId=lead, OwnerId=rep, Subject="Spoke about prices", TaskSubtype="Call")
    poll(sandbox)
    while_open = known(sandbox, "email", email)[1]

    change(sandbox, "Task", task, Status="Completed")
    poll(sandbox)
    poll(sandbox)

    person, history = known(sandbox, "email", email)
    assert of_kind(while_open, "sales_called") == []
    [called] = of_kind(history, "sales_called")
    assert called.attributes == {"actor": rep, "subject": "Spoke about prices"}
    after = score_at(compiled.scoring, person.score, sandbox.clock()).total
    assert after == pytest.approx(before + 5, abs=0.1)
    [shown] = rows(sandbox, "SELECT Kind__c FROM Touchpoint__c WHERE Lead__c = {lead}", lead=lead)
    assert shown["Kind__c"] == "demo_requested"


def test_a_meeting_counts_when_it_has_taken_place(sandbox: Sandbox, notice: Notice, email: str) -> None:
    permitted_request(sandbox, notice, email)
    lead = row(sandbox, "SELECT Id FROM Lead WHERE Email = {email}", email=email)["Id"]
    now = sandbox.clock()
    begins, ends = (iso(now + minutes * MINUTE) for minutes in (30, 90))  # type: ignore[arg-type]
    create(sandbox, "Event", WhoId=lead, Subject="Demo", StartDateTime=begins, EndDateTime=ends)
    poll(sandbox)
    before = of_kind(known(sandbox, "email", email)[1], "sales_met")

    sandbox.clock.advance(Duration(2 * HOUR))
    poll(sandbox)

    assert before == []
    assert len(of_kind(known(sandbox, "email", email)[1], "sales_met")) == 1


def test_a_support_case_is_opened_closed_and_opened_again(sandbox: Sandbox) -> None:
    contact = create(sandbox, "Contact", LastName="Weber", Email=f"{uuid.uuid4().hex}@example.org")
    case = create(sandbox, "Case", ContactId=contact, Subject="Leak")
    poll(sandbox)
    for status in ("Closed", "New"):
        sandbox.clock.advance(Duration(10 * MINUTE))
        change(sandbox, "Case", case, Status=status)
        poll(sandbox)

    _, history = known(sandbox, "contact", contact)
    steps = [each for each in history if each.kind.startswith("support_case_")]
    assert [each.kind.removeprefix("support_case_") for each in steps] == ["opened", "closed", "opened"]
    assert {each.attributes["case"] for each in steps} == {case[:15]}


def test_a_won_opportunity_reaches_both_automations_with_its_amount(
    sandbox: Sandbox, notice: Notice, email: str
) -> None:
    # given: a person who may be written to, and whose interest sales has accepted
    permitted_request(sandbox, notice, email)
    lead = row(sandbox, "SELECT Id FROM Lead WHERE Email = {email}", email=email)["Id"]
    interest = row(sandbox, "SELECT Id FROM Interest__c WHERE Lead__c = {lead}", lead=lead)["Id"]
    change(sandbox, "Lead", lead, Phone="+49 6201 1")
    change(sandbox, "Interest__c", interest, **CHECKED, Stage__c="sql")
    change(sandbox, "Interest__c", interest, Stage__c="accepted")
    converted = requests.post(f"{sandbox.org_url}/sandbox/convert", json={"leadId": lead}, timeout=30)
    contact = converted.json()["contactId"]
    sandbox.drain(60)
    # when: its Opportunity is made and won
    opportunity = create(
        sandbox,
        "Opportunity",
        Name="Press line",
        ContactId=contact,
        StageName="Prospecting",
        CloseDate="2027-01-31",
        Amount=95_000,
    )
    sandbox.drain(60)
    change(sandbox, "Opportunity", opportunity, StageName="Closed Won", Amount=97_500)
    sandbox.drain(60)
    sandbox.run_schedule("sync_records")
    sandbox.drain(60)
    # then
    [won] = of_kind(known(sandbox, "email", email)[1], "opportunity_won")
    assert won.attributes["amount"] == 97_500
    day = iso(won.occurred_at)[:10]
    assert prospect(sandbox, email) == ["customer", "presses", None, 97_500, day]
    assert subscriber(sandbox, contact) == ["customer", "presses", None, 97_500, day]


def prospect(sandbox: Sandbox, email: str) -> list[Any]:
    """Read the outcome as Account Engagement has it."""
    answer = requests.get(f"{sandbox.account_engagement_url}/sandbox/prospects", timeout=30).json()
    [found] = [each for each in answer["rows"] if each["email"] == email]
    words = ("Outcome", "Outcome_Line", "Outcome_Reason", "Outcome_Amount", "Outcome_At")
    return [found.get(f"Smarketing_{word}__c") for word in words]


def subscriber(sandbox: Sandbox, contact: str) -> list[Any]:
    """Read the outcome as Marketing Cloud has it."""
    page = f"/data/v1/customobjectdata/key/{PEOPLE}/rowset?$page=1&$pageSize=2500"
    held = sandbox.marketing_cloud_api("GET", page).json()["items"]
    [found] = [each["values"] for each in held if each["keys"][KEY_COLUMN.lower()] == contact]
    reason = found["outcomereason"] or None
    amount = float(found["outcomeamount"])
    return [found["outcome"], found["outcomeline"], reason, amount, found["outcomeat"]]
