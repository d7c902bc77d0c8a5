"""One account with one installed package: its parts, and the paths under which they are called."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.marketing_cloud.answers import not_found
from smarketing.sandbox.marketing_cloud.async_requests import AsyncRequests
from smarketing.sandbox.marketing_cloud.contacts import Contacts
from smarketing.sandbox.marketing_cloud.control import Control
from smarketing.sandbox.marketing_cloud.data_extension import Column, DataExtension
from smarketing.sandbox.marketing_cloud.ens import EventNotifications, KeyEncoding
from smarketing.sandbox.marketing_cloud.gate import Gate, Handle, respond
from smarketing.sandbox.marketing_cloud.journeys import Journeys
from smarketing.sandbox.marketing_cloud.messages import Messages
from smarketing.sandbox.marketing_cloud.rows import Rows
from smarketing.sandbox.marketing_cloud.soap import Soap

_METHODS = ["DELETE", "GET", "PATCH", "POST", "PUT"]


class MarketingCloud:
    """The emulated account."""

    def __init__(
        self,
        clock: SandboxClock,
        client_id: str,
        client_secret: str,
        signature_key: str,
        key_encoding: KeyEncoding = "utf8",
        jwt_secret: str = "",
        data_extensions: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    ) -> None:
        """Make an account.

        Args:
            clock: the sandbox's.
            client_id: of the installed package.
            client_secret: of the installed package.
            signature_key: signs what its callbacks are sent.
            key_encoding: how the signature key becomes bytes.
            jwt_secret: signs what its custom activities are sent.
            data_extensions: the columns of those that are there from the start, by key.
        """
        self.gate = Gate(clock, client_id, client_secret)
        self.data_extensions = {
            key: DataExtension(key, tuple(Column(**each) for each in columns))
            for key, columns in (data_extensions or {}).items()
        }
        self.journeys = Journeys()
        self.messages = Messages(clock)
        self.notifications = EventNotifications(clock, signature_key, key_encoding)
        self.requests = AsyncRequests(self.data_extensions, self.gate.faults, clock)
        self._contacts = Contacts(self.data_extensions, self.journeys, self.messages)
        self._rows = Rows(self.data_extensions, self.gate.faults, self.requests.settle)
        self._soap = Soap(self.data_extensions, self.gate.is_valid, self.requests.settle)
        self._control = Control(
            self.gate,
            self.data_extensions,
            self.requests,
            self.journeys,
            self.messages,
            self.notifications,
            jwt_secret,
        )

    def routes(self) -> list[BaseRoute]:
        """Serve the account."""
        served: list[tuple[str, str, Handle]] = [
            ("POST", "/v2/token", self.gate.token),
            ("POST", "/Service.asmx", self._soap.answer),
            ("GET", "/platform/v1/ens-callbacks", self.notifications.list_callbacks),
            ("POST", "/platform/v1/ens-verify", self.notifications.verify),
            ("POST", "/platform/v1/ens-subscriptions", self.notifications.subscribe),
            ("GET", "/platform/v1/ens-subscriptions-by-cb/{callback}", self.notifications.subscriptions_of),
            ("POST", "/hub/v1/dataevents/key:{key}/rowset", self._rows.upsert),
            ("PUT", "/hub/v1/dataevents/key:{key}/rows/{primary}", self._rows.upsert_one),
            ("GET", "/data/v1/customobjectdata/key/{key}/rowset", self._rows.read),
            ("GET", "/data/v1/customobjectdata/token/{token}/rowset", self._rows.read_on),
            ("PUT", "/data/v1/async/dataextensions/key:{key}/rows", self.requests.take),
            ("POST", "/data/v1/async/dataextensions/key:{key}/rows", self.requests.take),
            ("GET", "/data/v1/async/{request}/status", self.requests.status),
            ("GET", "/data/v1/async/{request}/results", self.requests.results),
            ("POST", "/interaction/v1/events", self.journeys.fire),
            ("POST", "/interaction/v1/interactions/contactMembership", self.journeys.memberships),
            ("POST", "/interaction/v1/interactions/contactexit", self.journeys.exit),
            ("POST", "/interaction/v1/interactions/contactexit/status", self.journeys.exit_status),
            ("POST", "/contacts/v1/contacts/actions/delete", self._contacts.delete),
            ("POST", "/messaging/v1/email/messages/{key}", self.messages.send),
            ("GET", "/messaging/v1/email/messages/{key}", self.messages.read),
        ]
        return [
            self.gate.route(
                "POST", "/platform/v1/ens-callbacks", self.notifications.create_callbacks, outward=True
            ),
            *(self.gate.route(*each) for each in served),
            *self._control.routes(),
            Route("/{path:path}", _nothing, methods=_METHODS),
        ]


async def _nothing(_: Request) -> Response:
    return respond(not_found())
