"""The whole way of a click in the sandbox: over HTTP in, Lead, interest and touchpoints in Salesforce out."""

import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from simple_salesforce import format_soql

from chalicelib import bootstrap
from chalicelib.domain.consent import Subject, standing
from chalicelib.domain.consent_links import unsubscribe_url
from chalicelib.domain.instant import iso
from chalicelib.domain.interest import PersonId
from chalicelib.domain.sync import Row
from chalicelib.gateways.store.persons import Persons
from smarketing.sandbox import examples
from smarketing.sandbox.mailbox import sent_mails
from smarketing.sandbox.notice import Notice, notice_of
from smarketing.sandbox.running import running_sandbox
from smarketing.sandbox.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(retry_seconds=0, longest_window=0.2) as running:
        yield running


@pytest.fixture(scope="module")
def notice(sandbox: Sandbox) -> Notice:
    return notice_of(sandbox)


@pytest.fixture
def email() -> str:
    """Somebody whom nobody knew before, at a domain of their own: all of them are called Anna Berger."""
    return f"anna@{uuid.uuid4().hex}.example"


def send(sandbox: Sandbox, notice: Notice, path: str, content: Any) -> requests.Response:
    body = json.dumps(content).encode()
    sender: examples.Sender = "ens" if path == "/marketing-cloud/events" else "intake"
    headers = examples.signed_headers(notice, sender, body, sandbox.clock())
    return requests.post(sandbox.url + path, data=body, headers=headers, timeout=30)


def demo_request(sandbox: Sandbox, email: str) -> dict[str, Any]:
    engagement = json.loads(examples.form(sandbox.clock()))["engagements"][0]
    return {"engagements": [engagement | {"id": f"form-{email}", "keys": {"email": email}}]}


def rows(sandbox: Sandbox, query: str, **values: str) -> list[dict[str, Any]]:
    answer = requests.get(
        f"{sandbox.org_url}/services/data/v66.0/query",
        params={"q": format_soql(query, **values)},
        headers={"Authorization": f"Bearer {sandbox.salesforce_access_token()}"},
        timeout=30,
    )
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()["records"]
    return found


def lead_of(sandbox: Sandbox, email: str) -> dict[str, Any]:
    query = "SELECT Id, LastName, Smarketing_Stage__c FROM Lead WHERE Email = {email}"
    (lead,) = rows(sandbox, query, email=email)
    return lead


def test_a_click_and_a_demo_request_become_a_lead_with_an_interest_and_its_touchpoints(
    sandbox: Sandbox, notice: Notice, email: str
) -> None:
    events = json.loads(
        examples.click(sandbox.clock()).decode().replace("anna.berger@pressteile-berger.example", email)
    )
    subscriber = str(uuid.uuid4().int % 10**9)
    for event in events:
        event["composite"]["subscriberId"] = event["info"]["subscriberKey"] = subscriber

    clicked = send(sandbox, notice, "/marketing-cloud/events", events)
    asked = send(sandbox, notice, "/intake/website", demo_request(sandbox, email))
    sandbox.drain(60)

    assert (clicked.status_code, asked.status_code) == (200, 200)
    lead = lead_of(sandbox, email)
    assert lead["LastName"] == "Berger"
    assert lead["Smarketing_Stage__c"] == "mql"
    (interest,) = rows(
        sandbox,
        "SELECT Product_Line__c, Stage__c, Gate__c FROM Interest__c WHERE Lead__c = {lead}",
        lead=lead["Id"],
    )
    assert (interest["Product_Line__c"], interest["Stage__c"], interest["Gate__c"]) == (
        "presses",
        "mql",
        "demo_request",
    )
    touchpoints = rows(sandbox, "SELECT Kind__c FROM Touchpoint__c WHERE Lead__c = {lead}", lead=lead["Id"])
    assert sorted(each["Kind__c"] for each in touchpoints) == [
        "demo_requested",
        "email_clicked",
        "email_sent",
    ]


def test_a_click_that_marketing_cloud_itself_sends_is_recorded(
    sandbox: Sandbox, notice: Notice, email: str
) -> None:
    events = json.loads(
        examples.click(sandbox.clock()).decode().replace("anna.berger@pressteile-berger.example", email)
    )

    sent = requests.post(f"{sandbox.marketing_cloud_url}/sandbox/events", json=events, timeout=30).json()
    sandbox.drain(60)

    assert sent == {"delivered": 2, "deferred": 0}
    assert person_of(sandbox, email)


