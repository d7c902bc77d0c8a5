"""Account Engagement (Pardot), emulated: reading prospects and visitor activities of API v5, and forwarding.

Form: https://developer.salesforce.com/docs/marketing/pardot/guide/version5overview.html; error codes:
.../pardot/guide/error-codes.html. The platform documents no HTTP status for its errors; here 401 for 184, 404
for 109 and 400 for the rest. The platform has no webhook of its own: what forwards here stands for a form
handler or an External Action that signs what it sends.
"""

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.signing import intake_headers

_MOST_ROWS = 1000
_USUAL_ROWS = 200
_MOST_FORWARDED = 200
_PROSPECT_FIELDS = frozenset(
    "id email firstName lastName company jobTitle score grade optedOut isDoNotEmail isDoNotCall salesforceId "
    "salesforceLeadId salesforceContactId campaignId lastActivityAt createdAt updatedAt".split()
)
_ACTIVITY_FIELDS = frozenset(
    "id type typeName prospectId visitorId campaignId details emailId formId formHandlerId landingPageId "
    "fileId createdAt updatedAt".split()
)
_OBJECTS = {"prospects": _PROSPECT_FIELDS, "visitor-activities": _ACTIVITY_FIELDS}


@dataclass(slots=True)
class AccountEngagement:
    """One business unit."""

    clock: SandboxClock
    business_unit: str
    access_token: str
    forward_url: str
    key_id: str
    secret: str
    rows: dict[str, dict[int, dict[str, Any]]] = field(
        default_factory=lambda: {name: {} for name in _OBJECTS}
    )

    def routes(self) -> list[BaseRoute]:
        """Serve the business unit."""
        return [
            Route("/api/v5/objects/{object}", self.query, methods=["GET"]),
            Route("/api/v5/objects/{object}/{id}", self.read, methods=["GET"]),
            Route("/sandbox/{object}", self.load, methods=["POST"]),
            Route("/{path:path}", _invalid_action, methods=["DELETE", "GET", "PATCH", "POST", "PUT"]),
        ]

    async def query(self, request: Request) -> Response:
        """List an object's rows by id, a page at a time."""
        fields = self._refusal_or_fields(request)
        if isinstance(fields, Response):
            return fields
        try:
            limit = int(request.query_params.get("limit", _USUAL_ROWS))
            after = _read_token(request.query_params.get("nextPageToken"))
        except ValueError:
            return _error(400, 201, "Invalid parameter: limit or nextPageToken.")
        if not 1 <= limit <= _MOST_ROWS:
            return _error(400, 201, f"Invalid parameter: limit must be from 1 to {_MOST_ROWS}.")
        rows = self.rows[request.path_params["object"]]
        ids = [each for each in sorted(rows) if each > after[0]][: (after[1] or limit) + 1]
        page, more = ids[: after[1] or limit], len(ids) > (after[1] or limit)
        token = _write_token(page[-1], after[1] or limit) if more else None
        url = (
            f"{request.url.replace(query='')}?fields={','.join(fields)}&nextPageToken={token}"
            if token
            else None
        )
        values = [{name: rows[each].get(name) for name in fields} for each in page]
        return JSONResponse({"nextPageToken": token, "nextPageUrl": url, "values": values})

    async def read(self, request: Request) -> Response:
        """Give one row."""
        fields = self._refusal_or_fields(request)
        if isinstance(fields, Response):
            return fields
        key = request.path_params["id"]
        row = self.rows[request.path_params["object"]].get(int(key)) if key.isdigit() else None
        if row is None:
            return _error(404, 109, "The requested record was not found.")
        return JSONResponse({name: row.get(name) for name in fields})

    async def load(self, request: Request) -> Response:
        """Sandbox only: add the rows of the body (each with an `id`); activities are forwarded at once."""
        name = request.path_params["object"]
        try:
            rows = json.loads(await request.body())
            added = {int(row["id"]): row for row in rows}
        except (ValueError, TypeError, KeyError):
            return _error(400, 71, "Input file is missing or invalid: send a JSON array of rows with an id.")
        if name not in self.rows:
            return await _invalid_action(request)
        self.rows[name] |= added
        if name != "visitor-activities":
            return JSONResponse({"added": len(added)})
        refused = await run_in_threadpool(self.forward, rows)
        return JSONResponse({"added": len(added), "refused": refused})

    def forward(self, activities: Sequence[dict[str, Any]]) -> int:
        """Post activities with their prospects to our route, signed; give how many were refused."""
        refused = 0
        for start in range(0, len(activities), _MOST_FORWARDED):
            part = activities[start : start + _MOST_FORWARDED]
            body = json.dumps(self._forwarded(part)).encode()
            headers = intake_headers(self.key_id, self.secret, body, self.clock() // 1000)
            if not requests.post(self.forward_url, data=body, headers=headers, timeout=10).ok:
                refused += len(part)
        return refused

    def _forwarded(self, activities: Sequence[dict[str, Any]]) -> dict[str, Any]:
        known = self.rows["prospects"]
        ids = {int(each["prospectId"]) for each in activities if each.get("prospectId")}
        return {
            "visitorActivities": list(activities),
            "prospects": [known[each] for each in sorted(ids) if each in known],
        }

    def _refusal_or_fields(self, request: Request) -> Response | list[str]:
        """Check what every request needs; give the fields that it asks for."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), self.access_token.encode()):
            return _error(401, 184, "access_token is invalid, unknown, or malformed")
        if request.headers.get("pardot-business-unit-id") != self.business_unit:
            missing = "Pardot-Business-Unit-Id header not found on request."
            return _error(400, 181, f"A required header is missing: {missing}")
        known = _OBJECTS.get(request.path_params["object"])
        if known is None:
            return _error(400, 2, "Invalid action")
        fields = [each for each in request.query_params.get("fields", "").split(",") if each]
        if not fields:
            return _error(400, 13, "One or more required parameters are missing: fields")
        unknown = [each for each in fields if each not in known and not each.endswith("__c")]
        if unknown:
            return _error(400, 201, f"Invalid field(s) requested: {', '.join(unknown)}")
        return fields


def _read_token(token: str | None) -> tuple[int, int]:
    """Read the last id of the page before and the page's size; (0, 0) without a token."""
    if token is None:
        return 0, 0
    last, limit = json.loads(base64.urlsafe_b64decode(token))
    return int(last), int(limit)


def _write_token(last: int, limit: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([last, limit]).encode()).decode()


def _error(status: int, code: int, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status_code=status)


async def _invalid_action(_: Request) -> Response:
    return _error(400, 2, "Invalid action")
