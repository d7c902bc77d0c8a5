"""Somebody new who is there already, through HTTP only: a customer's interest, and a pair to decide on."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from simple_salesforce import format_soql

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
def firm() -> str:
    """A company that no other test knows; it is the domain's first part as well."""
    return f"presswerk{uuid.uuid4().hex[:8]}"


def call(sandbox: Sandbox, method: str, path: str, **options: Any) -> Any:
    headers = {"Authorization": f"Bearer {sandbox.salesforce_access_token()}"}
    url = f"{sandbox.org_url}/services/data/v66.0/{path}"
    answer = requests.request(method, url, headers=headers, timeout=30, **options)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def rows(sandbox: Sandbox, query: str, **values: str) -> list[dict[str, Any]]:
    found = call(sandbox, "GET", "query", params={"q": format_soql(query, **values)})["records"]
    return [dict(each) for each in found]


def a_customer(sandbox: Sandbox, firm: str) -> tuple[str, str]:
    """Let somebody of sales enter a Contact; gives it and its Account."""
    account = call(sandbox, "POST", "sobjects/Account", json={"Name": f"{firm} GmbH"})["id"]
    anna = {"FirstName": "Anna", "LastName": "Müller", "AccountId": account, "Phone": "+49 (711) 44 55-66"}
    contact = call(sandbox, "POST", "sobjects/Contact", json={**anna, "Email": f"anna@{firm}.example"})["id"]
    sandbox.drain(60)
    return contact, account


def ask_for_a_demo(sandbox: Sandbox, notice: Notice, email: str, **profile: str) -> bytes:
    engagement = json.loads(examples.form(sandbox.clock()))["engagements"][0]
    engagement |= {"id": f"form-{uuid.uuid4()}", "keys": {"email": email}, "profile": profile}
    body = json.dumps({"engagements": [engagement]}).encode()
    send(sandbox, notice, body)
    return body


def send(sandbox: Sandbox, notice: Notice, body: bytes) -> None:
    headers = examples.signed_headers(notice, "intake", body, sandbox.clock())
    sent = requests.post(f"{sandbox.url}/intake/website", data=body, headers=headers, timeout=30)
    assert sent.status_code == 200
    sandbox.drain(60)


def test_a_customer_who_writes_from_another_address_gets_no_lead(
    sandbox: Sandbox, notice: Notice, firm: str
) -> None:
    contact, account = a_customer(sandbox, firm)

    ask_for_a_demo(
        sandbox,
        notice,
        f"a.mueller@{firm}.example",
        first_name="Anna",
        last_name="Mueller",
        company=firm.upper(),
        phone="0711 445566",
    )

    assert rows(sandbox, "SELECT Id FROM Lead WHERE Email LIKE {email}", email=f"%@{firm}.example") == []
    [interest] = rows(
        sandbox,
        "SELECT Lead__c, Account__c, RecordType.DeveloperName FROM Interest__c WHERE Contact__c = {contact}",
        contact=contact,
    )
    assert (interest["Lead__c"], interest["Account__c"]) == (None, account)
    assert interest["RecordType"]["DeveloperName"] == "Cross_Sell"


def test_somebody_of_a_customers_name_gets_a_lead_and_people_decide_once(
    sandbox: Sandbox, notice: Notice, firm: str
) -> None:
    contact, _ = a_customer(sandbox, firm)
    pairs = (
        "SELECT Id, Lead__r.Email, Lead_Company__c, Other_Company__c, Other_Email__c, Verdict__c "
        "FROM Possible_Duplicate__c WHERE Other_Contact__c = {contact}"
    )

    told = {"first_name": "Anna", "last_name": "Müller", "company": firm}
    body = ask_for_a_demo(sandbox, notice, f"{firm}@gmx.de", **told)
    send(sandbox, notice, body)

    [pair] = rows(sandbox, pairs, contact=contact)
    assert pair["Lead__r"]["Email"] == f"{firm}@gmx.de"
    assert (pair["Lead_Company__c"], pair["Other_Company__c"]) == (firm, f"{firm} GmbH")
    assert (pair["Other_Email__c"], pair["Verdict__c"]) == (f"anna@{firm}.example", "open")

    call(sandbox, "PATCH", f"sobjects/Possible_Duplicate__c/{pair['Id']}", json={"Verdict__c": "different"})
    ask_for_a_demo(sandbox, notice, f"{firm}@gmx.de", **told)
    assert [each["Verdict__c"] for each in rows(sandbox, pairs, contact=contact)] == ["different"]
