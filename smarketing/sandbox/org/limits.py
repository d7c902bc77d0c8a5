"""The org's API budget for a day, and what was used of it, by kind of call and by user."""

from collections import Counter
from typing import Any


class Limits:
    """Counts calls."""

    def __init__(self, daily: int = 1_000_000) -> None:
        """Allow so many calls."""
        self.daily = daily
        self.used = 0
        self.by_kind: Counter[str] = Counter()
        self.by_user: Counter[str] = Counter()

    def count(self, method: str, path: str, user: str) -> None:
        """Count a call that reached the API."""
        self.used += 1
        parts = [part for part in path.split("/") if part]
        kind = "/".join(parts[:2]) if parts[:1] in (["composite"], ["jobs"]) else "/".join(parts[:1])
        self.by_kind[f"{method} {kind}"] += 1
        self.by_user[user] += 1

    @property
    def header(self) -> str:
        """The `Sforce-Limit-Info` header."""
        return f"api-usage={self.used}/{self.daily}"

    def describe(self) -> dict[str, Any]:
        """Answer the limits resource."""
        left = max(0, self.daily - self.used)
        return {
            "DailyApiRequests": {"Max": self.daily, "Remaining": left},
            "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 10_000},
            "DataStorageMB": {"Max": 10_240, "Remaining": 10_000},
        }
