"""Takes the edit right on marketing-owned fields away from everybody but the integration user."""

from dataclasses import dataclass, replace
from pathlib import Path

from chalicelib.domain.instant import Instant
from chalicelib.gateways.salesforce.field_permissions import Org, Survey, survey
from smarketing.lock import rows
from smarketing.lock.plan import Plan
from smarketing.lock.rows import Failure
from smarketing.lock.undo_file import UndoFile, begin, newest


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a plan.

    Attributes:
        file: the undo file; None where there was nothing to take away.
        failures: rights that the org did not let go.
        after: the org as it was read back.
    """

    taken: int
    file: UndoFile | None
    failures: tuple[Failure, ...]
    after: Survey

    @property
    def locked(self) -> bool:
        """Whether nobody else may edit the fields now."""
        return not self.after.grants


def apply_lock(org: Org, plan: Plan, *, folder: Path, at: Instant, by: str, reason: str) -> Applied:
    """Take away what the plan names, and read the org back.

    The undo file is on the disk before the first right is gone. An apply that was interrupted is made up for
    by the next one, which goes on with its file.

    Raises:
        Rejected: an undo file can't be read.
        Retryable, Misconfigured: the org takes no more; call it again.
    """
    file = _file(plan, folder, at, by, reason)
    failures = rows.update(org, (replace(each, edit=False) for each in plan.grants))
    after = survey(org, plan.survey.fields)
    if file is not None and not after.grants:
        file = file.becomes("applied")
    kept = tuple(each for each in failures if not each.gone)
    return Applied(len(plan.grants) - len(kept), file, kept, after)


def _file(plan: Plan, folder: Path, at: Instant, by: str, reason: str) -> UndoFile | None:
    last = newest(folder, plan.org)
    if not plan.grants and (last is None or last.state != "applying"):
        return None
    return begin(folder, plan.org, at, by, reason, plan.grants)
