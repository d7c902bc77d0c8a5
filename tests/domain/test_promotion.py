"""A purchase, however it shows, ends the promotion of what was bought; nobody forgets it."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.change import Change
from chalicelib.domain.command import Command
from chalicelib.domain.engagement import person_key
from chalicelib.domain.history import retell
from chalicelib.domain.instant import DAY, Duration
from chalicelib.domain.interest import PersonId
from chalicelib.domain.journey_rules import JourneyRules, Pause, Promotion
from chalicelib.domain.may_send import barred_lines
from chalicelib.domain.model import Lifecycle, OutcomeStep, Transition
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled, compile_model
from tests.domain.builders import day
from tests.domain.past import Remembered
from tests.domain.presses import opted_in, playbook, told

PAUSE = Pause(
    "support_case",
    frozenset({"support_case_opened"}),
    frozenset({"support_case_closed"}),
    "case",
    frozenset(),
    Duration(20 * DAY),
)
RULES = JourneyRules(
    bought=frozenset({"product_purchased"}),
    bought_stages=frozenset({"customer"}),
    promotions={"presses": Promotion(Duration(30 * DAY), ("novelties",), ("1",), "2")},
    pauses=(PAUSE,),
)
STEPS = {("mql", "sql"), ("sql", "customer"), ("sql", "rejected"), ("mql", "rejected")}
LIFECYCLE = Lifecycle(
    stages=("inquiry", "mql", "sql", "customer", "rejected"),
    closed=frozenset({"customer", "rejected"}),
    transitions=frozenset(Transition(*each) for each in STEPS),
    handoff_stage="mql",
    outcomes={"opportunity_won": OutcomeStep("customer"), "opportunity_lost": OutcomeStep("rejected")},
)
EMAIL = person_key("email", "a@example.com")


def compiled(**changes: Any) -> Compiled:
    return compile_model(replace(playbook(journeys=replace(RULES, **changes)), lifecycle=LIFECYCLE))


@pytest.fixture
def past() -> Remembered:
    return Remembered(compiled(), now=day(2))


def bought(on: float = 2, **more: Any) -> Change | Any:
    return told("product_purchased", on, **more)


def promotions(change: Change) -> list[Command]:
    return [each for each in change.commands if each.record == "promotion"]


def barred(person: Person, on: float) -> set[str]:
    return set(barred_lines(RULES, person.mailing, day(on)))


def customer(past: Remembered, on: float = 2) -> Change:
    """Somebody whose interest in presses was won."""
    past.now = day(1)
    past.tell(opted_in(0))
    past.tell(told("demo_requested", 1))
    past.now = day(on)
    past.tell(told("opportunity_opened", 1.5, opportunity="006000000000001"))
    return past.tell(told("opportunity_won", on, opportunity="006000000000001"))


def test_a_purchase_is_told_to_the_automations_at_once(past: Remembered) -> None:
    [command] = promotions(past.tell(bought(keys=[EMAIL, person_key("prospect", "7")])))

    assert (command.fields["product_line"], command.fields["barred"]) == ("presses", True)
    assert (command.fields["prospect_id"], command.fields["email"]) == ("7", "a@example.com")


def test_a_purchase_is_told_once(past: Remembered) -> None:
    past.tell(bought())

    assert promotions(past.tell(told("page_viewed", 2.5))) == []
    assert promotions(past.tell(bought(2.6))) == []


def test_a_won_opportunity_is_a_purchase(past: Remembered) -> None:
    change = customer(past)

    assert change.person.interests["presses"].stage == "customer"
    assert [each.fields["barred"] for each in promotions(change)] == [True]
    assert barred(change.person, 31) == {"presses"}


def test_an_interest_that_opens_later_does_not_hide_the_purchase(past: Remembered) -> None:
    customer(past)
    past.now = day(20)

    change = past.tell(told("demo_requested", 20))

    assert change.person.interests["presses"].number == 2
    assert barred(change.person, 21) == {"presses"}


def test_a_history_that_is_told_again_keeps_the_purchase(past: Remembered) -> None:
    person = customer(past).person

    again = retell(past.compiled, person, past.history(person))

    assert again.mailing == person.mailing


def test_a_win_that_is_told_to_be_none_is_no_purchase(past: Remembered) -> None:
    """The loss came first, though we heard of it last: a rejected interest is not won any more."""
    customer(past)

    change = past.tell(told("opportunity_lost", 1.8, opportunity="006000000000001"))

    assert change.person.interests["presses"].stage == "rejected"
    assert barred(change.person, 3) == set()
    assert [each.fields["barred"] for each in promotions(change)] == [False]


def test_of_two_persons_who_are_one_the_later_purchase_counts(past: Remembered) -> None:
    """One won by an opportunity, one told by the shop; when they meet, both are the survivor's."""
    customer(past)
    other = person_key("email", "b@example.com")
    past.now = day(12)
    past.tell(bought(12, keys=[other]), new="P2")
    past.now = day(13)

    person = past.tell(told("page_viewed", 13, keys=[EMAIL, other])).person

    assert person.id == PersonId("P1")
    assert barred(person, 41) == {"presses"}
    assert barred(person, 42) == set()


