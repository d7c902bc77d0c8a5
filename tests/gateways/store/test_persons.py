"""What the table keeps of persons, and what a transaction says that can't be done."""

import pytest

from chalicelib.domain.change import Change
from chalicelib.domain.engagement import person_key
from chalicelib.domain.interest import InterestId, PersonId
from chalicelib.errors import Rejected
from chalicelib.gateways.store.persons import MOST_CHECKS
from tests.gateways.store.changes import (
    EMAIL,
    OTHER,
    after,
    command,
    first,
    interest,
    merged,
    person,
    person_id,
    told,
)
from tests.gateways.store.conftest import Store


def test_a_person_is_found_by_a_key_and_loaded_as_written(store: Store) -> None:
    change = first()
    assert store.persons.commit(change) == "recorded"
    assert store.persons.find([EMAIL, OTHER]) == {EMAIL: person_id()}
    assert store.persons.load([person_id()]) == {person_id(): change.person}


def test_more_keys_than_one_request_may_name_are_found(store: Store) -> None:
    keys = [person_key("subscriber", f"7:{number}") for number in range(90)]
    store.persons.commit(first(engagement=told(keys=tuple(keys))))
    asked = [*(person_key("prospect", str(number)) for number in range(150)), *keys]
    assert set(store.persons.find(asked)) == set(keys)


def test_an_unknown_person_is_not_loaded(store: Store) -> None:
    assert store.persons.load([person_id()]) == {}


def test_an_engagement_is_recorded_once(store: Store) -> None:
    change = first()
    store.persons.commit(change)
    assert store.persons.commit(after(change, told())) == "duplicate"
    assert store.persons.load([person_id()])[person_id()] == change.person


def test_an_engagement_that_comes_again_with_another_time_is_a_duplicate(store: Store) -> None:
    change = first()
    store.persons.commit(change)
    assert store.persons.commit(after(change, told(on=30))) == "duplicate"


def test_a_duplicate_is_known_for_one_although_the_person_changed_meanwhile(store: Store) -> None:
    change = first()
    store.persons.commit(change)
    store.persons.commit(after(change, told("second")))
    assert store.persons.commit(after(change, told())) == "duplicate"


def test_of_two_changes_of_the_same_version_the_second_is_a_conflict(store: Store) -> None:
    change = first()
    store.persons.commit(change)
    assert store.persons.commit(after(change, told("second"))) == "recorded"
    assert store.persons.commit(after(change, told("third"))) == "conflict"
    assert len(store.persons.history(change.person)) == 2


def test_of_two_persons_made_for_one_key_the_second_is_a_conflict(store: Store) -> None:
    assert store.persons.commit(first(1)) == "recorded"
    assert store.persons.commit(first(2, told("second"))) == "conflict"
    assert store.persons.find([EMAIL]) == {EMAIL: person_id(1)}
    assert store.persons.load([person_id(2)]) == {}


def test_a_change_that_is_refused_leaves_nothing_behind(store: Store) -> None:
    store.persons.commit(first(1))
    before = store.items()
    refused = first(2, told("second"), interests=(interest(2),), commands=(command(2),))
    store.persons.commit(refused)
    assert store.items() == before


def test_a_step_that_the_lifecycle_forbids_keeps_its_reason(store: Store) -> None:
    store.persons.commit(first(refused="the playbook has no step from mql to customer"))
    assert store.item("ENGAGEMENT#")["refused"] == {"S": "the playbook has no step from mql to customer"}


def two_persons(store: Store) -> tuple[Change, Change]:
    older, younger = first(1), first(2, told("other", keys=(OTHER,)))
    store.persons.commit(older)
    store.persons.commit(younger)
    return older, younger


def test_an_absorbed_person_is_found_as_their_survivor(store: Store) -> None:
    older, younger = two_persons(store)
    change = merged(older, younger, told("both"))
    assert store.persons.commit(change) == "recorded"
    assert store.persons.load([person_id(2)]) == {person_id(2): change.person}
    assert store.persons.keys(person_id(2)) == {EMAIL, OTHER}


def test_a_survivor_that_was_absorbed_in_turn_is_followed(store: Store) -> None:
    younger, youngest = first(2), first(3, told("other", keys=(OTHER,)))
    oldest = first(1, told("third", keys=(person_key("prospect", "9"),)))
    for change in (younger, youngest, oldest):
        store.persons.commit(change)
    both = merged(younger, youngest, told("both"))
    store.persons.commit(both)
    all_three = merged(oldest, both, told("all"))
    assert store.persons.commit(all_three) == "recorded"
    assert store.persons.load([person_id(3), person_id(1)]) == {
        person_id(3): all_three.person,
        person_id(1): all_three.person,
    }
    assert len(store.persons.history(all_three.person)) == 5