def test_a_journey_hands_a_contact_over_once(sandbox: Sandbox, notice: Notice, email: str) -> None:
    known = demo_request(sandbox, email)["engagements"][0] | {
        "kind": "trade_fair_visited",
        "id": f"fair-{email}",
    }
    send(sandbox, notice, "/intake/fair", {"engagements": [known]})
    journey = f"{sandbox.marketing_cloud_url}/sandbox/journeys/{email}"
    arguments = {"action": "hand_off", "productLine": "lasers"}
    activity = {"activity_url": f"{sandbox.url}/journey-activity", "arguments": arguments}
    requests.put(journey, json={"event_definition_key": email, **activity}, timeout=30).raise_for_status()
    entry = {"ContactKey": email, "EventDefinitionKey": email, "Data": {}}
    assert sandbox.marketing_cloud_api("POST", "/interaction/v1/events", entry).status_code == 201

    outcomes = [requests.post(f"{journey}/run", json={"contact": email}, timeout=30).json() for _ in range(2)]
    sandbox.drain(60)

    assert [each[email]["content"] for each in outcomes] == [{"accepted": True}] * 2
    lead = lead_of(sandbox, email)
    query = "SELECT Product_Line__c, Gate__c FROM Interest__c WHERE Lead__c = {lead}"
    (interest,) = rows(sandbox, query, lead=lead["Id"])
    assert (interest["Product_Line__c"], interest["Gate__c"]) == ("lasers", "journey_handoff")
    touchpoints = rows(sandbox, "SELECT Kind__c FROM Touchpoint__c WHERE Lead__c = {lead}", lead=lead["Id"])
    assert [each["Kind__c"] for each in touchpoints].count("journey_handed_off") == 1


