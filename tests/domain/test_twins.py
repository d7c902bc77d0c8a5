"""Who is compared with whom, and when that is asked for."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.change import Change
from chalicelib.domain.command import Command
from chalicelib.domain.engagement import person_key
from chalicelib.domain.interest import PersonId
from chalicelib.domain.likeness import Bounds, Traits
from chalicelib.domain.qualification import compile_model
from chalicelib.domain.spellings import beginnings
from chalicelib.domain.twins import Seen, Sought, possible_duplicates, twins_among
from tests.domain.past import Remembered
from tests.domain.presses import opted_in, playbook, told

EMAIL = person_key("email", "a@example.com")
OTHER = person_key("email", "b@example.com")
LEAD = person_key("lead", "00Q000000000001")
NAMED = {"first_name": "Anna", "last_name": "Müller", "company": "Weber GmbH"}
ANNA = Traits(first_name="Anna", last_name="Müller", company="Weber", email="anna@weber.example")


@pytest.fixture
def past() -> Remembered:
    return Remembered(compile_model(playbook()))


def asked(change: Change) -> Sequence[Command]:
    return [each for each in change.commands if each.record == "twins"]


def test_a_first_interest_of_somebody_unknown_asks_for_a_comparison(past: Remembered) -> None:
    past.tell(opted_in(97, profile=NAMED))

    [command] = asked(past.tell(told("demo_requested", 99)))

    compared = {name: command.fields[name] for name in (*NAMED, "email", "lead_id")}
    assert compared == {**NAMED, "email": "a@example.com", "lead_id": None}


def test_it_is_asked_for_once(past: Remembered) -> None:
    past.tell(opted_in(97, profile=NAMED))
    past.tell(told("demo_requested", 99))

    assert asked(past.tell(told("form_submitted", 99.5))) == []


def test_whoever_has_a_lead_is_not_compared(past: Remembered) -> None:
    past.tell(opted_in(97, keys=[EMAIL, LEAD]))

    assert asked(past.tell(told("demo_requested", 99))) == []


def test_a_person_who_takes_the_place_of_a_younger_one_is_compared(past: Remembered) -> None:
    """The Lead of the younger may never be made."""
    past.tell(told(on=96, keys=[EMAIL]), new="P1")
    past.tell(opted_in(97, keys=[OTHER]), new="P2")
    past.tell(told("demo_requested", 99, keys=[OTHER]))

    [command] = asked(past.tell(told(on=99.5, keys=[EMAIL, OTHER])))

    assert command.person == "P1"


def test_nobody_is_compared_of_whom_nothing_is_known(past: Remembered) -> None:
    subscriber = person_key("subscriber", "7:41")
    past.tell(opted_in(97, keys=[subscriber]))

    assert asked(past.tell(told("demo_requested", 99, keys=[subscriber]))) == []


def test_a_persons_own_lead_is_no_twin() -> None:
    own = Traits("lead:00Q1", "Anna", "Müller", "Weber", "anna@weber.example")

    found = twins_among([Sought(PersonId("P1"), ANNA)], Seen({PersonId("P1"): "lead:00Q1"}, [own]), Bounds())

    assert found[PersonId("P1")].verdicts == ()


def test_a_pair_has_one_name_whoever_found_the_other() -> None:
    one, other = (
        Traits(f"lead:{record}", "Anna", "Müller", "Weber", "anna@weber.example")
        for record in ("00Q1", "00Q2")
    )
    wanted = [Sought(PersonId("P1"), ANNA), Sought(PersonId("P2"), ANNA)]
    own = {PersonId("P1"): one.record, PersonId("P2"): other.record}

    found = twins_among(wanted, Seen(own, [one, other]), Bounds())

    pairs = [
        possible_duplicates(Command("twins", person, person, 1), lead, found[person])
        for person, lead in own.items()
    ]
    assert [[row.external_id for row in rows] for rows in pairs] == [["00Q1-00Q2"], ["00Q1-00Q2"]]


@pytest.mark.parametrize("name", ["Müller", "Mueller", "MÜLLER", "Müller-Weiß"])
def test_a_name_is_looked_for_with_umlauts_and_without(name: str) -> None:
    assert {"mu", "mü"} <= set(beginnings(name, 2))


def test_a_company_is_looked_for_without_its_legal_form_and_in_letters_as_typed() -> None:
    assert beginnings("Éclair GmbH", 4, company=True) == ("ecla", "écla")


@given(st.text(max_size=20), st.integers(1, 5))
def test_beginnings_are_never_empty_or_too_long(name: str, length: int) -> None:
    assert all(0 < len(each) <= length for each in beginnings(name, length))
