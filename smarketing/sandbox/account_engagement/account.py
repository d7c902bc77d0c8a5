"""The account, which tells how many calls are left.

Source: Account Engagement API v5, "Account Object".
"""

from typing import Any

from smarketing.sandbox.account_engagement.answers import (
    MISSING_PARAMETER,
    NOT_QUERYABLE,
    Answer,
    Call,
    Refused,
)
from smarketing.sandbox.account_engagement.limits import Limits
from smarketing.sandbox.account_engagement.query import only
from smarketing.sandbox.account_engagement.values import written
from smarketing.sandbox.clock import SandboxClock

_COMPANY = "Smarketing Sandbox"


class Account:
    """The handler of `/api/v5/objects/account`."""

    def __init__(self, limits: Limits, clock: SandboxClock) -> None:
        """Tell of the account's limits."""
        self._limits = limits
        self._created_at = written(clock())

    def read(self, call: Call) -> Answer:
        """Give the account."""
        fields = [each.strip() for each in call.query.get("fields", "").split(",") if each.strip()]
        if not fields:
            raise Refused(MISSING_PARAMETER, "fields")
        account: dict[str, Any] = {
            "id": 1,
            "company": _COMPANY,
            "maximumDailyApiCalls": self._limits.daily,
            "apiCallsUsed": self._limits.used,
            "createdAt": self._created_at,
            "updatedAt": self._created_at,
        }
        if unknown := [each for each in fields if each not in account]:
            raise Refused(NOT_QUERYABLE, ", ".join(unknown))
        return Answer(200, only(fields, account))