def test_a_row_of_the_sync_is_kept_in_the_data_extension(
    sandbox: Sandbox, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    bootstrap.forget()
    row = Row(PersonId("01H"), "contact:003xx000004TmiQ", email, values={"opt_in_newsletter": True})

    rows = bootstrap.marketing_cloud_rows(
        {"person_id": "PersonId", "email": "Email", "opt_in_newsletter": "OptInNewsletter"}
    )
    [result] = rows.finish(rows.begin([row]), [row])
    held = list(rows.held(["opt_in_newsletter"]))
    rows.withdraw([row])
    bootstrap.forget()

    assert (result.outcome, result.remote_id) == ("written", "003xx000004TmiQAAS")
    assert [(each.record, each.email, each.values) for each in held] == [(row.record, email, row.values)]


def test_a_double_opt_in_goes_from_the_form_to_the_ledger(sandbox: Sandbox, email: str) -> None:
    # given: somebody fills in the form
    asked = {"email": email, "about": ["newsletter/main"]}
    assert requests.post(f"{sandbox.url}/consent/requests?lang=de", data=asked, timeout=30).ok
    sandbox.drain(60)
    (mail,) = [each for each in sent_mails(sandbox.aws.endpoint) if email in each.to]
    # when: they follow the link and press the button
    (link,) = (each for each in mail.links if "/consent/confirm" in each)
    assert "Ja, ich bestätige" in requests.get(link, timeout=30).text
    token = parse_qs(urlsplit(link).query)["token"][0]
    assert requests.post(f"{sandbox.url}/consent/confirm", data={"token": token}, timeout=30).ok
    sandbox.drain(60)
    # then
    persons = Persons(sandbox.aws.client("dynamodb"), sandbox.environment["SMARKETING_TABLE"])
    (person,) = persons.load([PersonId(person_of(sandbox, email) or "")]).values()
    assert standing(person.consents, Subject("email", "newsletter", "main")).granted
    again = requests.post(f"{sandbox.url}/consent/confirm", data={"token": token}, timeout=30)
    assert again.status_code == 410


def test_a_mail_programs_one_click_withdraws(sandbox: Sandbox, notice: Notice, email: str) -> None:
    # given: somebody whom a source's own double opt-in permits to write to
    proof = {"wording_version": "2026-01", "mail_id": "theirs", "clicked_at": iso(sandbox.clock())}
    consent = {"purpose": "newsletter", "kind": "confirmed", "basis": "double_opt_in", "evidence": proof}
    opted_in = demo_request(sandbox, email)["engagements"][0] | {"kind": "opted_in", "consents": [consent]}
    send(sandbox, notice, "/intake/website", {"engagements": [opted_in]})
    sandbox.drain(60)
    persons = Persons(sandbox.aws.client("dynamodb"), sandbox.environment["SMARKETING_TABLE"])
    newsletter = Subject("email", "newsletter", "main")
    (person,) = persons.load([PersonId(person_of(sandbox, email) or "")]).values()
    assert standing(person.consents, newsletter).granted
    # when: their mail program posts to the address of List-Unsubscribe, without being led elsewhere
    link = unsubscribe_url(sandbox.url, person.id, sandbox.credentials.privacy_link_key, "newsletter")
    one_click = {"List-Unsubscribe": (None, "One-Click")}
    answer = requests.post(link, files=one_click, timeout=30, allow_redirects=False)
    sandbox.drain(60)
    # then
    assert answer.status_code == 200
    (person,) = persons.load([person.id]).values()
    assert standing(person.consents, newsletter).state == "withdrawn"


def test_a_forward_of_account_engagement_is_recorded(sandbox: Sandbox, email: str) -> None:
    number = uuid.uuid4().int % 10**9
    prospect = {"id": number, "email": email, "company": "Werkzeug Weber"}
    at = iso(sandbox.clock())
    activity = {"id": number, "type": 4, "typeName": "Form", "prospectId": number, "createdAt": at}

    requests.post(f"{sandbox.account_engagement_url}/sandbox/prospects", json=[prospect], timeout=30)
    forwarded = requests.post(
        f"{sandbox.account_engagement_url}/sandbox/visitor-activities", json=[activity], timeout=30
    )
    sandbox.drain(60)

    assert forwarded.json() == {"added": 1, "refused": 0}
    assert person_of(sandbox, email)


def test_a_forged_signature_is_refused(sandbox: Sandbox, notice: Notice, email: str) -> None:
    body = json.dumps(demo_request(sandbox, email)).encode()
    headers = examples.signed_headers(notice, "intake", body + b" ", sandbox.clock())

    answer = requests.post(f"{sandbox.url}/intake/website", data=body, headers=headers, timeout=30)
    sandbox.drain(60)

    assert answer.status_code == 401
    assert person_of(sandbox, email) is None


def test_a_change_in_salesforce_comes_back_by_outbound_message(
    sandbox: Sandbox, notice: Notice, email: str
) -> None:
    send(sandbox, notice, "/intake/website", demo_request(sandbox, email))
    sandbox.drain(60)
    lead = lead_of(sandbox, email)

    changed = requests.patch(
        f"{sandbox.org_url}/services/data/v66.0/sobjects/Lead/{lead['Id']}",
        json={"Title": "Chief Buyer"},
        headers={"Authorization": f"Bearer {sandbox.salesforce_access_token()}"},
        timeout=30,
    )
    sandbox.drain(60)

    assert changed.status_code == 204
    person = person_of(sandbox, email)
    assert person is not None
    state = item(sandbox, f"PERSON#{person}", "STATE")
    assert "Chief Buyer" in state["body"]["S"]


def test_what_can_not_be_read_ends_in_the_dead_letter_queue(sandbox: Sandbox) -> None:
    before = sandbox.queue_depths()["engagements-dead"]
    queue = sandbox.aws.queue_url("engagements")

    sandbox.aws.client("sqs").send_message(QueueUrl=queue, MessageBody='{"nobody": "knows this"}')
    sandbox.drain(60)

    assert sandbox.queue_depths()["engagements-dead"] == before + 1


def test_statistics_tell_what_was_done(sandbox: Sandbox, notice: Notice, email: str) -> None:
    send(sandbox, notice, "/intake/website", demo_request(sandbox, email))
    sandbox.drain(60)

    figures = sandbox.statistics()

    assert figures["sources"]["deliverer.deliver"]["records"] > 0
    assert figures["queues"]["engagements"] == 0
    assert figures["salesforce"]["calls"] > 0


def test_reviews_run_when_they_are_asked_for(sandbox: Sandbox) -> None:
    before = sandbox.statistics()["sources"].get("front_door.review_due", {"invocations": 0})["invocations"]

    sandbox.run_schedule("review_due")

    after = sandbox.statistics()["sources"]["front_door.review_due"]["invocations"]
    assert after == before + 1


def item(sandbox: Sandbox, pk: str, sk: str) -> dict[str, Any]:
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    table = sandbox.environment["SMARKETING_TABLE"]
    found: dict[str, Any] = sandbox.aws.client("dynamodb").get_item(TableName=table, Key=key).get("Item", {})
    return found


def person_of(sandbox: Sandbox, email: str) -> str | None:
    found = item(sandbox, f"KEY#email#{email}", "KEY")
    return found["person"]["S"] if found else None
