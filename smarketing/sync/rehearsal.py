"""What a push would do, worked out without writing anything anywhere."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_state import SyncState
from chalicelib.domain.watermark import Watermark
from chalicelib.services.plan_rows import Planner
from chalicelib.services.platform_push import SOURCES, Source, watermark_name
from chalicelib.services.push_records import Crm, read_source


class States(Protocol):
    """What is known of the records' rows."""

    def load(self, platform: Platform, records: Collection[str]) -> Mapping[str, SyncState]:
        """Read the states of records, by name; those that were never decided are left out."""


class Watermarks(Protocol):
    """How far each source was read."""

    def read(self, name: str) -> Watermark | None:
        """Read a watermark; None where the source was never read."""


@dataclass(slots=True)
class Rehearsal:
    """What would be done on a platform, in rows.

    Attributes:
        reasons: why records would have no row, with the number of records.
    """

    platform: Platform
    read: int = 0
    write: int = 0
    withdraw: int = 0
    unchanged: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def rehearse(
    platform: Platform,
    crm: Crm,
    planner: Planner,
    states: States,
    watermarks: Watermarks,
    full: bool,
    progress: Callable[[Rehearsal], None] = lambda _: None,
) -> Rehearsal:
    """Read what changed, and plan it; a record that changed together with its Account may count twice.

    Raises:
        Retryable, Misconfigured: Salesforce or the store did not answer.
    """
    found = Rehearsal(platform)
    for source in SOURCES:
        mark = watermarks.read(watermark_name(platform, source))
        if source == "Contact of Account" and mark is None:
            continue
        for batch in read_source(crm, source, _since(mark, source, full)):
            found.read += len(batch)
            look = planner.look_up(batch)
            for plan in planner.plans(look, platform, lambda names: states.load(platform, names)):
                found.write += len(plan.write)
                found.withdraw += len(plan.withdraw)
                found.unchanged += plan.unchanged
                decided = [*(each.state for each in plan.withdraw), *plan.noted]
                found.reasons.update(_why_not(each) for each in decided)
            progress(found)
    return found


def _since(mark: Watermark | None, source: Source, full: bool) -> Watermark | None:
    return None if full and source != "Contact of Account" else mark


def _why_not(state: SyncState) -> str:
    if state.verdict.eligible and state.stands_back_for:
        return "another record of the person has the row"
    return state.verdict.reason
