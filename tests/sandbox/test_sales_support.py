"""Sales Support in the sandbox: an interest is enriched, waits in the queue, and goes back with a date."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from simple_salesforce import format_soql

from chalicelib.domain.instant import DAY, Duration
from smarketing.sandbox import examples
from smarketing.sandbox.notice import Notice, notice_of
from smarketing.sandbox.running import running_sandbox
from smarketing.sandbox.sandbox import Sandbox

COMPANY = {
    "name": "Weber Werkzeuge KG",
    "phone": "+49 89 1234",
    "industry": "Tooling",
    "employees": 85,
    "address": {"city": "München", "country": "Germany"},
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(retry_seconds=0, longest_window=0.2) as running:
        yield running


@pytest.fixture(scope="module")
def notice(sandbox: Sandbox) -> Notice:
    return notice_of(sandbox)


def call(sandbox: Sandbox, method: str, path: str, **options: Any) -> Any:
    headers = {"Authorization": f"Bearer {sandbox.salesforce_access_token()}"}
    url = f"{sandbox.org_url}/services/data/v66.0/{path}"
    answer = requests.request(method, url, headers=headers, timeout=30, **options)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def row(sandbox: Sandbox, query: str, **values: str) -> dict[str, Any]:
    (found,) = call(sandbox, "GET", "query", params={"q": format_soql(query, **values)})["records"]
    return dict(found)


def ask_for_a_demo(sandbox: Sandbox, notice: Notice, email: str) -> None:
    engagement = json.loads(examples.form(sandbox.clock()))["engagements"][0]
    engagement |= {"id": f"form-{uuid.uuid4()}", "keys": {"email": email}}
    body = json.dumps({"engagements": [engagement]}).encode()
    headers = examples.signed_headers(notice, "intake", body, sandbox.clock())
    sent = requests.post(f"{sandbox.url}/intake/website", data=body, headers=headers, timeout=30)
    assert sent.status_code == 200
    sandbox.drain(60)


def test_interest_is_enriched_and_what_the_person_told_stands(sandbox: Sandbox, notice: Notice) -> None:
    domain = f"{uuid.uuid4().hex[:12]}.example"
    service = sandbox.account_engagement_url.replace("/account-engagement", "/enrichment/sandbox")
    requests.post(f"{service}/companies", json={domain: COMPANY}, timeout=10).raise_for_status()
    requests.post(f"{service}/faults", json={"kind": "unavailable"}, timeout=10).raise_for_status()

    ask_for_a_demo(sandbox, notice, f"anna@{domain}")

    query = (
        "SELECT Enrichment_Note__c, Profile_Links__c, Enriched_At__c, Lead__r.Company, Lead__r.Phone, "
        "Lead__r.NumberOfEmployees FROM Interest__c WHERE Lead__r.Email = {email}"
    )
    interest = row(sandbox, query, email=f"anna@{domain}")
    lead = interest["Lead__r"]
    assert (lead["Phone"], lead["NumberOfEmployees"]) == ("+49 89 1234", 85)
    assert lead["Company"] == "Pressteile Berger GmbH"
    assert "phone filled: +49 89 1234 [company_data]" in interest["Enrichment_Note__c"]
    assert "company kept: Weber Werkzeuge KG [company_data]" in interest["Enrichment_Note__c"]
    assert "linkedin.com" in interest["Profile_Links__c"]


def test_queue_shows_what_lacks_in_working_order(sandbox: Sandbox, notice: Notice) -> None:
    email = f"{uuid.uuid4().hex}@gmx.de"
    ask_for_a_demo(sandbox, notice, email)
    interest = row(
        sandbox,
        "SELECT Name, Working_Order__c FROM Interest__c WHERE Lead__r.Email = {email}",
        email=email,
    )

    queue = json.loads(support(sandbox, "queue", "--json", "--most", "500"))
    [found] = [each for each in queue if each["name"] == interest["Name"]]
    assert found["lacking"] == ["need_confirmed", "contact_data_complete", "decision_maker_known", "phone"]
    assert found["completeness"] == 0.43
    assert found["turn_at"][:19] == interest["Working_Order__c"][:19]
    assert [each["turn_at"] for each in queue] == sorted(each["turn_at"] for each in queue)
    shown = support(sandbox, "queue", "--why", "--most", "1")
    assert f"{queue[0]['name']}: {queue[0]['why']}" in shown


def test_nobody_comes_back_before_the_date_that_people_gave(sandbox: Sandbox, notice: Notice) -> None:
    email = f"{uuid.uuid4().hex}@werkzeug-weber.example"
    ask_for_a_demo(sandbox, notice, email)
    query = "SELECT Id, Stage__c FROM Interest__c WHERE Lead__r.Email = {email}"
    interest = row(sandbox, query, email=email)

    call(
        sandbox,
        "PATCH",
        f"sobjects/Interest__c/{interest['Id']}",
        json={"Stage__c": "recycled", "Reason__c": "not_now", "Recycle_Until__c": "2099-12-31"},
    )
    sandbox.drain(60)
    sandbox.clock.advance(Duration(400 * DAY))
    ask_for_a_demo(sandbox, notice, email)

    assert row(sandbox, query, email=email)["Stage__c"] == "recycled"


def support(sandbox: Sandbox, *words: str) -> str:
    """Run `smarketing support` as an admin of the org."""
    login = {
        "SMARKETING_SALESFORCE_URL": sandbox.org_url,
        "SMARKETING_SALESFORCE_TOKEN": sandbox.salesforce_access_token(),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "smarketing.cli", "support", *words],
        env={**os.environ, **sandbox.environment, **login, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout
