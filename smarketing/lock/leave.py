"""When a lock may be applied: Salesforce holds what it should, as nobody can mend it by hand afterwards."""

from chalicelib.domain.instant import DAY, Instant, iso
from chalicelib.gateways.store.verification import Verification

LONGEST = DAY
"""How old a verification may be."""


def objection(last: Verification | None, org: str, now: Instant) -> str | None:
    """Say why the fields of an org may not be locked yet, and the mend; None where they may."""
    mend = "run smarketing sync verify, or say --force --reason TEXT"
    if last is None:
        return f"sync: never verified; {mend}"
    if not last.records:
        return (
            f"sync: there was nothing to compare at {iso(last.at)}; let the functions run first, then {mend}"
        )
    if last.org != org:
        return f"sync: last verified with org {last.org or 'unknown'}, and this is {org}; {mend}"
    if last.differences:
        return f"sync: {last.differences} differences at {iso(last.at)}; mend them and {mend}"
    if now - last.at > LONGEST:
        return f"sync: last verified at {iso(last.at)}, more than 24 hours ago; {mend}"
    return None
