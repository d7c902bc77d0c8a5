"""Commands as the worker makes them, for tests to vary."""

from typing import Any

from chalicelib.domain.command import Command
from chalicelib.domain.instant import Instant, parse_instant
from chalicelib.domain.interest import PersonId

NOON: Instant = parse_instant("2026-03-01T12:00:00Z")
KNOWN = {"lead_id": None, "contact_id": None}


def person_id(number: int = 1) -> PersonId:
    return PersonId(f"01J{number:023d}")


def person(number: int = 1, version: int = 1, **fields: Any) -> Command:
    """A person that Salesforce doesn't know, unless an id is given."""
    whole = {
        **KNOWN,
        "email": f"person{number}@example.org",
        "first_name": "Jürgen",
        "last_name": f"Weiß {number}",
        "company": "Maschinenbau Müller GmbH",
        "score": 61.25,
        "grade": "B+",
        "stage": "mql",
        "explanation": "<p>Score 61.3</p>",
        "last_touchpoint_at": NOON,
        "opt_in_newsletter": True,
        "opt_in_product_news": False,
        "subscription_newsletter": "subscribed",
        "subscription_product_news": "requested",
    }
    return Command("person", person_id(number), person_id(number), version, {**whole, **fields})


def interest(number: int = 1, version: int = 1, **fields: Any) -> Command:
    """An interest that was just opened."""
    key = f"{person_id(number)}-presses-1"
    whole = {
        **KNOWN,
        "interest_id": key,
        "person_id": person_id(number),
        "product_line": "presses",
        "stage": "mql",
        "gate": "demo_request",
        "opened_at": NOON,
        "changed_at": NOON,
        "score": 61.25,
        "grade": "B+",
        "explanation": "<p>Score 61.3</p>",
        "reason": None,
    }
    return Command("interest", key, person_id(number), version, {**whole, **fields})


def touchpoint(number: int = 1, person: int = 1, version: int = 1, **fields: Any) -> Command:
    """A touchpoint of a Contact."""
    key = f"{number:032x}"
    whole = {
        "engagement_id": key,
        "person_id": person_id(person),
        "lead_id": None,
        "contact_id": "003000000000001",
        "kind": "email_clicked",
        "label": "Clicked an e-mail",
        "occurred_at": NOON,
        "source": "marketing_cloud",
        "product_line": "presses",
        "subject": None,
    }
    return Command("touchpoint", key, person_id(person), version, {**whole, **fields})
