"""Consents through the signed intake: what is taken, what is refused, and that docs/consent.md is true."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.consent import Consent, Subject, missing_evidence, withdrawal
from tests.routes.conftest import FrontDoor
from tests.routes.consents import CALL_ME

PAGE = (Path(__file__).parents[2] / "docs" / "consent.md").read_text(encoding="utf-8")
EXAMPLES = [json.loads(each) for each in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
TOLD = {"kind": "opted_in", "occurred_at": "2026-01-31T08:00:00Z", "keys": {"email": "ada@example.com"}}


def send(door: FrontDoor, **content: Any) -> Any:
    body = json.dumps({"engagements": [{"id": "1", **TOLD, **content}]})
    return door.signed("/intake/website", body).json_body


def consents(door: FrontDoor) -> tuple[Consent, ...]:
    (engagement,) = door.queue.engagements
    return engagement.consents


def test_a_consent_comes_with_its_proof(door: FrontDoor) -> None:
    send(door, consents=[CALL_ME | {"channel": "phone", "brand": "main"}])
    (consent,) = consents(door)
    assert consent.subject == Subject("phone", "contact_request", "main")
    assert (consent.kind, consent.basis) == ("confirmed", "contract")
    assert not missing_evidence(consent)


def test_channel_and_brand_may_be_left_out(door: FrontDoor) -> None:
    send(door, consents=[CALL_ME])
    assert consents(door)[0].subject == Subject("email", "contact_request", "")


def test_everything_may_be_withdrawn_at_once(door: FrontDoor) -> None:
    send(door, consents=[{"kind": "withdrawn", "purpose": "*", "brand": "*"}])
    assert consents(door) == (withdrawal(),)


def test_a_plain_opt_in_is_only_a_request(door: FrontDoor) -> None:
    send(door, opt_ins={"newsletter": True})
    assert [each.kind for each in consents(door)] == ["requested"]


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ("all", "consents"),
        (["newsletter"], "consents[0].consent"),
        ([{}], "consents[0].kind"),
        ([CALL_ME | {"kind": "granted"}], "consents[0].kind"),
        ([CALL_ME | {"basis": None}], "consents[0].basis"),
        ([CALL_ME | {"basis": "legitimate_interest"}], "consents[0].basis"),
        ([CALL_ME | {"kind": "withdrawn"}], "consents[0].basis"),
        ([CALL_ME | {"purpose": "*"}], "consents[0].purpose"),
        ([CALL_ME | {"brand": "*"}], "consents[0].brand"),
        ([CALL_ME | {"channel": "fax"}], "consents[0].channel"),
        ([CALL_ME, CALL_ME | {"evidence": {"shoe_size": "43"}}], "consents[1].evidence"),
        ([CALL_ME | {"evidence": {"document": 7}}], "consents[0].evidence.document"),
        ([CALL_ME | {"evidence": {"document": "x" * 501}}], "consents[0].evidence.document"),
        ([CALL_ME] * 21, "consents"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(door: FrontDoor, broken: Any, field: str) -> None:
    answer = send(door, consents=broken)
    assert answer["Message"].startswith(f"engagements[0].{field}: ")
    assert door.queue.bodies == []


def test_the_examples_of_the_page_are_taken(door: FrontDoor) -> None:
    for example in EXAMPLES:
        assert send(door, **example)["accepted"] == 1
    assert not missing_evidence(door.queue.engagements[-1].consents[0])
