"""Whether a person may get a mailing now: consent, what they bought, what is going on, how much they got."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.engagement import Engagement
from chalicelib.domain.instant import DAY, HOUR, Duration, Instant
from chalicelib.domain.journey_rules import Cap, JourneyRules, Pause, Promotion
from chalicelib.domain.mailing_state import MailingState, take
from chalicelib.domain.may_send import Answer, cap_free_at, may_send
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled, compile_model
from tests.domain.builders import day, person
from tests.domain.presses import playbook, told

PURPOSE = "contact_request"
RULES = JourneyRules(
    bought=frozenset({"product_purchased"}),
    promotions={"presses": Promotion(Duration(30 * DAY)), "lasers": Promotion()},
    pauses=(
        Pause(
            "open_opportunity",
            frozenset({"opportunity_opened"}),
            frozenset({"opportunity_won", "opportunity_lost"}),
            "opportunity",
            frozenset(),
            Duration(90 * DAY),
        ),
    ),
    cap=Cap(2, Duration(7 * DAY), frozenset({"email_sent"})),
)


def compiled(**changes: Any) -> Compiled:
    return compile_model(playbook(journeys=replace(RULES, **changes)))


def after(*engagements: Engagement, rules: JourneyRules = RULES) -> MailingState:
    state = MailingState()
    for each in engagements:
        state = take(rules, state, each, str(each.attributes.get("product_line") or "") or None)
    return state


def someone(*engagements: Engagement, **more: Any) -> Person:
    return replace(person(**more), mailing=after(*engagements))


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


def test_what_was_bought_is_not_promoted_for_a_while() -> None:
    buyer = someone(bought(1))

    assert answer(buyer, 30, "presses") == Answer("bought", day(31), "presses")
    assert answer(buyer, 31, "presses").allowed


def test_a_bar_without_an_end_stays() -> None:
    assert answer(someone(bought(1, "lasers")), 10_000, "lasers") == Answer("bought", None, "lasers")


def test_another_product_line_may_be_promoted() -> None:
    assert answer(someone(bought(1)), 2, "lasers").allowed


def test_an_open_opportunity_pauses_until_it_is_decided() -> None:
    negotiating = someone(opened(1))

    assert answer(negotiating, 2) == Answer("paused", day(91), "open_opportunity")
    assert answer(someone(opened(1), told("opportunity_lost", 3, opportunity="006A")), 4).allowed


def test_of_two_opportunities_each_pauses_by_itself() -> None:
    both = someone(opened(1), opened(2, "006B"), told("opportunity_won", 3, opportunity="006A"))

    assert answer(both, 4).hindrance == "paused"


def test_what_nobody_ended_is_over_after_its_longest_time() -> None:
    assert answer(someone(opened(1)), 91).allowed


def test_a_pause_that_names_purposes_lets_the_others_through() -> None:
    [pause] = RULES.pauses
    rules = (replace(pause, purposes=frozenset({"newsletter"})),)

    assert answer(someone(opened(1)), 2, pauses=rules).allowed


def test_at_the_cap_it_waits_until_the_oldest_counts_no_more() -> None:
    tired = someone(sent(1), sent(3))

    assert answer(tired, 4) == Answer("cap", day(8))
    assert answer(tired, 8).allowed


def test_an_exempt_purpose_goes_out_above_the_cap() -> None:
    cap = Cap(1, Duration(7 * DAY), frozenset({"email_sent"}), frozenset({PURPOSE}))

    assert answer(someone(sent(1), sent(2)), 3, cap=cap).allowed


HISTORIES = st.lists(
    st.tuples(
        st.sampled_from(("email_sent", "product_purchased", "opportunity_opened", "opportunity_won")),
        st.integers(0, 60),
        st.sampled_from(("a", "b")),
    ),
    max_size=25,
)


def engagements(history: Sequence[tuple[str, int, str]]) -> list[Engagement]:
    return [told(kind, on, name=name, opportunity=name) for kind, on, name in history]


@given(HISTORIES, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(history: list[tuple[str, int, str]], chance: Any) -> None:
    in_order = engagements(history)
    shuffled = [*in_order, *in_order[: len(in_order) // 2]]
    chance.shuffle(shuffled)

    assert after(*shuffled) == after(*in_order)


@given(st.lists(st.integers(0, 40 * 24), max_size=40, unique=True))
def test_whoever_asks_first_never_exceeds_the_cap(hours: list[int]) -> None:
    state, went_out = MailingState(), []
    assert RULES.cap is not None
    for hour in sorted(hours):
        at = Instant(day(0) + hour * HOUR)
        if cap_free_at(RULES, state, PURPOSE, at) is None:
            went_out.append(at)
            state = take(RULES, state, sent(hour / 24, str(hour)), None)
    for at in went_out:
        window = [each for each in went_out if at - RULES.cap.within < each <= at]
        assert len(window) <= RULES.cap.most
