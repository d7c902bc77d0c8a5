"""External activities: what other systems tell of prospects; they have a path of their own.

Source: Account Engagement API v5, "External Activity Object".
"""

from dataclasses import replace

from smarketing.sandbox.account_engagement.answers import Answer, Call
from smarketing.sandbox.account_engagement.records import Records

_OBJECT = {"object": "external-activities"}


class ExternalActivities:
    """The handlers of `/api/v5/external-activities`."""

    def __init__(self, records: Records) -> None:
        """Serve them as the other rows are served."""
        self._records = records

    def query(self, call: Call) -> Answer:
        """Give a page of them."""
        return self._records.query(_named(call))

    def read(self, call: Call) -> Answer:
        """Give one of them."""
        return self._records.read(_named(call))

    def create(self, call: Call) -> Answer:
        """Take one."""
        return self._records.create(_named(call))


def _named(call: Call) -> Call:
    return replace(call, parameters={**call.parameters, **_OBJECT})
