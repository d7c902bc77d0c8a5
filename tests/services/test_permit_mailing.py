"""A journey's question is answered by the store, and a permission takes its place in one transaction."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.change import Change
from chalicelib.domain.consent import withdrawal
from chalicelib.domain.engagement import EngagementId, PersonKey, person_key
from chalicelib.domain.instant import DAY, Duration
from chalicelib.domain.journey_rules import Cap, JourneyRules, Promotion
from chalicelib.domain.mailing_question import MailingQuestion
from chalicelib.domain.may_send import Answer
from chalicelib.domain.qualification import compile_model
from chalicelib.errors import Retryable
from chalicelib.services.permit_mailing import TRIES, Permitting, permit_mailing
from tests.domain.builders import day
from tests.services.world import World, make_quick_world, opted_in, playbook, told

CAP = Cap(1, Duration(7 * DAY), Duration(DAY), frozenset({"email_sent"}))
RULES = JourneyRules(bought=frozenset({"product_purchased"}), promotions={"presses": Promotion()}, cap=CAP)
CONTACT = person_key("contact", "003000000000001")
EMAIL = person_key("email", "a@example.com")


@pytest.fixture
def world() -> World:
    """Somebody who opted in, a Contact."""
    world = make_quick_world(compiled=compile_model(playbook(journeys=RULES)))
    world.now = day(3)
    world.record(opted_in(1, keys=[EMAIL, CONTACT]))
    return world


def question(name: str = "1", *keys: PersonKey, line: str = "", source: str = "test") -> MailingQuestion:
    known = keys or (CONTACT, EMAIL)
    return MailingQuestion(EngagementId(name * 32), known, "contact_request", line, source)


def ask(world: World, asked: MailingQuestion, persons: Any = None) -> Answer:
    permitting = Permitting(persons or world.persons, lambda: world.compiled, world.clock)
    return permit_mailing(asked, permitting)


def test_a_permission_is_recorded_before_it_is_given(world: World) -> None:
    assert ask(world, question(line="presses")) == Answer()

    [kept] = [each for each in world.persons.history(world.person()) if each.kind == "mailing_permitted"]
    assert (kept.occurred_at, kept.keys) == (day(3), (CONTACT,))
    assert kept.attributes == {"purpose": "contact_request", "product_line": "presses"}


def test_a_permission_counts_until_its_mailing_is_told(world: World) -> None:
    ask(world, question("1"))
    assert ask(world, question("2")) == Answer("cap", day(4))

    world.record(told("email_sent", 3.5))
    world.now = day(3.5)

    assert ask(world, question("3")) == Answer("cap", day(10.5))


def test_a_repeated_question_gets_the_same_answer_and_counts_once(world: World) -> None:
    assert [ask(world, question("1")) for _ in range(3)] == [Answer()] * 3

    assert len(world.person().mailing.permissions) == 1


def test_what_is_refused_is_not_recorded(world: World) -> None:
    world.record(told("product_purchased", 2))
    before = world.items()

    assert ask(world, question(line="presses")) == Answer("bought", None, "presses")
    assert world.items() == before


def test_whoever_is_unknown_gets_nothing_and_is_not_made_known(world: World) -> None:
    before = world.items()

    stranger = person_key("email", "stranger@example.com")
    assert ask(world, question("1", stranger)) == Answer("no_consent")
    assert world.items() == before


def test_a_contact_whom_nobody_knows_by_the_record_is_found_by_the_address(world: World) -> None:
    other = person_key("contact", "003000000000009")

    assert ask(world, question("1", other, EMAIL)).allowed
    assert other not in world.person().keys


def test_to_ask_makes_nobody_one_with_somebody_else(world: World) -> None:
    other = person_key("email", "b@example.com")
    world.record(told("page_viewed", 1, keys=[other]))

    ask(world, question("1", CONTACT, other))

    assert world.person(other).id != world.person(EMAIL).id


@pytest.mark.parametrize("kept", [1, 3])
def test_journeys_that_ask_at_the_same_moment_are_not_all_permitted(world: World, kept: int) -> None:
    rules = replace(RULES, cap=replace(CAP, most=kept))
    slow = make_quick_world(latency=0.002, compiled=compile_model(playbook(journeys=rules)))
    slow.now = day(3)
    slow.record(opted_in(1, keys=[EMAIL, CONTACT]))

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda number: ask(slow, question(str(number))), range(6)))

    assert [each.allowed for each in answers].count(True) == kept
    assert {each.hindrance for each in answers if not each.allowed} == {"cap"}


class Contended:
    """A store in which somebody else is always faster."""

    def __init__(self, persons: Any) -> None:
        self._persons = persons
        self.commits = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._persons, name)

    def commit(self, _: Change) -> str:
        self.commits += 1
        return "conflict"


def test_nothing_is_permitted_where_others_keep_changing_the_person(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    persons = Contended(world.persons)

    with pytest.raises(Retryable, match="ask again"):
        ask(world, question(), persons)
    assert persons.commits == TRIES


def test_who_withdraws_between_two_tries_gets_nothing(world: World) -> None:
    ask(world, question("1"))
    world.record(told("opted_out", 3, consents=[withdrawal()]))

    assert ask(world, question("1")) == Answer("no_consent")
