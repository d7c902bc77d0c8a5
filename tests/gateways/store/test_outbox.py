"""What waits for delivery, what was parked, and who may take it out."""

from chalicelib.domain.command import Command
from chalicelib.gateways.store.outbox import Reference
from tests.gateways.store.changes import after, command, first, person_id, told
from tests.gateways.store.conftest import Store


def reference(of: Command) -> Reference:
    return (f"PERSON#{of.person}", f"OUTBOX#{of.key}")


def put(store: Store, *versions: int) -> Command:
    """Let a command wait, in one version after the other; give the last."""
    change = first(commands=(command(version=versions[0]),))
    store.persons.commit(change)
    for version in versions[1:]:
        change = after(change, told(str(version)), commands=(command(version=version, score=version),))
        store.persons.commit(change)
    return change.commands[0]


def test_a_command_waits_until_it_is_removed(store: Store) -> None:
    waiting = put(store, 1)
    assert store.outbox.pending([reference(waiting)]) == {reference(waiting): waiting}
    assert store.outbox.remove([waiting]) == []
    assert store.outbox.pending([reference(waiting)]) == {}


def test_a_reference_that_is_given_twice_is_read_once(store: Store) -> None:
    waiting = put(store, 1)
    assert len(store.outbox.pending([reference(waiting), reference(waiting)])) == 1


def test_references_to_nothing_are_done(store: Store) -> None:
    references = [(f"PERSON#{person_id(number)}", "OUTBOX#person#x") for number in range(130)]
    assert store.outbox.pending(references) == {}


def test_a_newer_version_takes_the_place_of_the_older(store: Store) -> None:
    newer = put(store, 1, 2)
    assert store.outbox.pending([reference(newer)]) == {reference(newer): newer}


def test_a_newer_version_stays_when_the_older_is_removed(store: Store) -> None:
    newer = put(store, 1, 2)
    assert store.outbox.remove([command(version=1)]) == []
    assert list(store.outbox.pending([reference(newer)])) == [reference(newer)]


def test_whoever_comes_second_learns_that_nothing_is_left(store: Store) -> None:
    waiting = put(store, 1)
    store.outbox.remove([waiting])
    assert store.outbox.remove([waiting]) == [waiting]


def test_of_many_only_a_newer_version_stays_and_only_the_missing_is_told(store: Store) -> None:
    # given the commands of sixty persons, one of them in a newer version, one removed by somebody else
    waiting = [command(number) for number in range(60)]
    for number, each in enumerate(waiting):
        store.persons.commit(first(number, told(str(number), keys=()), new_keys=(), commands=(each,)))
    newer = command(7, version=2, score=2)
    store.persons.commit(after(first(7, told("7", keys=()), new_keys=()), commands=(newer,)))
    store.outbox.remove([waiting[41]])
    # when all of them are removed as they were read
    gone = store.outbox.remove(waiting)
    # then
    assert gone == [waiting[41]]
    left = store.outbox.pending([reference(each) for each in waiting])
    assert list(left.values()) == [newer]


def test_a_parked_command_is_listed_with_its_reason_and_waits_no_more(store: Store) -> None:
    waiting = put(store, 1)
    store.outbox.park(waiting, "REQUIRED_FIELD_MISSING (LastName): fill it in")
    [parked] = store.outbox.parked()
    assert (parked.command, parked.reason) == (waiting, "REQUIRED_FIELD_MISSING (LastName): fill it in")
    assert store.outbox.pending([reference(waiting)]) == {}


def test_a_command_that_is_parked_again_is_listed_once(store: Store) -> None:
    waiting = put(store, 1)
    store.outbox.park(waiting, "first")
    store.outbox.park(waiting, "second")
    assert [each.reason for each in store.outbox.parked()] == ["second"]


def test_a_newer_version_waits_on_when_the_older_is_parked(store: Store) -> None:
    newer = put(store, 1, 2)
    store.outbox.park(command(version=1), "refused")
    assert list(store.outbox.pending([reference(newer)])) == [reference(newer)]


def test_a_parked_command_waits_again_when_a_human_retries_it(store: Store) -> None:
    waiting = put(store, 1)
    store.outbox.park(waiting, "refused")
    [parked] = store.outbox.parked()
    store.outbox.retry(parked)
    assert list(store.outbox.parked()) == []
    assert store.outbox.pending([reference(waiting)]) == {reference(waiting): waiting}


def test_a_retry_never_takes_the_place_of_a_newer_version(store: Store) -> None:
    newer = put(store, 1, 2)
    store.outbox.park(command(version=1), "refused")
    [parked] = store.outbox.parked()
    store.outbox.retry(parked)
    assert store.outbox.pending([reference(newer)]) == {reference(newer): newer}
    assert list(store.outbox.parked()) == []
