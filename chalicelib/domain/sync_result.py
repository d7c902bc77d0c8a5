"""What is known of a record's row after a platform answered."""

from dataclasses import replace

from chalicelib.domain.eligibility import Decision
from chalicelib.domain.instant import Instant
from chalicelib.domain.sync import RowResult
from chalicelib.domain.sync_plan import Planned, without_row
from chalicelib.domain.sync_state import SyncState, verdict_of


def after_write(
    planned: Planned, result: RowResult, before: SyncState | None, now: Instant
) -> tuple[SyncState, ...]:
    """Give the states after a row was handed over: the record's, and those of whom it took the row over.

    What was not written leaves what the platform held before. A row that was refused is not tried again as
    it is; one that was not processed is.
    """
    if result.outcome == "written":
        remote_id = result.remote_id or planned.row.remote_id
        written = replace(planned.state, held=True, remote_id=remote_id, outcome="written", failure="")
        return (replace(written, written_at=now), *planned.released)
    return (
        replace(
            planned.state,
            held=before is not None and before.held,
            remote_id=before.remote_id if before is not None else None,
            hashes=before.hashes if before is not None else {},
            checksum=planned.state.checksum if result.outcome == "failed" else "",
            outcome=result.outcome,
            failure=result.reason,
        ),
    )


def after_withdrawal(planned: Planned, result: RowResult, now: Instant) -> SyncState:
    """Give the state after a row was to be taken away; what failed is still there."""
    if result.outcome == "written":
        return replace(without_row(planned.state), outcome="withdrawn", failure="", written_at=now)
    return replace(planned.state, held=True, outcome=result.outcome, failure=result.reason)


def fallen(planned: Planned, decision: Decision) -> Planned:
    """Say of a row that was planned that its person's permission has fallen since."""
    judged = verdict_of(planned.row.person, decision)
    return replace(planned, state=replace(planned.state, verdict=judged))
