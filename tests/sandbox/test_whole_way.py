"""The whole way of a click in the sandbox: over HTTP in, Lead, interest and touchpoints in Salesforce out."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from simple_salesforce import format_soql

from chalicelib.domain.instant import iso
from smarketing.sandbox import examples
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
    """Somebody whom nobody knew before."""
    return f"{uuid.uuid4().hex}@werkzeug-weber.example"


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
    assert sorted(each["Kind__c"] for each in touchpoints) == ["demo_requested", "email_clicked"]


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
