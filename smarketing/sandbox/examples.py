"""Requests for a newcomer to try on the sandbox: signed, to copy and paste into a shell."""

import json
import shlex
from collections.abc import Mapping
from typing import Literal

from chalicelib.domain.instant import Instant, iso
from smarketing.sandbox.marketing_cloud import ens_signature
from smarketing.sandbox.notice import Notice
from smarketing.sandbox.signing import intake_headers

Sender = Literal["intake", "ens"]


def click(now: Instant) -> bytes:
    """An e-mail is sent to Anna and she clicks a link in it, as Marketing Cloud tells it."""
    composite = {"jobId": "4711", "batchId": "1", "listId": "12", "subscriberId": "1001", "emailId": "77"}
    common = {"mid": 7300412, "eid": 7300000, "definitionKey": "press-novelties", "composite": composite}
    sent = {"to": "anna.berger@pressteile-berger.example", "subscriberKey": "1001"}
    link = {"contentLink": "https://www.example.com/products/presses/brochure", "to": sent["to"]}
    events = [
        {
            "eventCategoryType": "TransactionalSendEvents.EmailSent",
            "timestampUTC": now - 60_000,
            "info": sent,
        },
        {"eventCategoryType": "EngagementEvents.EmailClick", "timestampUTC": now - 1_000, "info": link},
    ]
    return json.dumps([event | common for event in events]).encode()


def form(now: Instant) -> bytes:
    """Anna asks on the website for a demonstration of a press."""
    engagement = {
        "id": f"form-{now}",
        "kind": "demo_requested",
        "occurred_at": iso(Instant(now - 1_000)),
        "keys": {"email": "anna.berger@pressteile-berger.example"},
        "attributes": {"product_line": "presses", "form": "Request a demo"},
        "profile": {
            "first_name": "Anna",
            "last_name": "Berger",
            "company": "Pressteile Berger GmbH",
            "job_title": "Head of Production",
            "country": "DE",
        },
        "consents": [
            {
                "purpose": "contact_request",
                "channel": channel,
                "kind": "confirmed",
                "basis": "contract",
                "evidence": {"document": f"form-{now}"},
            }
            for channel in ("email", "phone")
        ],
    }
    return json.dumps({"engagements": [engagement]}).encode()


def signed_headers(notice: Notice, sender: Sender, body: bytes, now: Instant) -> dict[str, str]:
    """Give the headers with which a body is taken; those of the intake are good for five minutes of `now`."""
    if sender == "ens":
        signature = ens_signature(notice.keys["ens_signature_key"], body)
        return {"Content-Type": "application/json", "x-sfmc-ens-signature": signature}
    return intake_headers(notice.keys["intake_key_id"], notice.keys["intake_secret"], body, now // 1000)


def curl(url: str, headers: Mapping[str, str], body: str) -> str:
    """Write a request as a command line for curl; `body` is the text itself or `@` and its file."""
    parts = ["curl", "-sS", url, "--data-binary", body]
    for name, value in headers.items():
        parts += ["-H", f"{name}: {value}"]
    return shlex.join(parts)