def test_who_is_absorbed_brings_along_what_they_won(past: Remembered) -> None:
    past.tell(told("page_viewed", 0.5, keys=[person_key("email", "b@example.com")]), new="P0")
    customer(past)

    person = past.tell(told("page_viewed", 2, keys=[EMAIL, person_key("email", "b@example.com")])).person

    assert person.id == PersonId("P0")
    assert barred(person, 31) == {"presses"}


def test_a_prospect_that_comes_to_be_later_is_told_too(past: Remembered) -> None:
    past.tell(bought())

    [command] = promotions(past.tell(told("record_changed", 2, keys=[EMAIL, person_key("prospect", "7")])))

    assert (command.fields["barred"], command.fields["prospect_id"]) == (True, "7")


def test_persons_who_are_one_are_told_again_with_all_their_records(past: Remembered) -> None:
    other = person_key("email", "b@example.com")
    past.tell(bought())
    past.tell(told("page_viewed", 1, keys=[other, person_key("prospect", "7")]), new="P2")

    [command] = promotions(past.tell(told("page_viewed", 2, keys=[EMAIL, other])))

    assert (command.fields["barred"], command.fields["prospect_id"]) == (True, "7")


def test_a_bar_that_is_over_is_lifted_at_the_review(past: Remembered) -> None:
    bar_ends = past.tell(bought()).person.due_at
    assert bar_ends == day(32)
    past.now = bar_ends

    change = past.review()

    assert [each.fields["barred"] for each in promotions(change)] == [False]
    assert promotions(past.review()) == []


def test_another_purchase_bars_on(past: Remembered) -> None:
    past.tell(bought())
    past.now = day(10)
    past.tell(bought(10))
    past.now = day(32)

    change = past.review()

    assert promotions(change) == []
    assert change.person.due_at == day(40)


def test_a_playbook_that_names_other_lists_has_them_told(past: Remembered) -> None:
    past.tell(bought())
    past.compiled = compiled(promotions={"presses": Promotion(Duration(30 * DAY), ("novelties",), ("9",))})

    assert [each.fields["barred"] for each in promotions(past.review())] == [True]


def test_a_promotion_that_the_playbook_lets_go_of_is_lifted(past: Remembered) -> None:
    past.tell(bought())
    past.compiled = compiled(promotions={})

    assert [each.fields["barred"] for each in promotions(past.review())] == [False]


def test_a_purchase_of_what_nobody_promotes_tells_nothing(past: Remembered) -> None:
    assert promotions(past.tell(bought(product_line="lasers"))) == []


def test_a_pause_that_nobody_ends_is_looked_at_again(past: Remembered) -> None:
    change = past.tell(told("support_case_opened", 2, case="500A"))

    assert change.person.due_at == day(22)


def test_what_begins_a_pause_reaches_salesforce_though_sales_does_not_see_it(past: Remembered) -> None:
    """The push into the automations goes by the records that changed."""
    past.tell(told("lead_created", 0, keys=[EMAIL, person_key("lead", "00Q000000000001")]))

    change = past.tell(told("support_case_opened", 2, case="500A"))

    assert [each.record for each in change.commands] == ["person"]
    assert change.person.told_at == day(2)
