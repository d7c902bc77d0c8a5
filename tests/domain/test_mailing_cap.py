"""How many mailings count: what went out, and what journeys may send but have not been heard of yet."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.engagement import Engagement
from chalicelib.domain.instant import DAY, HOUR, Duration, Instant
from chalicelib.domain.journey_rules import Cap, JourneyRules
from chalicelib.domain.mailing_cap import cap_free_at, unused
from chalicelib.domain.mailing_state import MailingState, take
from tests.domain.builders import day
from tests.domain.presses import told

CAP = Cap(2, Duration(7 * DAY), Duration(DAY), frozenset({"email_sent"}))
RULES = JourneyRules(cap=CAP)
JOURNEYS, LISTS = "marketing_cloud", "account_engagement"


def sent(on: float, source: str = JOURNEYS, name: str = "") -> Engagement:
    return replace(told("email_sent", on, name=f"{source} {name}"), source=source)


def permitted(on: float, name: str = "") -> Engagement:
    return replace(told("mailing_permitted", on, name=name), source=JOURNEYS)


def after(*engagements: Engagement) -> MailingState:
    state = MailingState()
    for each in engagements:
        state = take(RULES, state, each, None)
    return state


def free_at(on: float, *engagements: Engagement) -> Instant | None:
    return cap_free_at(RULES, after(*engagements), "newsletter", day(on))


def test_below_the_cap_the_next_one_may_go_out() -> None:
    assert free_at(2, sent(1)) is None


def test_mailings_of_both_automations_count() -> None:
    assert free_at(3, sent(1), sent(2, LISTS)) == day(8)


def test_a_permission_counts_before_its_mailing_is_told() -> None:
    assert free_at(3.1, sent(1), permitted(3)) == day(4)


def test_a_permission_whose_mailing_never_came_counts_no_more() -> None:
    assert free_at(4, sent(1), permitted(3)) is None


def test_a_mailing_takes_the_place_of_its_permission() -> None:
    assert free_at(3.2, permitted(3), sent(3.1)) is None
    assert free_at(3.2, sent(1), permitted(3), sent(3.1)) == day(8)


def test_a_mailing_uses_up_the_oldest_permission() -> None:
    assert unused(CAP, after(permitted(3), permitted(3.1, "b"), sent(3.2))) == [day(3.1)]


def test_a_mailing_of_the_other_automation_uses_up_no_permission() -> None:
    assert free_at(3.2, permitted(3), sent(3.1, LISTS)) == day(4)


def test_a_mailing_long_after_a_permission_is_another_one() -> None:
    assert unused(CAP, after(permitted(3), sent(4))) == [day(3)]


def test_a_mailing_from_before_a_permission_does_not_use_it_up() -> None:
    assert unused(CAP, after(permitted(3), sent(2.9))) == [day(3)]


def test_above_the_cap_it_waits_until_enough_of_them_count_no_more() -> None:
    assert free_at(4, sent(1), sent(2), sent(3), sent(3.5, LISTS)) == day(10)


def test_without_a_cap_nothing_waits() -> None:
    state = after(sent(1), sent(2), sent(3))

    assert cap_free_at(JourneyRules(), state, "newsletter", day(4)) is None


HOURS = st.integers(0, 40 * 24)
MAILINGS = st.lists(st.tuples(HOURS, st.sampled_from((JOURNEYS, LISTS))), max_size=40, unique=True)
QUESTIONS = st.lists(st.tuples(HOURS, st.integers(1, 23)), max_size=40)


@given(QUESTIONS)
def test_whoever_asks_first_and_writes_within_the_day_never_exceeds_the_cap(
    questions: list[tuple[int, int]],
) -> None:
    """Each asks at an hour and, if permitted, writes some hours later; nobody knows of it before."""
    history: list[Engagement] = []
    went_out: list[int] = []
    for number, (hour, delay) in enumerate(sorted(questions)):
        known = [each for each in history if each.occurred_at <= day(hour / 24)]
        if cap_free_at(RULES, after(*known), "newsletter", day(hour / 24)) is None:
            history += [permitted(hour / 24, str(number)), sent((hour + delay) / 24, name=str(number))]
            went_out.append(hour + delay)
    for hour in went_out:
        window = [each for each in went_out if hour - 7 * 24 < each <= hour]
        assert len(window) <= CAP.most


@given(MAILINGS, QUESTIONS)
def test_nobody_is_permitted_to_write_who_got_as_many_as_the_cap(
    mailings: list[tuple[int, str]], questions: list[tuple[int, int]]
) -> None:
    history = [sent(hour / 24, source, str(hour)) for hour, source in mailings]
    for number, (hour, _) in enumerate(sorted(questions)):
        at = day(hour / 24)
        known = [each for each in history if each.occurred_at <= at]
        counted = [each for each in known if each.occurred_at > at - CAP.within]
        got = [each for each in counted if each.kind == "email_sent"]
        free = cap_free_at(RULES, after(*known), "newsletter", at)
        assert free is not None or len(got) < CAP.most
        assert free is None or free > at
        if free is None:
            history.append(permitted(hour / 24, str(number)))


@given(MAILINGS, QUESTIONS, st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_told_does_not_matter(
    mailings: list[tuple[int, str]], questions: list[tuple[int, int]], chance: Any
) -> None:
    history = [sent(hour / 24, source, str(hour)) for hour, source in mailings]
    history += [permitted(hour / 24, str(number)) for number, (hour, _) in enumerate(questions)]
    shuffled: Sequence[Engagement] = chance.sample(history, len(history))

    assert unused(CAP, after(*shuffled)) == unused(CAP, after(*history))


@given(MAILINGS, QUESTIONS, HOURS)
def test_when_it_says_that_it_is_free_it_is(
    mailings: list[tuple[int, str]], questions: list[tuple[int, int]], hour: int
) -> None:
    history = [sent(hour / 24, source, str(hour)) for hour, source in mailings]
    history += [permitted(hour / 24, str(number)) for number, (hour, _) in enumerate(questions)]
    state = after(*(each for each in history if each.occurred_at <= day(hour / 24)))
    free = cap_free_at(RULES, state, "newsletter", day(hour / 24))
    if free is not None:
        assert cap_free_at(RULES, state, "newsletter", free) is None
        assert cap_free_at(RULES, state, "newsletter", Instant(free - HOUR // 60)) is not None
