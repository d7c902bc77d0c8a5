"""Where a story plays: a running sandbox, and the people and systems in it, who speak HTTP alone."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests
from simple_salesforce.format import format_soql

from chalicelib.domain.instant import MINUTE, Duration, Instant, iso
from chalicelib.errors import Misconfigured
from chalicelib.gateways.salesforce.rest import API_VERSION
from smarketing.sandbox import examples
from smarketing.sandbox.notice import Notice, notice_of
from smarketing.sandbox.sandbox import Sandbox

_SECONDS = 60
_SHORTLY = 1_000
"""How long ago something happened when it is told, in ms."""
_A_WHILE = MINUTE
"""How long people take for a click in Salesforce."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """The sandbox as websites, platforms and users see it."""

    sandbox: Sandbox
    notice: Notice

    # What people do on the website and with mailings.

    def on_website(self, email: str, kind: str, **more: Any) -> None:
        """Tell an engagement by the signed intake."""
        at = Instant(self.sandbox.clock() - _SHORTLY)
        told = {"id": uuid.uuid4().hex, "kind": kind, "occurred_at": iso(at), "keys": {"email": email}}
        self._post("/intake/website", {"engagements": [told | more]}, "intake")

    def clicks(self, email: str, subscriber: str, key: str, link: str) -> None:
        """Send a mailing to somebody, who clicks a link in it, as Marketing Cloud tells it."""
        now = self.sandbox.clock()
        common = {
            "mid": 7300412,
            "eid": 7300000,
            "definitionKey": key,
            "composite": {"jobId": subscriber, "batchId": "1", "listId": "12", "subscriberId": subscriber},
        }
        sent = {"to": email, "subscriberKey": subscriber}
        events = [
            ("TransactionalSendEvents.EmailSent", now - 60 * _SHORTLY, sent),
            ("EngagementEvents.EmailClick", now - _SHORTLY, {"contentLink": link, "to": email}),
        ]
        self._post(
            "/marketing-cloud/events",
            [
                {"eventCategoryType": kind, "timestampUTC": at, "info": info} | common
                for kind, at, info in events
            ],
            "ens",
        )

    # What people do in Salesforce.

    def rows(self, soql: str, **values: str) -> list[Row]:
        """Ask Salesforce as an admin, with values put in."""
        query = format_soql(soql, **values) if values else soql
        found: list[Row] = self._salesforce("GET", "query", params={"q": query}).json()["records"]
        return found

    def row(self, soql: str, **values: str) -> Row:
        """Ask for the one record that has to be there.

        Raises:
            Misconfigured: there is none, or more than one.
        """
        found = self.rows(soql, **values)
        if len(found) != 1:
            raise Misconfigured(
                f"story: Salesforce has {len(found)} records where it should have one: {soql}"
            )
        return found[0]

    def change(self, name: str, record_id: str, user: str, **values: Any) -> str:
        """Change a record as a user; gives the platform's code where it refuses, else nothing."""
        self.sandbox.clock.advance(_A_WHILE)
        answer = self._salesforce("PATCH", f"sobjects/{name}/{record_id}", user, json=values, check=False)
        self.sandbox.drain()
        if answer.ok:
            return ""
        return str(answer.json()[0]["errorCode"])

    def create(self, name: str, user: str, **values: Any) -> str:
        """Create a record as a user."""
        self.sandbox.clock.advance(_A_WHILE)
        answer = self._salesforce("POST", f"sobjects/{name}", user, json=values)
        self.sandbox.drain()
        return str(answer.json()["id"])

    def convert(self, lead: str) -> Row:
        """Press the button that converts a Lead."""
        self.sandbox.clock.advance(_A_WHILE)
        answer = requests.post(
            f"{self.notice.salesforce}/sandbox/convert", json={"leadId": lead}, timeout=_SECONDS
        )
        answer.raise_for_status()
        self.sandbox.drain()
        return dict(answer.json())

    # The marketing automations.

    def make_lists(self, lists: Mapping[int, str]) -> None:
        """Make lists in Account Engagement."""
        rows = [{"id": number, "name": name, "isDynamic": False} for number, name in lists.items()]
        self._automation("lists", rows)

    def make_prospect(self, number: int, email: str, list_id: int) -> None:
        """Make a prospect who is on a list, and let the timed poll find them."""
        at = iso(self.sandbox.clock())
        self._automation("prospects", [{"id": number, "email": email, "createdAt": at, "updatedAt": at}])
        self._automation("list-memberships", [{"id": number, "listId": list_id, "prospectId": number}])
        self.sandbox.run_schedule("poll_account_engagement")
        self.sandbox.drain()

    def lists_of(self, prospect: int) -> list[int]:
        """Say on which lists a prospect is."""
        url = f"{self.notice.account_engagement}/sandbox/list-memberships"
        rows = requests.get(url, timeout=_SECONDS).json()["rows"]
        return sorted(
            each["listId"] for each in rows if each["prospectId"] == prospect and not each.get("isDeleted")
        )

    def prospect(self, number: int) -> Row:
        """Give a prospect as Account Engagement has it.

        Raises:
            Misconfigured: there is none.
        """
        url = f"{self.notice.account_engagement}/sandbox/prospects"
        for row in requests.get(url, timeout=_SECONDS).json()["rows"]:
            if row["id"] == number:
                return dict(row)
        raise Misconfigured(f"story: Account Engagement has no prospect {number}")

    def asks(self, journey: str, contact: str, email: str, line: str) -> Row:
        """Let somebody into a journey that asks before it writes; gives what it was told."""
        url = f"{self.notice.marketing_cloud}/sandbox/journeys/{journey}"
        activity = {
            "event_definition_key": journey,
            "activity_url": f"{self.sandbox.url}/mailing-permission",
            "arguments": {"purpose": "newsletter", "productLine": line, "emailAddress": email},
        }
        requests.put(url, json=activity, timeout=_SECONDS).raise_for_status()
        entry = {"ContactKey": contact, "EventDefinitionKey": journey}
        self.sandbox.marketing_cloud_api("POST", "/interaction/v1/events", entry).raise_for_status()
        told: Row = requests.post(f"{url}/run", json={}, timeout=_SECONDS).json()[contact]
        self.sandbox.drain()
        return told

    def in_journey(self, journey: str) -> list[str]:
        """Say which contacts a journey holds."""
        url = f"{self.notice.marketing_cloud}/sandbox/journeys/{journey}"
        return list(requests.get(url, timeout=_SECONDS).json()["contacts"])

    # Time.

    def later(self, span: Duration, *schedules: str) -> None:
        """Let time pass, then what is done by the clock."""
        self.sandbox.clock.advance(span)
        for each in ("review_due", *schedules):
            self.sandbox.run_schedule(each)
        self.sandbox.drain()

    def _automation(self, name: str, rows: Sequence[Row]) -> None:
        url = f"{self.notice.account_engagement}/sandbox/{name}"
        requests.post(url, json=list(rows), timeout=_SECONDS).raise_for_status()

    def _post(self, path: str, content: Any, sender: examples.Sender) -> None:
        body = json.dumps(content).encode()
        headers = examples.signed_headers(self.notice, sender, body, self.sandbox.clock())
        answer = requests.post(self.sandbox.url + path, data=body, headers=headers, timeout=_SECONDS)
        answer.raise_for_status()
        self.sandbox.drain()

    def _salesforce(
        self, method: str, path: str, user: str = "", *, check: bool = True, **options: Any
    ) -> requests.Response:
        token = self.sandbox.salesforce_access_token(user) if user else self.notice.salesforce_access_token
        answer = requests.request(
            method,
            f"{self.notice.salesforce}/services/data/v{API_VERSION}/{path}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=_SECONDS,
            **options,
        )
        if check:
            answer.raise_for_status()
        return answer


def stage_of(sandbox: Sandbox) -> Stage:
    """Set the stage in a running sandbox."""
    return Stage(sandbox, notice_of(sandbox))
