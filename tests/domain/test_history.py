"""How a history adds up."""

from dataclasses import replace

import pytest

from chalicelib.domain.consent import Standing, Subject, standing, withdrawal
from chalicelib.domain.decide import newcomer
from chalicelib.domain.engagement import EngagementId
from chalicelib.domain.history import retell, take
from chalicelib.domain.interest import PersonId
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import compile_model
from tests.domain.builders import day
from tests.domain.consents import permit
from tests.domain.presses import opted_in, playbook, told

COMPILED = compile_model(playbook())
NOBODY = newcomer(PersonId("P1"), COMPILED)

EVENTS = Subject("email", "events", "main")

STORY = (
    told("page_viewed", 1, profile={"city": "Ulm", "company": "Müller"}),
    opted_in(2),
    told("form_submitted", 2, profile={"city": "Aalen"}),
    told("demo_requested", 3),
    told("email_sent", 4, consents=[permit("newsletter")]),
)


def after(*story: object) -> Person:
    person = NOBODY
    for engagement in story:
        person = take(COMPILED, person, engagement)  # type: ignore[arg-type]
    return person


def test_the_newest_value_of_a_field_wins() -> None:
    person = after(*STORY)
    assert {field: fact.value for field, fact in person.profile.items()} == {
        "city": "Aalen",
        "company": "Müller",
    }


@pytest.mark.parametrize("order", [(True, False), (False, True)])
def test_of_grant_and_withdrawal_at_the_same_time_the_withdrawal_stands(order: tuple[bool, bool]) -> None:
    person = NOBODY
    for number, granted in enumerate(order):
        consent = permit("events") if granted else withdrawal(purpose="events")
        opting = told("opted_in", 1, consents=[consent])
        person = take(COMPILED, person, replace(opting, id=EngagementId(f"{number:032x}")))
    assert standing(person.consents, EVENTS) == Standing("withdrawn", None, day(1))


def test_a_grant_that_is_newer_than_the_withdrawal_counts() -> None:
    person = after(
        told("opted_out", 1, consents=[withdrawal(purpose="events")]),
        told("opted_in", 2, consents=[permit("events")]),
    )
    assert standing(person.consents, EVENTS) == Standing("granted", "double_opt_in", day(2))


def test_a_raised_hand_is_kept_with_its_gate_and_product_line() -> None:
    raised = after(*STORY).hand_raises[("demo_request", "presses")]
    assert (raised.kind, raised.at) == ("demo_requested", day(3))


def test_the_last_touchpoint_is_one_that_sales_sees() -> None:
    assert after(*STORY).last_touchpoint == STORY[3].position


def test_an_unheard_of_kind_is_counted_but_never_scored() -> None:
    person = after(told("meteor_seen", 1))
    assert (person.engagements, person.score.buckets) == (1, {})


def test_telling_it_again_from_anywhere_gives_the_same() -> None:
    assert retell(COMPILED, after(*STORY), reversed(STORY)) == after(*STORY)
