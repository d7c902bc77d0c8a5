"""Journeys in the sandbox ask before they write; a purchase ends the promotion in both platforms."""

import json
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from simple_salesforce import format_soql

from chalicelib.domain.instant import MINUTE, Instant, iso
from smarketing.sandbox import examples
from smarketing.sandbox.notice import Notice, notice_of
from smarketing.sandbox.running import running_sandbox
from smarketing.sandbox.sandbox import Sandbox

NOVELTIES, BOUGHT = 1, 2
"""Lists of the business unit: who gets the promotion of presses, and who gets it no more."""

DOUBLE_OPT_IN = {
    "purpose": "newsletter",
    "kind": "confirmed",
    "basis": "double_opt_in",
    "evidence": {"wording_version": "2026-01", "mail_id": "1", "clicked_at": "2026-01-01T00:00:00Z"},
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The sandbox with a playbook that knows the lists of its business unit."""
    folder = tmp_path_factory.mktemp("playbook") / "playbook"
    shutil.copytree(Path(__file__).parents[2] / "playbook", folder)
    journeys = folder / "journeys.yaml"
    known = "journeys: [presses-novelties]"
    lists = f'lists: ["{NOVELTIES}"], suppression_list: "{BOUGHT}"'
    text = journeys.read_text(encoding="utf-8").replace(known, f"{known}, {lists}")
    journeys.write_text(text, encoding="utf-8")
    with running_sandbox(retry_seconds=0, longest_window=0.2, playbook=folder) as running:
        ae = f"{running.account_engagement_url}/sandbox"
        rows = [{"id": each, "name": str(each), "isDynamic": False} for each in (NOVELTIES, BOUGHT)]
        requests.post(f"{ae}/lists", json=rows, timeout=30).raise_for_status()
        yield running


@dataclass(frozen=True)
class Subscriber:
    """A Lead who subscribed to the newsletter, and the systems that know them."""

    sandbox: Sandbox
    notice: Notice
    email: str
    number: int

    def tell(self, kind: str, **more: Any) -> None:
        """Tell an engagement by the intake, and let everything come to rest."""
        at = iso(Instant(self.sandbox.clock() - 1_000))
        told = {"id": str(uuid.uuid4()), "kind": kind, "occurred_at": at, "keys": {"email": self.email}}
        self._post("/intake/website", {"engagements": [told | more]}, "intake")

    def get_mail_of_marketing_cloud(self) -> None:
        event = {
            "eventCategoryType": "TransactionalSendEvents.EmailSent",
            "timestampUTC": self.sandbox.clock() - 1_000,
            "mid": 1,
            "eid": 1,
            "definitionKey": "press-novelties",
            "composite": {"jobId": str(self.number), "subscriberId": str(self.number), "emailId": "7"},
            "info": {"to": self.email, "renderedSubject": "The new press"},
        }
        self._post("/marketing-cloud/events", [event], "ens")

    def get_mail_of_account_engagement(self) -> None:
        at = iso(Instant(self.sandbox.clock() - 1_000))
        sent = {"id": self.number, "type": 6, "typeName": "Email", "prospectId": self.number}
        self._load("visitor-activities", sent | {"listEmailId": 12, "createdAt": at})
        self.sandbox.drain(60)

    def become_prospect(self) -> None:
        at = iso(self.sandbox.clock())
        self._load("prospects", {"id": self.number, "email": self.email, "updatedAt": at, "createdAt": at})
        self._load("list-memberships", {"id": self.number, "listId": NOVELTIES, "prospectId": self.number})
        self.sandbox.run_schedule("poll_account_engagement")
        self.sandbox.drain(60)

    def lists(self) -> set[int]:
        url = f"{self.sandbox.account_engagement_url}/sandbox/list-memberships"
        rows = requests.get(url, timeout=30).json()["rows"]
        ours = [each for each in rows if each["prospectId"] == self.number and not each.get("isDeleted")]
        return {each["listId"] for each in ours}

    def ask(self, journey: str, line: str = "presses") -> dict[str, Any]:
        """Let the contact into a journey that asks about the newsletter; give what the activity came to."""
        url = f"{self.sandbox.marketing_cloud_url}/sandbox/journeys/{journey}"
        activity = {
            "event_definition_key": journey,
            "activity_url": f"{self.sandbox.url}/mailing-permission",
            "arguments": {"purpose": "newsletter", "productLine": line, "emailAddress": self.email},
        }
        requests.put(url, json=activity, timeout=30).raise_for_status()
        entry = {"ContactKey": self.contact, "EventDefinitionKey": journey}
        assert self.sandbox.marketing_cloud_api("POST", "/interaction/v1/events", entry).status_code == 201
        outcome: dict[str, Any] = requests.post(f"{url}/run", json={}, timeout=60).json()[self.contact]
        return outcome

    def in_journey(self, journey: str) -> bool:
        url = f"{self.sandbox.marketing_cloud_url}/sandbox/journeys/{journey}"
        return self.contact in requests.get(url, timeout=30).json()["contacts"]

    @property
    def contact(self) -> str:
        """The contact key, as Marketing Cloud Connect has it."""
        (lead,) = self.rows("SELECT Id FROM Lead WHERE Email = {email}", email=self.email)
        return str(lead["Id"])

    def rows(self, query: str, **values: str) -> list[dict[str, Any]]:
        answer = requests.get(
            f"{self.sandbox.org_url}/services/data/v66.0/query",
            params={"q": format_soql(query, **values)},
            headers={"Authorization": f"Bearer {self.sandbox.salesforce_access_token()}"},
            timeout=30,
        )
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["records"]
        return found

    def _load(self, name: str, row: dict[str, Any]) -> None:
        url = f"{self.sandbox.account_engagement_url}/sandbox/{name}"
        requests.post(url, json=[row], timeout=30).raise_for_status()

    def _post(self, path: str, content: Any, sender: examples.Sender) -> None:
        body = json.dumps(content).encode()
        headers = examples.signed_headers(self.notice, sender, body, self.sandbox.clock())
        requests.post(self.sandbox.url + path, data=body, headers=headers, timeout=30).raise_for_status()
        self.sandbox.drain(60)


@pytest.fixture
def subscriber(sandbox: Sandbox) -> Subscriber:
    """Somebody at a domain of their own who asked for a demonstration of a laser, so that there is a Lead."""
    unique = uuid.uuid4()
    made = Subscriber(sandbox, notice_of(sandbox), f"anna@{unique.hex}.example", unique.int % 10**9)
    asked = json.loads(examples.form(sandbox.clock()))["engagements"][0]
    made.tell(
        "demo_requested",
        attributes={"product_line": "lasers"},
        profile=asked["profile"],
        consents=[*asked["consents"], DOUBLE_OPT_IN],
    )
    return made


def test_a_purchase_ends_the_promotion_in_both_automations(subscriber: Subscriber) -> None:
    # given: a contact in the journey and on the list of what they then buy
    subscriber.become_prospect()
    asked = subscriber.ask("presses-novelties")
    assert (asked["status"], asked["branch"]) == (200, "send")
    assert subscriber.lists() == {NOVELTIES}
    # when
    subscriber.tell("product_purchased", attributes={"product_line": "presses"})
    # then
    assert not subscriber.in_journey("presses-novelties")
    assert subscriber.lists() == {BOUGHT}
    again = subscriber.ask("presses-prices")
    assert (again["branch"], again["content"]["hindrance"]) == ("stop", "bought")
    assert subscriber.ask("lasers-prices", "lasers")["branch"] == "send"


def test_who_becomes_a_prospect_after_the_purchase_is_suppressed_too(subscriber: Subscriber) -> None:
    subscriber.tell("product_purchased", attributes={"product_line": "presses"})

    subscriber.become_prospect()

    assert subscriber.lists() == {BOUGHT}


def test_mailings_of_both_automations_reach_the_cap(subscriber: Subscriber) -> None:
    subscriber.become_prospect()
    subscriber.get_mail_of_marketing_cloud()
    subscriber.get_mail_of_account_engagement()

    asked = subscriber.ask("one-too-many", "lasers")

    assert (asked["branch"], asked["content"]["hindrance"]) == ("wait", "cap")
    assert asked["content"]["until"] > iso(Instant(subscriber.sandbox.clock() + MINUTE))


def test_a_permission_is_asked_for_once_however_often_the_activity_runs(subscriber: Subscriber) -> None:
    subscriber.ask("first", "lasers")
    url = f"{subscriber.sandbox.marketing_cloud_url}/sandbox/journeys/first/run"
    again = requests.post(url, json={"contact": subscriber.contact}, timeout=60).json()

    assert again[subscriber.contact]["branch"] == "send"
    assert subscriber.ask("second", "lasers")["branch"] == "send"
    assert subscriber.ask("third", "lasers")["branch"] == "wait"


def test_an_open_opportunity_has_the_newsletter_wait(subscriber: Subscriber) -> None:
    subscriber.tell("opportunity_opened", attributes={"opportunity": "006000000000001AAA"})
    waiting = subscriber.ask("while-negotiating", "services")

    subscriber.tell("opportunity_lost", attributes={"opportunity": "006000000000001"})

    assert (waiting["branch"], waiting["content"]["hindrance"]) == ("wait", "paused")
    assert subscriber.ask("after-it", "services")["branch"] == "send"


def test_every_mailing_shows_as_a_touchpoint_before_a_rep_calls(subscriber: Subscriber) -> None:
    subscriber.become_prospect()
    subscriber.get_mail_of_marketing_cloud()
    subscriber.get_mail_of_account_engagement()

    query = "SELECT Kind__c, Source__c FROM Touchpoint__c WHERE Lead__c = {lead} AND Kind__c = 'email_sent'"
    shown = subscriber.rows(query, lead=subscriber.contact)
    assert sorted(each["Source__c"] for each in shown) == ["account_engagement", "marketing_cloud"]
