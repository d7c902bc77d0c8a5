"""Writes field values of records: by composite requests, many by a Bulk API 2.0 job."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.gateways.salesforce import bulk, composite, together
from chalicelib.gateways.salesforce.bulk import Job, Patience
from chalicelib.gateways.salesforce.composite import Result
from chalicelib.gateways.salesforce.errors import ApiError, classify, reason
from chalicelib.gateways.salesforce.mapping import Value, Write

ROUNDS = 3
"""How often a record is tried that somebody else holds."""

Take = Callable[["Change", str], None]
"""Takes each change, and why it failed: empty where it did not."""


class Rest(together.Rest, bulk.Rest, Protocol):
    """The writing side of the REST API."""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call a REST resource and give its JSON."""


@dataclass(frozen=True, slots=True)
class Change:
    """New values of one record, by API name; an empty text empties the field."""

    object: str
    record: str
    values: Mapping[str, str]


def write(rest: Rest, changes: Sequence[Change], patience: Patience, take: Take) -> None:
    """Write changes of one object's different records; tells of each as soon as it is known.

    Raises:
        Retryable, Misconfigured, Rejected: the org takes no more; what was told of stands.
    """
    waiting = list(changes)
    for round_ in range(ROUNDS):
        if round_:
            patience.sleep(patience.first * 2**round_)
        again: list[Change] = []
        for change, result in _send(rest, waiting, patience):
            if not isinstance(result, ApiError):
                take(change, "")
            elif classify(result).kind == "transient" and round_ + 1 < ROUNDS:
                again.append(change)
            else:
                take(change, reason(result, classify(result)))
        waiting = again
        if not waiting:
            return


def _send(rest: Rest, changes: Sequence[Change], patience: Patience) -> Iterator[tuple[Change, Result]]:
    jobs: list[Job] = [(at, _write(change)) for at, change in enumerate(changes)]
    if len(jobs) > bulk.MORE_THAN:
        for (at, _), result in bulk.send(rest, jobs, patience):
            yield changes[at], result
        return
    sent = iter(changes)
    for results in composite.send(rest, [each for _, each in jobs]):
        # Results first: zip takes from its first argument before it sees that the second is at its end.
        yield from ((change, result) for result, change in zip(results, sent, strict=False))


def _write(change: Change) -> Write:
    values: dict[str, Value] = {name: value or None for name, value in change.values.items()}
    return Write(change.object, "update", "Id", change.record, values)
