"""One emulated org: its parts put together."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from chalicelib.domain.instant import Instant
from smarketing.sandbox.org.automation.automation import Automation
from smarketing.sandbox.org.automation.messages import OutboundMessage
from smarketing.sandbox.org.beginnings import keep_beginning, kept_beginning
from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.faults import Faults
from smarketing.sandbox.org.limits import Limits
from smarketing.sandbox.org.metadata_api.metadata import Metadata
from smarketing.sandbox.org.metadata_api.starting import signature
from smarketing.sandbox.org.oauth import ConnectedApp, Logins
from smarketing.sandbox.org.outbound import Outbound, Subscription
from smarketing.sandbox.org.query import Queries
from smarketing.sandbox.org.records import Records
from smarketing.sandbox.org.rest import Rest
from smarketing.sandbox.org.schema import SObject, standard_schema
from smarketing.sandbox.org.security.deployed import register
from smarketing.sandbox.org.security.field_access import let_people_in
from smarketing.sandbox.org.seed import ADMIN, organization_id, seed, staff_queues, user_id
from smarketing.sandbox.org.sower import Sower

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""The sandbox sends nothing anywhere else."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setup:
    """What an org is made of.

    Attributes:
        metadata: the project that is deployed to a new org; without it the org has the platform's own
            objects alone.
        integration_user: username.
        callback: address for outbound messages that were deployed with a placeholder.
        file: of its data; without it the data is gone with the process.
        daily_calls: its API budget.
        field_access: whether admins have let people edit the project's fields since, as before the lock.
    """

    metadata: Path | None
    app: ConnectedApp
    integration_user: str
    callback: str | None = None
    file: Path | None = None
    daily_calls: int = 1_000_000
    field_access: bool = True


class Org:
    """An org that lives."""

    def __init__(self, setup: Setup, clock: Callable[[], Instant]) -> None:
        """Open or make its data and seed it. `url` has to be set once its address is known."""
        self.url = ""
        key = _beginning_key(setup, clock())
        beginning = kept_beginning(key) if key else None
        if beginning is None:
            self.database = Database(standard_schema(), setup.file)
        else:
            self.database = Database(beginning.schema, image=beginning.image)
        self.metadata = Metadata(self.database, clock)
        self.written: dict[str, int] = {}
        self.records = Records(self.database, clock, self._changed)
        self.automation = self._automation(clock)
        register(self.metadata.installing, self.database)
        seed(self.database, setup.integration_user, clock())
        if self.metadata.is_new and setup.metadata is not None:
            self.metadata.install(setup.metadata, user_id(self.database, ADMIN))
            staff_queues(self.database, clock())
            let_people_in(Sower(self.database, clock()), setup.integration_user, fields=setup.field_access)
            if key:
                keep_beginning(key, self.database)
        self.organization_id = organization_id(self.database)
        self.outbound = Outbound(self.database, self.organization_id)
        self._callback = setup.callback
        self.limits = Limits(setup.daily_calls)
        self.faults = Faults()
        self.logins = Logins(self.database, setup.app, self.organization_id, lambda: self.url)
        self.rest = Rest(self.records, Queries(self.database, clock, self.records.access), self.limits)

    def close(self) -> None:
        """Stop sending and close the data."""
        self.metadata.close()
        self.outbound.close()
        self.database.close()

    def _changed(self, sobject: SObject, record: Record, how: str) -> None:
        user = str(record.get("LastModifiedById"))
        self.written[user] = self.written.get(user, 0) + 1
        self.outbound.changed(sobject, record, how)

    def _automation(self, clock: Callable[[], Instant]) -> Automation:
        """Let deployed rules and flows do their work around each save."""
        automation = Automation(
            self.database, self.metadata.components, self.metadata.installing, self.records.access, clock
        )
        automation.writer = self.records
        automation.send_message = self._send
        self.records.automation = automation
        return automation

    def _send(self, message: OutboundMessage, record_id: str) -> None:
        """Send a message to where it was deployed for; a placeholder stands for our own callback."""
        host = urlsplit(message.url).hostname or ""
        url = self._callback if host.endswith(".example") else message.url
        if url is None or (urlsplit(url).hostname or "") not in _LOOPBACK:
            _log.info("outbound message %s not sent: %s is not on this machine", message.name, host)
            return
        fields = tuple(name for name in message.fields if name != "Id")  # It is always sent.
        subscription = Subscription(message.object, fields, url)
        self.database.after_commit(lambda: self.outbound.send(subscription, record_id))


def _beginning_key(setup: Setup, now: Instant) -> object | None:
    """Tell what a new org's data depend on; None for those that keep their own."""
    if setup.file is not None or setup.metadata is None:
        return None
    return setup.metadata, signature(setup.metadata), setup.integration_user, setup.field_access, now
