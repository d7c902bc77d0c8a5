"""Pages for whoever rehearses: faults, statistics, and what people do in the user interface."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smarketing.sandbox.org.conversion import Conversion
from smarketing.sandbox.org.ids import read_id
from smarketing.sandbox.org.merging import Merging
from smarketing.sandbox.org.org import Org
from smarketing.sandbox.org.outbound import DEFAULT_FIELDS, Subscription
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.security.field_access import EDITORS, READERS, open_fields
from smarketing.sandbox.org.seed import ADMIN, user_id
from smarketing.sandbox.org.sower import Sower

Page = Callable[[Request], Awaitable[Response]]


def control_routes(org: Org) -> list[Route]:
    """Give the routes below /sandbox."""
    control = _Control(org)
    return [
        Route("/sandbox/statistics", control.statistics),
        Route("/sandbox/token", control.token, methods=["POST"]),
        Route("/sandbox/faults", _checked(control.add_fault), methods=["POST"]),
        Route("/sandbox/faults", control.clear_faults, methods=["DELETE"]),
        Route("/sandbox/duplicate-rule", control.duplicate_rule, methods=["POST"]),
        Route("/sandbox/outbound-messages", _checked(control.subscribe), methods=["POST"]),
        Route("/sandbox/convert", _checked(control.convert), methods=["POST"]),
        Route("/sandbox/merge", _checked(control.merge), methods=["POST"]),
        Route("/sandbox/field-access", _checked(control.field_access), methods=["POST"]),
    ]


class _Control:
    def __init__(self, org: Org) -> None:
        self._org = org

    # A page that reads records is no coroutine: it waits in a thread of its own while a deploy is at work.
    def statistics(self, request: Request) -> Response:
        org = self._org
        return JSONResponse(
            {
                "calls": org.limits.used,
                "calls_by_kind": dict(org.limits.by_kind),
                "calls_by_user": self._by_name(org.limits.by_user),
                "records_written_by_user": self._by_name(org.written),
                "outbound_messages": {"sent": org.outbound.sent, "waiting": org.outbound.waiting},
            }
        )

    def _by_name(self, counts: Mapping[str, int]) -> dict[str, int]:
        database = self._org.database
        users = database.schema.objects["user"]
        # Others go on counting meanwhile.
        return {
            str((database.get(users, user) or {}).get("Username")): count
            for user, count in dict(counts).items()
        }

    def token(self, request: Request) -> Response:
        """Give a user's access token, as an admin reads it from a session."""
        username = request.query_params.get("username", ADMIN)
        token = self._org.logins.token_for(username)
        if token is None:
            return JSONResponse({"error": f"username: no user {username}"}, 404)
        return JSONResponse({"access_token": token, "instance_url": self._org.url})

    async def add_fault(self, request: Request) -> Response:
        self._org.faults.add(await request.json())
        return Response(status_code=204)

    async def clear_faults(self, request: Request) -> Response:
        self._org.faults.clear()
        return Response(status_code=204)

    async def duplicate_rule(self, request: Request) -> Response:
        self._org.records.find_duplicates = bool((await request.json()).get("active", True))
        return Response(status_code=204)

    async def subscribe(self, request: Request) -> Response:
        plain: dict[str, Any] = await request.json()
        name = self._org.records.sobject(str(plain.get("object"))).name
        fields = plain.get("fields") or DEFAULT_FIELDS.get(name, ["SystemModstamp"])
        silent = frozenset(user_id(self._org.database, each) for each in plain.get("silent_users", []))
        self._org.outbound.subscriptions.append(Subscription(name, tuple(fields), str(plain["url"]), silent))
        return Response(status_code=204)

    async def field_access(self, request: Request) -> Response:
        """Let profiles and permission sets edit or read the custom fields, as an admin does."""
        plain = await request.json() if await request.body() else {}
        sower = Sower(self._org.database, self._org.records.clock())
        with self._org.database.lock:
            changed = open_fields(sower, plain.get("edit", EDITORS), plain.get("read", READERS))
        return JSONResponse({"changed": changed})

    async def convert(self, request: Request) -> Response:
        """Convert a Lead to a Contact, an Account and, if it is named, an Opportunity, as a rep does."""
        plain = await request.json()
        org = self._org
        conversion = Conversion(org.records, org.metadata.components, org.automation, org.outbound.changed)
        lead, admin = read_id(plain.get("leadId")), user_id(org.database, ADMIN)
        made = conversion.convert(lead, admin, plain.get("opportunity"))
        ids = {"contactId": made.contact, "accountId": made.account, "opportunityId": made.opportunity}
        return JSONResponse(ids)

    async def merge(self, request: Request) -> Response:
        """Merge one record into another of its object; what points to it follows."""
        plain = await request.json()
        master, other = read_id(plain.get("masterId"), "masterId"), read_id(plain.get("mergedId"), "mergedId")
        Merging(self._org.records).merge(master, [other], {}, user_id(self._org.database, ADMIN))
        return Response(status_code=204)


def _checked(page: Page) -> Page:
    """Answer what can't be done with 400 and one line."""

    async def checked(request: Request) -> Response:
        try:
            return await page(request)
        except (ValueError, KeyError) as error:
            return JSONResponse({"error": str(error)}, 400)
        except Refusal as refusal:
            return JSONResponse({"error": refusal.message, "code": refusal.code}, 400)

    return checked
