"""Whether a person may get a mailing now: consent, what they bought, what is going on, how much they got."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.engagement import Engagement
from chalicelib.domain.instant import DAY, Duration
from chalicelib.domain.interest import InterestId
from chalicelib.domain.journey_rules import Cap, JourneyRules, Pause, Promotion
from chalicelib.domain.mailing_state import MOST_GOING_ON, MailingState, take
from chalicelib.domain.may_send import Answer, Hindrance, may_send, next_mailing_change, paused_purposes
from chalicelib.domain.model import Purpose
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled, compile_model
from tests.domain.builders import day, person
from tests.domain.presses import playbook, told

PURPOSE = "contact_request"
NEGOTIATION = Pause(
    name="open_opportunity",
    begins=frozenset({"opportunity_opened"}),
    ends=frozenset({"opportunity_won", "opportunity_lost"}),
    named_by="opportunity",
    purposes=frozenset(),
    longest=Duration(90 * DAY),
)
CASE = Pause(
    name="support_case",
    begins=frozenset({"support_case_opened"}),
    ends=frozenset({"support_case_closed"}),
    named_by="case",
    purposes=frozenset({"newsletter"}),
    longest=Duration(30 * DAY),
)
RULES = JourneyRules(
    bought=frozenset({"product_purchased"}),
    bought_stages=frozenset({"customer"}),
    promotions={"presses": Promotion(Duration(30 * DAY)), "lasers": Promotion()},
    pauses=(NEGOTIATION,),
    cap=Cap(2, Duration(7 * DAY), Duration(DAY), frozenset({"email_sent"})),
)


def compiled(**changes: Any) -> Compiled:
    return compile_model(playbook(journeys=replace(RULES, **changes)))


def after(*engagements: Engagement, rules: JourneyRules = RULES) -> MailingState:
    state = MailingState()
    for each in engagements:
        state = take(rules, state, each, str(each.attributes.get("product_line") or "") or None)
    return state


def someone(*engagements: Engagement, rules: JourneyRules = RULES, **more: Any) -> Person:
    return replace(person(**more), mailing=after(*engagements, rules=rules))


def answer(who: Person | None, on: float, line: str = "", **changes: Any) -> Answer:
    return may_send(compiled(**changes), who, PURPOSE, line, day(on))


def bought(on: float, line: str = "presses") -> Engagement:
    return told("product_purchased", on, product_line=line)


def opened(on: float, name: str = "006A") -> Engagement:
    return told("opportunity_opened", on, opportunity=name)


def sent(on: float, name: str = "") -> Engagement:
    return told("email_sent", on, name=name)


def test_who_permitted_it_and_has_nothing_in_the_way_gets_it() -> None:
    assert answer(someone(), 1) == Answer()


@pytest.mark.parametrize("who", [None, someone(opted_in=False)])
def test_without_consent_nobody_gets_anything(who: Person | None) -> None:
    assert answer(who, 1).hindrance == "no_consent"


def test_a_purpose_that_the_playbook_does_not_know_is_no_consent() -> None:
    assert may_send(compiled(), someone(), "horoscopes", "", day(1)).hindrance == "no_consent"


def test_what_was_bought_is_not_promoted_for_a_while() -> None:
    buyer = someone(bought(1))

    assert answer(buyer, 30, "presses") == Answer("bought", day(31), "presses")
    assert answer(buyer, 31, "presses").allowed


def test_a_bar_without_an_end_stays() -> None:
    assert answer(someone(bought(1, "lasers")), 10_000, "lasers") == Answer("bought", None, "lasers")


def test_another_product_line_may_be_promoted() -> None:
    assert answer(someone(bought(1)), 2, "lasers").allowed


def test_an_interest_that_was_won_bars_as_a_purchase_does() -> None:
    customer = replace(person(), mailing=MailingState(won={InterestId("P1-presses-1"): day(1)}))

    assert answer(customer, 30, "presses") == Answer("bought", day(31), "presses")


def test_of_a_purchase_and_a_won_interest_the_later_one_counts() -> None:
    won = {InterestId("P1-presses-1"): day(1), InterestId("P2-presses-1"): day(9)}
    customer = replace(person(), mailing=replace(after(bought(5)), won=won))

    assert answer(customer, 30, "presses").until == day(39)


def test_an_open_opportunity_pauses_until_it_is_decided() -> None:
    negotiating = someone(opened(1))

    assert answer(negotiating, 2) == Answer("paused", day(91), "open_opportunity")
    assert answer(someone(opened(1), told("opportunity_lost", 3, opportunity="006A")), 4).allowed


def test_of_two_opportunities_each_pauses_by_itself() -> None:
    both = someone(opened(1), opened(2, "006B"), told("opportunity_won", 3, opportunity="006A"))

    assert answer(both, 4) == Answer("paused", day(92), "open_opportunity")


def test_an_opportunity_is_the_same_in_either_length_of_its_id() -> None:
    short, long = "0065g00000AbCdE", "0065g00000AbCdEAAX"

    assert answer(someone(opened(1, short), told("opportunity_won", 3, opportunity=long)), 4).allowed


def test_what_nobody_ended_is_over_after_its_longest_time() -> None:
    assert answer(someone(opened(1)), 91).allowed


def test_a_pause_that_names_purposes_lets_the_others_through() -> None:
    rules = (replace(NEGOTIATION, purposes=frozenset({"newsletter"})),)

    assert answer(someone(opened(1)), 2, pauses=rules).allowed


def test_a_pause_tells_the_purposes_of_mailings_that_wait() -> None:
    rules = replace(RULES, pauses=(CASE,))
    events = Purpose("events", "Events", contactable=False)
    model = playbook(journeys=rules)
    with_events = compile_model(replace(model, purposes=(*model.purposes, events)))
    troubled = after(told("support_case_opened", 1, case="500A"), rules=rules)

    assert paused_purposes(with_events, troubled, day(2)) == ("newsletter",)
    assert paused_purposes(with_events, troubled, day(31)) == ()


def test_the_next_change_is_the_end_of_a_bar_or_of_a_pause_that_nobody_ends() -> None:
    troubled = someone(bought(1), bought(1, "lasers"), opened(2), opened(5, "006B"))

    assert sorted(next_mailing_change(compiled(), troubled, day(6))) == [day(31), day(95)]
    assert list(next_mailing_change(compiled(), troubled, day(95))) == []


def test_at_the_cap_it_waits_until_the_oldest_counts_no_more() -> None:
    tired = someone(sent(1), sent(3))

    assert answer(tired, 4) == Answer("cap", day(8))
    assert answer(tired, 8).allowed


def test_an_exempt_purpose_goes_out_above_the_cap() -> None:
    assert RULES.cap is not None
    cap = replace(RULES.cap, most=1, exempt=frozenset({PURPOSE}))

    assert answer(someone(sent(1), sent(2)), 3, cap=cap).allowed


def test_who_asks_again_for_the_same_mailing_has_their_place_under_the_cap() -> None:
    permitted = told("mailing_permitted", 3)
    tired = someone(sent(1), permitted)

    assert answer(tired, 3.1).hindrance == "cap"
    assert may_send(compiled(), tired, PURPOSE, "", day(3.1), permitted.id).allowed


def test_a_permission_is_worth_nothing_once_the_line_is_bought() -> None:
    permitted = told("mailing_permitted", 3)
    buyer = someone(permitted, bought(3.05))

    assert may_send(compiled(), buyer, PURPOSE, "presses", day(3.1), permitted.id).hindrance == "bought"


@pytest.mark.parametrize(
    ("hindrance", "branch"),
    [
        (None, "send"),
        ("no_consent", "stop"),
        ("bought", "stop"),
        ("paused", "wait"),
        ("cap", "wait"),
        ("unavailable", "wait"),
    ],
)
def test_a_journey_waits_for_what_ends_by_itself_and_stops_otherwise(
    hindrance: Hindrance | None, branch: str
) -> None:
    assert Answer(hindrance).branch == branch


def test_of_hundreds_of_cases_those_are_kept_that_changed_last() -> None:
    rules = replace(RULES, pauses=(CASE,))
    cases = [told("support_case_opened", on, case=f"500{on}") for on in range(MOST_GOING_ON + 9)]

    state = after(*cases, rules=rules)

    assert len(state.running) == MOST_GOING_ON
    assert ("support_case", f"500{MOST_GOING_ON + 8}") in state.running


HISTORIES = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "email_sent",
                "mailing_permitted",
                "product_purchased",
                "opportunity_opened",
                "opportunity_won",
            )
        ),
        st.integers(0, 60),
        st.sampled_from(("a", "b")),
    ),
    max_size=25,
)


@given(HISTORIES, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(history: list[tuple[str, int, str]], chance: Any) -> None:
    in_order = [told(kind, on, name=name, opportunity=name) for kind, on, name in history]
    shuffled = [*in_order, *in_order[: len(in_order) // 2]]
    chance.shuffle(shuffled)

    assert after(*shuffled) == after(*in_order)
