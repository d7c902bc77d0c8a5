"""When fields may be locked: after a sync that was verified, lately and without differences."""

import pytest

from chalicelib.domain.instant import DAY, HOUR, Instant
from chalicelib.gateways.store.verification import Verification
from smarketing.lock.leave import objection

NOW = Instant(10 * DAY)
ORG, REHEARSAL = "00D000000000001AAA", "00D000000000002AAA"


def verified(ago: int, differences: int = 0, records: int = 10, org: str = ORG) -> Verification:
    return Verification(Instant(NOW - ago), "operator", records, differences, org)


def test_a_verification_of_today_without_differences_gives_leave() -> None:
    assert objection(verified(23 * HOUR), ORG, NOW) is None


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (None, "never verified"),
        (verified(HOUR, differences=3), "3 differences"),
        (verified(25 * HOUR), "more than 24 hours ago"),
        (verified(HOUR, records=0), "nothing to compare"),
        (verified(HOUR, org=REHEARSAL), f"with org {REHEARSAL}, and this is {ORG}"),
        (verified(HOUR, org=""), "with org unknown"),
    ],
)
def test_without_one_the_objection_names_the_reason_and_the_mend(last: Verification | None, why: str) -> None:
    said = objection(last, ORG, NOW)

    assert said is not None
    assert why in said
    assert "smarketing sync verify" in said
