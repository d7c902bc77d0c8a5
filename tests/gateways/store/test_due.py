"""The index of who is due."""

from tests.domain.builders import day
from tests.gateways.store.changes import after, first, person, person_id, told
from tests.gateways.store.conftest import Store


def test_those_are_due_whose_time_has_come(store: Store) -> None:
    for number in range(1, 20):
        store.persons.commit(
            first(number, told(str(number)), person=person(number, due_at=day(number)), new_keys=frozenset())
        )
    assert set(store.due.until(day(7))) == {person_id(number) for number in range(1, 8)}


def test_nobody_is_due_who_has_nothing_to_wait_for(store: Store) -> None:
    change = first(person=person(due_at=day(1)))
    store.persons.commit(change)
    store.persons.commit(after(change, told("second"), now={"due_at": None}))
    assert list(store.due.until(day(9))) == []
