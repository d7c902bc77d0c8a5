"""A delivery over HTTP that is broken off around any request leaves the org as if nothing had happened."""

from collections.abc import Collection
from typing import Any

import pytest
import requests

from chalicelib.gateways.salesforce.lookalikes import Lookalikes
from tests.gateways.salesforce.emulated_org import EmulatedOrg, emulated_org
from tests.services.whole_way import Saboteur, WholeWay
from tests.services.world import opted_in, told

PROFILE = {"last_name": "Weiß", "company": "Maschinenbau Müller"}
OBJECTS = ("Lead", "Interest__c", "Touchpoint__c")


def records(org: EmulatedOrg) -> dict[str, list[dict[str, Any]]]:
    """All that the org holds of people."""
    return {name: org.find(name, "IsDeleted", False) for name in OBJECTS}


def click_to_handoff(points: Collection[int] = ()) -> tuple[dict[str, list[dict[str, Any]]], int]:
    """Let somebody become a Lead with an interest, then act again; gives the end and the moments passed."""
    saboteur = Saboteur(points)
    send = requests.Session.send

    def watched(*arguments: Any, **named: Any) -> requests.Response:
        saboteur.reach()
        answer = send(*arguments, **named)
        saboteur.reach()
        return answer

    with emulated_org() as org, pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.Session, "send", watched)
        way = WholeWay(crm=org.gateway(), lookalikes=Lookalikes(org.rest()))
        way.tell(opted_in(97, profile=PROFILE), told(on=98), told("demo_requested", 99))
        way.tell(told("form_submitted", 99.5))
        assert way.world.keys_of_items("OUTBOX#") == way.world.keys_of_items("PARKED#") == []
        return records(org), saboteur.passed


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, list[dict[str, Any]]]:
    return click_to_handoff()[0]


def test_the_undisturbed_way_makes_a_lead_an_interest_and_touchpoints(
    undisturbed: dict[str, list[dict[str, Any]]],
) -> None:
    assert {name: len(found) for name, found in undisturbed.items()} == {
        "Lead": 1,
        "Interest__c": 1,
        "Touchpoint__c": 3,
    }


@pytest.mark.parametrize("point", range(click_to_handoff()[1]))
def test_one_crash_around_a_request_changes_nothing(
    point: int, undisturbed: dict[str, list[dict[str, Any]]]
) -> None:
    assert click_to_handoff([point])[0] == undisturbed
