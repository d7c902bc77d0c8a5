"""The story of a handoff from end to end on the sandbox, over HTTP alone, as the command plays it."""

import json
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def chapters() -> list[dict[str, Any]]:
    """What the systems hold at the end of each chapter."""
    command = [sys.executable, "-m", "smarketing.cli", "demo", "--story", "handoff", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=True)
    return [chapter["facts"] for chapter in json.loads(done.stdout)]


def test_a_click_qualifies_who_read_enough_before(chapters: list[dict[str, Any]]) -> None:
    reads, clicks, *_ = chapters
    assert reads == {"leads_in_salesforce": 0}
    assert clicks == {"stage": "mql", "gate": "strong_interest", "owner": "Sales Support"}


def test_only_what_sales_support_completed_goes_to_a_rep_with_the_reason(
    chapters: list[dict[str, Any]],
) -> None:
    passed = chapters[2]
    assert passed["refused"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert (passed["stage"], passed["owner"]) == ("sql", "Vera Verkauf")
    assert passed["why"][-1].startswith("It is your turn")


def test_a_rejection_reaches_marketing_and_rests_as_its_reason_says(chapters: list[dict[str, Any]]) -> None:
    rejected, rests = chapters[3:5]
    assert (rejected["stage"], rejected["reason"]) == ("rejected", "no_budget")
    assert rejected["account_engagement"] == "no_budget"
    assert rests == {"interests": 1}


def test_what_is_new_after_the_rest_is_handed_over_again_to_whose_turn_it_is(
    chapters: list[dict[str, Any]],
) -> None:
    again, accepted = chapters[5:7]
    assert (again["stage"], again["owner"]) == ("sql", "Anton Abschluss")
    assert accepted == {"accepted_in_time": True}


def test_an_opportunity_takes_the_interest_along_and_holds_advertising_back(
    chapters: list[dict[str, Any]],
) -> None:
    assert chapters[7] == {
        "stage": "opportunity",
        "on_contact_and_account": True,
        "has_opportunity": True,
        "journey": "wait: paused",
    }


def test_a_purchase_ends_the_promotion_in_both_automations(chapters: list[dict[str, Any]]) -> None:
    bought = chapters[8]
    assert bought["stage"] == "customer"
    assert (bought["in_journey_before"], bought["in_journey"]) == (True, False)
    assert (bought["lists"], bought["journey"]) == ([2], "stop: bought")


def test_a_customer_s_other_interest_is_cross_sell_and_no_new_lead(chapters: list[dict[str, Any]]) -> None:
    assert chapters[9] == {
        "stage": "mql",
        "on_contact_and_account": True,
        "record_type": "Cross_Sell",
        "new_leads": 0,
    }


def test_a_story_that_nobody_wrote_is_refused() -> None:
    command = [sys.executable, "-m", "smarketing.cli", "demo", "--story", "romance"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, "--story: 'romance' is none of handoff\n")
