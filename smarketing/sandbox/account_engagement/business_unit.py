"""One business unit: its parts, and the paths under which they are called."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from smarketing.sandbox.account_engagement.account import Account
from smarketing.sandbox.account_engagement.answers import INVALID_ACTION, Refused
from smarketing.sandbox.account_engagement.control import Control
from smarketing.sandbox.account_engagement.database import Database
from smarketing.sandbox.account_engagement.exports import Exports
from smarketing.sandbox.account_engagement.external_activities import ExternalActivities
from smarketing.sandbox.account_engagement.forwarding import Forwarding
from smarketing.sandbox.account_engagement.gate import Gate, Handle, respond
from smarketing.sandbox.account_engagement.import_rows import ImportRows
from smarketing.sandbox.account_engagement.imports import Imports
from smarketing.sandbox.account_engagement.jobs import Jobs
from smarketing.sandbox.account_engagement.limits import Limits
from smarketing.sandbox.account_engagement.org_login import OrgLogin
from smarketing.sandbox.account_engagement.prospects import Prospects
from smarketing.sandbox.account_engagement.records import Records
from smarketing.sandbox.account_engagement.rules import Rules
from smarketing.sandbox.clock import SandboxClock

_METHODS = ["DELETE", "GET", "PATCH", "POST", "PUT"]
_OBJECTS = "/api/v5/objects/{object}"


class AccountEngagement:
    """The emulated business unit.

    Attributes:
        forward_url: where activities that somebody loads are forwarded to.
    """

    def __init__(
        self,
        clock: SandboxClock,
        business_unit: str,
        access_token: str,
        forward_url: str,
        key_id: str,
        secret: str,
        custom_fields: Iterable[Mapping[str, Any]] = (),
        org_url: Callable[[], str] | None = None,
    ) -> None:
        """Make a business unit.

        Args:
            clock: the sandbox's.
            business_unit: its id, `0Uv...`.
            access_token: one that always is valid; empty for none.
            forward_url: where activities that somebody loads are forwarded to.
            key_id: of the key that signs what is forwarded.
            secret: the key.
            custom_fields: of prospects, each with `fieldId` (without `__c`), `name` and `type`.
            org_url: tells where the Salesforce org is whose access tokens are taken; None for none.
        """
        self.forward_url = forward_url
        limits, jobs = Limits(clock), Jobs(clock)
        self.gate = Gate(business_unit, OrgLogin(access_token, org_url), limits)
        faults = self.gate.faults
        self.database = Database(clock, custom_fields)
        rules = Rules(self.database)
        self._records = Records(self.database, rules, faults)
        self._prospects = Prospects(self.database, rules, faults)
        rows = ImportRows(self.database, rules, self._prospects, faults)
        self._imports = Imports(self.database, rows, jobs)
        self._exports = Exports(self.database, jobs)
        self._external = ExternalActivities(self._records)
        self._account = Account(limits, clock)
        forwarding = Forwarding(self.database, key_id, secret)
        self._control = Control(
            self.gate, self.database, rules, self._records, jobs, forwarding, lambda: self.forward_url
        )
        self.gate.before_each = self._settle

    def routes(self) -> list[BaseRoute]:
        """Serve the business unit."""
        records, imports, exports = self._records, self._imports, self._exports
        served: list[tuple[str, str, Handle]] = [
            ("GET", "/api/v5/objects/account", self._account.read),
            ("POST", f"{_OBJECTS}/do/{{action}}", self._prospects.act),
            ("GET", _OBJECTS, records.query),
            ("POST", _OBJECTS, records.create),
            ("GET", f"{_OBJECTS}/{{id}}", records.read),
            ("PATCH", f"{_OBJECTS}/{{id}}", records.update),
            ("DELETE", f"{_OBJECTS}/{{id}}", records.delete),
            ("GET", "/api/v5/external-activities", self._external.query),
            ("POST", "/api/v5/external-activities", self._external.create),
            ("GET", "/api/v5/external-activities/{id}", self._external.read),
            ("GET", "/api/v5/imports", imports.query),
            ("POST", "/api/v5/imports", imports.create),
            ("GET", "/api/v5/imports/{id}", imports.read),
            ("PATCH", "/api/v5/imports/{id}", imports.update),
            ("POST", "/api/v5/imports/{id}/batches", imports.add_batch),
            ("GET", "/api/v5/imports/{id}/errors", imports.errors),
            ("GET", "/api/v5/exports", exports.query),
            ("POST", "/api/v5/exports", exports.create),
            ("GET", "/api/v5/exports/{id}", exports.read),
            ("GET", "/api/v5/exports/{id}/results/{file}", exports.result),
        ]
        return [
            *(self.gate.route(*each) for each in served),
            *self._control.routes(),
            Route("/{path:path}", _nothing, methods=_METHODS),
        ]

    def _settle(self) -> None:
        """Work off imports and exports whose time has come."""
        self._imports.settle()
        self._exports.settle()


async def _nothing(_: Request) -> Response:
    return respond(Refused(INVALID_ACTION).answer)
