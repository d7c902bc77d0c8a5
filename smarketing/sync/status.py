"""How far the sync with a marketing automation is, and what it decided."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chalicelib.domain.instant import Instant, iso
from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_job import OpenJob
from chalicelib.domain.sync_state import SyncState
from chalicelib.domain.watermark import Watermark
from chalicelib.services.platform_push import SOURCES, watermark_name


class States(Protocol):
    """The sync's memory."""

    def everything(self) -> Iterator[SyncState]:
        """List all states."""

    def due(self, platform: Platform) -> Sequence[str]:
        """Name the records that are looked at although they did not change."""

    def open_job(self, platform: Platform) -> OpenJob | None:
        """Read the job whose end nobody has seen yet."""


class Watermarks(Protocol):
    """How far each source was read."""

    def read(self, name: str) -> Watermark | None:
        """Read a watermark; None where the source was never read."""


@dataclass(slots=True)
class PlatformStatus:
    """Where the sync with a platform stands.

    Attributes:
        read_up_to: by source; None where it was never read.
        held: rows that the platform holds, by legal basis.
        left_out: records without a row, by reason.
        failed: why rows were refused, by record.
        due: records that the next push looks at though they did not change.
        job_since: when a job was begun whose end nobody has seen yet.
    """

    platform: Platform
    read_up_to: Mapping[str, Instant | None]
    held: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)
    due: int = 0
    job_since: Instant | None = None


def status_of(
    platforms: Iterable[Platform], states: States, watermarks: Watermarks
) -> dict[Platform, PlatformStatus]:
    """Gather how the sync with some platforms stands; reads all states once.

    Raises:
        Retryable, Misconfigured: the store did not answer.
    """
    found = {each: _begin(each, states, watermarks) for each in platforms}
    for state in states.everything():
        if state.platform in found:
            _count(state, found[state.platform])
    return found


def _begin(platform: Platform, states: States, watermarks: Watermarks) -> PlatformStatus:
    marks = {source: watermarks.read(watermark_name(platform, source)) for source in SOURCES}
    job = states.open_job(platform)
    return PlatformStatus(
        platform,
        {source: mark.at if mark is not None else None for source, mark in marks.items()},
        due=len(states.due(platform)),
        job_since=job.begun_at if job is not None else None,
    )


def _count(state: SyncState, status: PlatformStatus) -> None:
    if state.outcome == "failed":
        status.failed[state.record] = state.failure
    if state.held:
        status.held[state.verdict.basis or "none"] += 1
    elif state.stands_back_for:
        status.left_out["another record of the person has the row"] += 1
    elif not state.verdict.eligible:
        status.left_out[state.verdict.reason] += 1


def plain_status(status: PlatformStatus) -> dict[str, Any]:
    """Write it as JSON values; times in ISO 8601, UTC."""
    return {
        "read_up_to": {
            source: iso(at) if at is not None else None for source, at in status.read_up_to.items()
        },
        "held": dict(status.held.most_common()),
        "left_out": dict(status.left_out.most_common()),
        "failed": status.failed,
        "due": status.due,
        "job_since": iso(status.job_since) if status.job_since is not None else None,
    }


def plain_decision(state: SyncState) -> dict[str, Any]:
    """Write what was decided about a record, and why, as JSON values."""
    judged = state.verdict
    return {
        "platform": state.platform,
        "record": state.record,
        "person": judged.person,
        "eligible": judged.eligible,
        "reason": judged.reason,
        "basis": judged.basis,
        "purpose": judged.purpose,
        "permitted_since": iso(judged.since) if judged.since is not None else None,
        "decided_at": iso(state.decided_at),
        "held": state.held,
        "stands_back_for": state.stands_back_for or None,
        "outcome": state.outcome,
        "failure": state.failure or None,
        "written_at": iso(state.written_at) if state.written_at is not None else None,
    }
