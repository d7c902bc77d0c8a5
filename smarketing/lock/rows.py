"""Writes rows of FieldPermissions: 200 a call (REST API Developer Guide, Collections), each on its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import Retryable
from chalicelib.gateways.salesforce.errors import ApiError, classify, errors_in, reason, the_cause
from chalicelib.gateways.salesforce.field_permissions import Org, Permission

MOST = 200
ROUNDS = 3
"""How often a row is written that somebody else holds."""

_PATH = "composite/sobjects"
_GONE = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND"})
"""Codes of a row that is not there any more (SOAP API Developer Guide, StatusCode)."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that the org did not take, and why."""

    row: Permission
    error: ApiError

    @property
    def gone(self) -> bool:
        """Whether the row vanished meanwhile: whoever has no row has no right."""
        return self.error.code in _GONE

    @property
    def line(self) -> str:
        """Whose right it is, and what can be done."""
        return f"{self.row.holder.title}, {self.row.field}: {reason(self.error, classify(self.error))}"


def update(org: Org, rows: Iterable[Permission]) -> list[Failure]:
    """Give rows the rights that they say; a repetition does no harm.

    Raises:
        Retryable: the org is busy or out of reach; what it took before stays.
        Rejected, Misconfigured: it takes no such request.
    """
    return _write(
        org,
        "PATCH",
        [
            (each, {"id": each.id, "PermissionsRead": each.read, "PermissionsEdit": each.edit})
            for each in rows
        ],
    )


def create(org: Org, rows: Iterable[Permission]) -> list[Failure]:
    """Make rows anew that were deleted; raises as `update` does."""
    return _write(org, "POST", [(each, _new(each)) for each in rows])


def _new(row: Permission) -> dict[str, Any]:
    return {
        "ParentId": row.holder.id,
        "SobjectType": row.object,
        "Field": row.field,
        "PermissionsRead": row.read,
        "PermissionsEdit": row.edit,
    }


_Job = tuple[Permission, Mapping[str, Any]]


def _write(org: Org, method: str, jobs: Sequence[_Job]) -> list[Failure]:
    failures: list[Failure] = []
    for left in reversed(range(ROUNDS)):
        held: list[_Job] = []
        for job, error in zip(jobs, _results(org, method, jobs), strict=True):
            if error is not None and classify(error).kind == "transient" and left:
                held.append(job)
            elif error is not None:
                failures.append(Failure(job[0], error))
        jobs = held
    return failures


def _results(org: Org, method: str, jobs: Sequence[_Job]) -> list[ApiError | None]:
    parts = [jobs[start : start + MOST] for start in range(0, len(jobs), MOST)]
    return [result for part in parts for result in _send(org, method, part)]


def _send(org: Org, method: str, jobs: Sequence[_Job]) -> list[ApiError | None]:
    records = [{"attributes": {"type": "FieldPermissions"}, **values} for _, values in jobs]
    answer = org.call(method, _PATH, {"allOrNone": False, "records": records})
    if not isinstance(answer, list) or len(answer) != len(jobs):
        raise Retryable("Salesforce: a collection was answered with another number of results")
    return [None if each.get("success") else _error(each) for each in answer]


def _error(plain: Mapping[str, Any]) -> ApiError:
    errors = errors_in(plain.get("errors") or [])
    return the_cause(errors) if errors else ApiError("UNKNOWN_EXCEPTION")
