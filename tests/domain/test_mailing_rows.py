"""What rows tell the marketing automations of bars and pauses: as of when Salesforce was last told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.changed_record import ChangedRecord
from chalicelib.domain.engagement import person_key
from chalicelib.domain.qualification import compile_model
from chalicelib.domain.sync_fields import SyncField
from chalicelib.domain.sync_rows import row_of
from tests.domain.builders import day
from tests.domain.past import Remembered
from tests.domain.presses import opted_in, playbook, told
from tests.domain.test_promotion import LIFECYCLE, RULES

WORDS = ("barred_lines", "paused_purposes")
KEYS = (person_key("email", "a@example.com"), person_key("lead", "00Q000000000001"))
RECORD = ChangedRecord("Lead", "00Q000000000001", day(2), values={"email": "a@example.com"})


@pytest.fixture
def past() -> Remembered:
    """A Lead who subscribed."""
    fields = tuple(SyncField(word, "smarketing", {"marketing_cloud": word}) for word in WORDS)
    model = replace(playbook(journeys=RULES, sync=fields), lifecycle=LIFECYCLE)
    past = Remembered(compile_model(model), now=day(2))
    past.tell(opted_in(0, keys=KEYS))
    return past


def row(past: Remembered) -> Mapping[str, Any]:
    (person,) = past.persons.values()
    return row_of(past.compiled, person, RECORD, "marketing_cloud", lambda _: {}).values


def happen(past: Remembered, kind: str, on: float, **attributes: str) -> None:
    past.now = day(on)
    past.tell(told(kind, on, keys=KEYS, **attributes))


def test_nothing_is_barred_and_nothing_waits(past: Remembered) -> None:
    assert row(past) == {"barred_lines": None, "paused_purposes": None}


def test_what_was_bought_is_told_until_its_bar_ends(past: Remembered) -> None:
    happen(past, "product_purchased", 3)
    assert row(past)["barred_lines"] == "presses"

    past.now = day(33)
    past.review()

    assert row(past)["barred_lines"] is None


def test_what_waits_is_told_until_the_pause_ends(past: Remembered) -> None:
    happen(past, "support_case_opened", 3, case="500A")
    assert row(past)["paused_purposes"] == "newsletter;contact_request"

    happen(past, "support_case_closed", 4, case="500A")

    assert row(past)["paused_purposes"] is None


def test_a_pause_that_nobody_ends_is_told_no_more_after_its_longest_time(past: Remembered) -> None:
    happen(past, "support_case_opened", 3, case="500A")
    (person,) = past.persons.values()
    assert person.due_at == past.now + RULES.pauses[0].longest
    past.now = person.due_at

    past.review()

    assert row(past)["paused_purposes"] is None


def test_a_row_does_not_change_by_being_looked_at(past: Remembered) -> None:
    happen(past, "support_case_opened", 3, case="500A")
    past.now = day(90)

    assert row(past)["paused_purposes"] == "newsletter;contact_request"
