"""Rows that somebody who rehearses puts there; activities are forwarded at once.

The platform has no webhook of its own: what forwards here stands for a form handler or an External Action
that signs what it sends.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import requests

from smarketing.sandbox.account_engagement.database import PROSPECTS, Database
from smarketing.sandbox.signing import intake_headers

ACTIVITIES = "visitor-activities"
_MOST_FORWARDED = 200


class Forwarding:
    """Posts activities with their prospects to our route, signed."""

    def __init__(self, database: Database, key_id: str, secret: str) -> None:
        """Forward from a database."""
        self._database = database
        self._key = (key_id, secret)
        self._loaded: dict[int, Mapping[str, Any]] = {}

    def load(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put rows there, each with its `id`.

        Raises:
            KeyError, TypeError, ValueError: there is no such object, or a row has no id.
        """
        for row in rows:
            self._database.load(name, {**row, "id": int(row["id"])})
            if name == PROSPECTS:
                self._loaded[int(row["id"])] = row

    def forward(self, activities: Sequence[Mapping[str, Any]], url: str) -> int:
        """Post activities with their prospects; give how many were refused."""
        refused = 0
        for start in range(0, len(activities), _MOST_FORWARDED):
            part = activities[start : start + _MOST_FORWARDED]
            body = json.dumps(self._forwarded(part)).encode()
            headers = intake_headers(*self._key, body, self._database.clock() // 1000)
            if not requests.post(url, data=body, headers=headers, timeout=10).ok:
                refused += len(part)
        return refused

    def _forwarded(self, activities: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        known = self._database.tables[PROSPECTS].rows
        ids = {int(each["prospectId"]) for each in activities if each.get("prospectId")}
        return {
            "visitorActivities": list(activities),
            "prospects": [
                {name: known[each][name] for name in self._loaded.get(each, known[each])}
                for each in sorted(ids)
                if each in known
            ],
        }
