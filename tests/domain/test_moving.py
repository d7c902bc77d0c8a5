"""When a Lead becomes a Contact all interests of the person go along."""

from chalicelib.domain.change import Change
from chalicelib.domain.engagement import PersonKey, person_key
from tests.domain.past import Remembered
from tests.domain.presses import opted_in, told
from tests.domain.test_handoff import interest, somebody, step

EMAIL = person_key("email", "a@example.com")
LEAD, CONTACT = person_key("lead", "00Q000000000001"), person_key("contact", "003000000000001")


def link(past: Remembered, on: float, *keys: PersonKey) -> Change:
    return past.tell(told("record_changed", on, keys=(EMAIL, *keys)))


def moved(change: Change) -> dict[str, object]:
    return {each.external_id: each.fields["contact_id"] for each in change.commands if each.record == "move"}


def test_interests_open_and_closed_move_to_the_contact() -> None:
    past = somebody()
    link(past, 100, LEAD)
    first = interest(past)
    step(past, "rejected", 101, reason="not_now")
    past.tell(told("demo_requested", 101.5))

    change = link(past, 102, CONTACT)

    assert interest(past) != first
    assert moved(change) == dict.fromkeys((first, interest(past)), CONTACT.value)


def test_what_else_happens_to_a_contact_moves_nothing() -> None:
    past = somebody()
    link(past, 101, CONTACT)

    assert moved(link(past, 102, CONTACT, LEAD)) == {}


def test_who_has_no_interest_has_nothing_to_move() -> None:
    past = Remembered(somebody().compiled)
    past.tell(told("page_viewed", 1))

    assert moved(link(past, 2, CONTACT)) == {}


def test_interests_of_somebody_who_turns_out_to_be_a_contact_move_there() -> None:
    past = Remembered(somebody().compiled)
    known = person_key("email", "known@example.com")
    past.tell(told("record_changed", 1, keys=(known, CONTACT)), new="P0")
    past.tell(opted_in(97))
    [opened] = past.tell(told("demo_requested", 99)).interests

    change = past.tell(told("record_changed", 100, keys=(known, EMAIL)))

    assert moved(change) == {opened.id: CONTACT.value}
