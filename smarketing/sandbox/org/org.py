"""One emulated org: its parts put together."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chalicelib.domain.instant import Instant
from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.faults import Faults
from smarketing.sandbox.org.limits import Limits
from smarketing.sandbox.org.oauth import ConnectedApp, Logins
from smarketing.sandbox.org.outbound import DEFAULT_FIELDS, Outbound, Subscription
from smarketing.sandbox.org.query import Queries
from smarketing.sandbox.org.records import Records
from smarketing.sandbox.org.rest import Rest
from smarketing.sandbox.org.schema import SObject, load_schema
from smarketing.sandbox.org.seed import organization_id, seed, user_id


@dataclass(frozen=True, slots=True)
class Setup:
    """What an org is made of.

    Attributes:
        metadata: the metadata project whose objects, fields and queues it has.
        integration_user: username; its changes send no outbound messages.
        callback: address for outbound messages; none are sent without it.
        file: of its data; without it the data is gone with the process.
        daily_calls: its API budget.
    """

    metadata: Path
    app: ConnectedApp
    integration_user: str
    callback: str | None = None
    file: Path | None = None
    daily_calls: int = 1_000_000


class Org:
    """An org that lives."""

    def __init__(self, setup: Setup, clock: Callable[[], Instant]) -> None:
        """Open or make its data and seed it. `url` has to be set once its address is known."""
        self.url = ""
        self.database = Database(load_schema(setup.metadata), setup.file)
        seed(self.database, setup.metadata, setup.integration_user, clock())
        self.organization_id = organization_id(self.database)
        self.outbound = Outbound(self.database, self.organization_id)
        self.written: dict[str, int] = {}
        self.records = Records(self.database, clock, self._changed)
        self.limits = Limits(setup.daily_calls)
        self.faults = Faults()
        self.logins = Logins(self.database, setup.app, self.organization_id, lambda: self.url)
        self.rest = Rest(self.records, Queries(self.database, clock), self.limits)
        if setup.callback:
            silent = frozenset({user_id(self.database, setup.integration_user)})
            self.outbound.subscriptions = [
                Subscription(name, fields, setup.callback, silent) for name, fields in DEFAULT_FIELDS.items()
            ]

    def close(self) -> None:
        """Stop sending and close the data."""
        self.outbound.close()
        self.database.close()

    def _changed(self, sobject: SObject, record: Record, how: str) -> None:
        user = str(record.get("LastModifiedById"))
        self.written[user] = self.written.get(user, 0) + 1
        self.outbound.changed(sobject, record, how)
