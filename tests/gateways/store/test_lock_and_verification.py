"""The notes that the lock and the sync keep in the table."""

from chalicelib.domain.instant import Instant
from chalicelib.gateways.store.locks import Lock, Locks
from chalicelib.gateways.store.verification import Verification, Verifications
from tests.gateways.store.conftest import Store

LOCK = Lock(Instant(5), "operator", "00D000000000001AAA", ("Lead.Smarketing_Score__c",), "sandbox")


def test_a_lock_is_in_force_until_it_is_lifted(store: Store) -> None:
    locks = Locks(store.client, store.table)
    before = locks.current()
    locks.save(LOCK)
    in_force = locks.current()
    locks.lift()

    assert (before, in_force, locks.current()) == (None, LOCK, None)


def test_the_latest_verification_stands_also_when_it_found_differences(store: Store) -> None:
    verifications = Verifications(store.client, store.table)
    before = verifications.latest()
    verifications.save(Verification(Instant(1), "operator", 7, 0, LOCK.org))
    verifications.save(Verification(Instant(2), "operator", 7, 3, LOCK.org))

    assert before is None
    assert verifications.latest() == Verification(Instant(2), "operator", 7, 3, LOCK.org)
