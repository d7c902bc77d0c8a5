"""Which Tasks and Events are sales' own touchpoints, by the default playbook."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.activity import Activity, ActivityTerms, touchpoint_of
from chalicelib.domain.engagement import Engagement, person_key
from chalicelib.playbook.activities_source import activity_terms
from smarketing.playbook_files import read_playbook
from tests.domain.builders import day

REP = "0055g00000AbCdEAAV"
LEAD = person_key("lead", "00Q5g00000AbCdE")


@pytest.fixture(scope="module")
def terms() -> ActivityTerms:
    return activity_terms(read_playbook().activities)


def task(**values: Any) -> Activity:
    """A Task that was completed on day 1."""
    made = Activity(
        form="task", id="00T5g00000AbCdE", of=LEAD, occurred_at=day(1), over_at=day(1), channel="none"
    )
    return replace(made, **values)


def meeting(**values: Any) -> Activity:
    """A meeting that began on day 1 and ended on day 2."""
    return replace(task(form="event", id="00U5g00000AbCdE", over_at=day(2)), **values)


def told(terms: ActivityTerms, activity: Activity, on: float = 3) -> Engagement | None:
    return touchpoint_of(terms, activity, day(on))


def kind(terms: ActivityTerms, activity: Activity, on: float = 3) -> str | None:
    engagement = told(terms, activity, on)
    return None if engagement is None else engagement.kind


def test_a_call_tells_its_user_subject_and_what_it_is_about(terms: ActivityTerms) -> None:
    call = task(
        channel="call", owner=REP, subject="Asked for a quote", product_line="presses", opportunity="006"
    )

    engagement = told(terms, call)

    assert engagement is not None
    assert (engagement.kind, engagement.occurred_at, engagement.keys) == ("sales_called", day(1), (LEAD,))
    assert engagement.attributes == {
        "actor": REP,
        "subject": "Asked for a quote",
        "product_line": "presses",
        "opportunity": "006",
    }


@pytest.mark.parametrize(
    ("activity", "expected"),
    [
        (task(channel="email"), "sales_emailed"),
        (task(type="call"), "sales_called"),
        (task(type="Anruf"), "sales_called"),
        (task(type="E-Mail"), "sales_emailed"),
        (task(type="Besprechung"), "sales_met"),
        (task(channel="call", type="Meeting"), "sales_called"),
        (meeting(), "sales_met"),
        (meeting(type="Call"), "sales_called"),
        (meeting(type="Other"), "sales_met"),
    ],
)
def test_the_kind_follows_the_subtype_then_the_type(
    terms: ActivityTerms, activity: Activity, expected: str
) -> None:
    assert kind(terms, activity) == expected


@pytest.mark.parametrize(
    "activity",
    [
        task(subject="Take over the interest in presses"),
        task(subject="Overdue: interest in presses"),
        task(type="Other"),
        task(channel="other", type="Email"),
        task(channel="email", subject="Pardot List Email: Spring news", type="Email"),
        task(type="Email", created_by="b2bmaintegration@00d610000007e9qeau.ext"),
        meeting(subject="Canceled: Demo"),
        meeting(subject=" abgesagt: Vorführung"),
    ],
)
def test_what_is_on_a_list_or_was_logged_by_an_automation_is_none_of_sales_doing(
    terms: ActivityTerms, activity: Activity
) -> None:
    assert told(terms, activity) is None


def test_an_open_task_tells_nothing(terms: ActivityTerms) -> None:
    assert told(terms, task(channel="call", over_at=None)) is None


@pytest.mark.parametrize(("on", "expected"), [(1.99, None), (2, "sales_met")])
def test_a_meeting_tells_once_it_is_over(terms: ActivityTerms, on: float, expected: str | None) -> None:
    assert kind(terms, meeting(), on) == expected


def test_whatever_becomes_of_it_later_it_is_the_same_engagement(terms: ActivityTerms) -> None:
    ids = {
        engagement.id
        for each in (
            task(channel="call"),
            task(channel="call", subject="Corrected", occurred_at=day(2), over_at=day(2)),
        )
        if (engagement := told(terms, each))
    }

    assert len(ids) == 1


def test_a_playbook_that_says_nothing_of_activities_knows_calls_mails_and_meetings() -> None:
    nothing = ActivityTerms()

    kinds = [kind(nothing, each) for each in (task(channel="call"), task(channel="email"), meeting())]

    assert kinds == ["sales_called", "sales_emailed", "sales_met"]
    assert told(nothing, task(type="Call", subject="Pardot List Email: x")) is None