def test_an_engagement_of_an_absorbed_person_is_a_duplicate(store: Store) -> None:
    older, younger = two_persons(store)
    both = merged(older, younger, told("both"))
    store.persons.commit(both)
    assert store.persons.commit(after(both, told("other", keys=(OTHER,)))) == "duplicate"


def test_an_engagement_is_a_duplicate_of_any_of_very_many_absorbed_persons(store: Store) -> None:
    owner = first(200, told("other"))
    store.persons.commit(owner)
    ids = tuple(person_id(number) for number in (*range(100, 100 + MOST_CHECKS + 10), 200))
    survivor = first(1, told("own", keys=(OTHER,)), person=person(1, absorbed=ids))
    store.persons.commit(survivor)
    assert store.persons.commit(after(survivor, told("other"))) == "duplicate"
    assert store.persons.commit(after(survivor, told("new"))) == "recorded"


def test_an_absorbed_person_who_changed_meanwhile_is_a_conflict(store: Store) -> None:
    older, younger = two_persons(store)
    store.persons.commit(after(younger, told("late")))
    assert store.persons.commit(merged(older, younger, told("both"))) == "conflict"
    assert store.persons.load([person_id(2)])[person_id(2)].id == person_id(2)


def test_an_absorbed_person_takes_no_more_engagements(store: Store) -> None:
    older, younger = two_persons(store)
    store.persons.commit(merged(older, younger, told("both")))
    assert store.persons.commit(after(younger, told("late"))) == "conflict"


def test_a_merge_takes_back_what_waits_for_the_absorbed(store: Store) -> None:
    older, younger = first(1), first(2, told("other", keys=(OTHER,)), commands=(command(2),))
    store.persons.commit(older)
    store.persons.commit(younger)
    superseded = ((person_id(2), command(2).key),)
    store.persons.commit(
        merged(older, younger, told("both"), commands=(command(1, 2),), superseded=superseded)
    )
    assert store.item("OUTBOX#")["pk"] == {"S": f"PERSON#{person_id(1)}"}


def test_interests_are_read_from_where_they_were_opened(store: Store) -> None:
    older = first(1, interests=(interest(1),))
    younger = first(2, told("other", keys=(OTHER,)), interests=(interest(2, "lasers"),))
    store.persons.commit(older)
    store.persons.commit(younger)
    both = merged(older, younger, told("both"))
    store.persons.commit(both)
    assert store.persons.interest(interest(2, "lasers").id) == interest(2, "lasers")
    assert store.persons.interests(both.person) == [interest(1), interest(2, "lasers")]


def test_an_interest_that_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(Rejected, match="interest: not in the store"):
        store.persons.interest(InterestId(f"{person_id()}-presses-1"))


def test_keys_of_nobody_are_refused(store: Store) -> None:
    with pytest.raises(Rejected, match="person: not in the store"):
        store.persons.keys(person_id())


def test_a_history_longer_than_a_page_is_read_whole(store: Store) -> None:
    change = first()
    store.persons.commit(change)
    for number in range(12):
        change = after(change, told(str(number), attributes={"text": "x" * 120_000}))
        store.persons.commit(change)
    assert len(store.persons.history(change.person)) == 13


def test_an_engagement_larger_than_an_item_is_refused_with_the_mend(store: Store) -> None:
    with pytest.raises(Rejected, match="send less in attributes"):
        store.persons.commit(first(engagement=told(attributes={"text": "ü" * 200_000})))
    assert store.items() == []


def test_a_text_that_is_no_unicode_is_refused(store: Store) -> None:
    with pytest.raises(Rejected, match="Unicode"):
        store.persons.commit(first(engagement=told(attributes={"text": "\ud800"})))


def test_a_key_longer_than_the_table_takes_is_refused(store: Store) -> None:
    with pytest.raises(Rejected, match="too large"):
        store.persons.commit(first(engagement=told(keys=(person_key("prospect", "9" * 2_100),))))


def test_an_engagement_with_more_keys_than_a_transaction_takes_is_refused(store: Store) -> None:
    keys = tuple(person_key("prospect", str(number)) for number in range(120))
    with pytest.raises(Rejected, match="send fewer keys"):
        store.persons.commit(first(engagement=told(keys=keys)))


def test_everyone_is_listed_but_who_was_absorbed(store: Store) -> None:
    older, younger = two_persons(store)
    store.persons.commit(merged(older, younger, told("both")))
    assert list(store.persons.everyone()) == [PersonId(person().id)]
