"""Asynchronous requests: taken at once, worked off later.

Sources, of the Marketing Cloud Engagement developer guide: "PUT /data/v1/async/dataextensions/{id}/rows"
(202), "GET /data/v1/async/{requestId}/status" (Pending, Complete, Error) and ".../results"; at most 32,000
rows: Salesforce Help, "API Limits and Guidelines".
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.instant import MINUTE, Duration, Instant, iso
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.marketing_cloud.answers import Answer, Call, error, invalid, operational_error
from smarketing.sandbox.marketing_cloud.data_extension import DataExtension, NotSaved
from smarketing.sandbox.marketing_cloud.faults import Faults

MOST_ROWS = 32_000
USUAL_PAGE, MOST_PAGE = 50, 2_500
_LONGEST = Duration(1 * MINUTE)
_OK: dict[str, Any] = {"errorCode": "", "message": "", "status": "OK"}


@dataclass(slots=True)
class Request:
    """Rows that wait for being saved, and what became of them."""

    id: str
    extension: DataExtension
    rows: list[dict[str, Any]]
    may_insert_only: bool
    called_at: Instant
    polls_left: int
    completed_at: Instant | None = None
    results: list[dict[str, Any]] = field(default_factory=list)
    errors: int = 0


class AsyncRequests:
    """The account's asynchronous requests, worked off in their order."""

    def __init__(
        self, data_extensions: dict[str, DataExtension], faults: Faults, clock: SandboxClock
    ) -> None:
        """Serve requests; each stays pending for `pending_polls` looks at it, a minute at most."""
        self.pending_polls = 1
        self._extensions = data_extensions
        self._faults = faults
        self._clock = clock
        self._requests: dict[str, Request] = {}

    def take(self, call: Call) -> Answer:
        """Take rows to insert or to update (PUT) or only to insert (POST)."""
        request = str(uuid.uuid4())
        extension = self._extensions.get(call.parameters["key"])
        if extension is None:
            return operational_error(
                request,
                "CustomObjectNotFound",
                "Failed to resolve the Custom Object from the provided ObjectReferenceIdentifier "
                f"[Id: 00000000-0000-0000-0000-000000000000, Key: {call.parameters['key']}].",
            )
        items = call.object().get("items")
        if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
            return invalid("items")
        if len(items) > MOST_ROWS:
            return error(400, f"The request holds more than {MOST_ROWS} items.", 10000)
        self._requests[request] = Request(
            request, extension, items, call.method == "POST", self._clock(), self.pending_polls
        )
        return Answer(202, {"requestId": request})

    def settle(self) -> None:
        """Work off what has waited long enough."""
        for request in self._requests.values():
            if request.completed_at is None and self._clock() >= request.called_at + _LONGEST:
                self._complete(request)

    def status(self, call: Call) -> Answer:
        """Tell how far a request is."""
        self.settle()
        request = self._requests.get(call.parameters["request"])
        if request is None:
            return _unknown(call.parameters["request"])
        if request.completed_at is None:
            if request.polls_left <= 0:
                self._complete(request)
            request.polls_left -= 1
        return Answer(200, {"status": _status(request), "requestId": str(uuid.uuid4())})

    def results(self, call: Call) -> Answer:
        """Tell what became of a request's rows, in their order."""
        request = self._requests.get(call.parameters["request"])
        if request is None:
            return _unknown(call.parameters["request"])
        page, size = call.query.get("$page", "1"), call.query.get("$pageSize", str(USUAL_PAGE))
        if not page.isdigit() or int(page) < 1:
            return invalid("$page")
        if not size.isdigit() or not 0 < int(size) <= MOST_PAGE:
            return invalid("$pageSize")
        begin = (int(page) - 1) * int(size)
        return Answer(
            200,
            {
                "page": int(page),
                "pageSize": int(size),
                "count": len(request.results),
                "items": request.results[begin : begin + int(size)],
                "requestId": str(uuid.uuid4()),
            },
        )

    def _complete(self, request: Request) -> None:
        for row in request.rows:
            problem = self._save(request, row)
            request.errors += problem is not None
            request.results.append(
                _OK
                if problem is None
                else {"errorCode": "UnexpectedError", "message": problem, "status": "Error"}
            )
        request.completed_at = self._clock()
        request.rows.clear()

    def _save(self, request: Request, row: dict[str, Any]) -> str | None:
        try:
            key, values = request.extension.prepare(row)
        except NotSaved as problem:
            return " ".join(problem.reasons)
        if (reason := self._faults.row(",".join(key))) is not None:
            return reason
        if request.may_insert_only and key in request.extension.rows:
            return f"Violation of PRIMARY KEY constraint. The duplicate key value is ({', '.join(key)})."
        request.extension.save(key, values)
        return None


def _status(request: Request) -> dict[str, Any]:
    status = {
        "callDateTime": _written(request.called_at),
        "hasErrors": request.errors > 0,
        "requestStatus": "Pending",
        "requestId": request.id,
    }
    if request.completed_at is not None:
        status |= {
            "completionDateTime": _written(request.completed_at),
            "pickupDateTime": _written(request.completed_at),
            "requestStatus": "Complete",
            "resultStatus": "Has Errors" if request.errors else "OK",
        }
    return status


def _unknown(request: str) -> Answer:
    message = f"Unable to locate an Async Request Status Record for the provided RequestId: {request}."
    return operational_error(str(uuid.uuid4()), "AsyncRequestStatusNotFound", message)


def _written(instant: Instant) -> str:
    return iso(instant).removesuffix("Z")
