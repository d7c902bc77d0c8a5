"""Exported Account Engagement rows (CSV, one file a table) as the forwards that would have told them.

The folder holds `pardot_visitor_activity_data.csv` and, if it is there, `pardot_prospect_data.csv`, with the
column names of Fivetran's Pardot connector; the rows become objects of API v5 (camelCase names, ISO times).
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chalicelib.domain.instant import Instant
from chalicelib.errors import Rejected
from smarketing.demo.senders import Call, Keys, sign_intake

ACTIVITIES = "pardot_visitor_activity_data.csv"
PROSPECTS = "pardot_prospect_data.csv"
MOST = 200

_PROSPECT_COLUMNS = (
    "id email first_name last_name company job_title department industry country city phone website "
    "employees opted_out is_do_not_email updated_at"
).split()


def forwards(folder: Path, at: Instant, keys: Keys) -> Iterator[Call]:
    """Turn the folder's rows into signed requests, at most 200 activities each.

    Raises:
        Rejected: the folder has no file of visitor activities, or the file misses a column.
    """
    activities = [_activity(row) for row in _rows(folder / ACTIVITIES, needed=("id", "type", "created_at"))]
    prospects = [_prospect(row) for row in _rows(folder / PROSPECTS, needed=("id",), optional=True)]
    for start in range(0, max(len(activities), len(prospects)), MOST):
        part = activities[start : start + MOST]
        body = {"visitorActivities": part, "prospects": prospects[start : start + MOST]}
        yield _call(body, len(part), at, keys)


def _call(body: dict[str, Any], engagements: int, at: Instant, keys: Keys) -> Call:
    text = json.dumps(body).encode()
    headers = sign_intake(text, at, keys.intake_key_id, keys.intake_secret)
    return Call(at, "/account-engagement/activities", headers, text, engagements)


def _rows(path: Path, needed: tuple[str, ...], *, optional: bool = False) -> list[dict[str, str]]:
    if not path.is_file():
        if optional:
            return []
        raise Rejected(f"--data: {path.parent} has no {path.name}; name a folder that has one")
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        missing = set(needed) - set(reader.fieldnames or ())
        if missing:
            raise Rejected(f"--data: {path.name} has no column {min(missing)}; export it with its header")
        return list(reader)


def _activity(row: dict[str, str]) -> dict[str, Any]:
    numbers = {_camel(name): int(value) for name, value in row.items() if name.endswith("_id") and value}
    return numbers | {
        "id": int(row["id"]),
        "type": int(row["type"]),
        "typeName": row.get("type_name", ""),
        "createdAt": _time(row["created_at"]),
        "details": row.get("details", ""),
    }


def _prospect(row: dict[str, str]) -> dict[str, Any]:
    plain: dict[str, Any] = {_camel(name): row[name] for name in _PROSPECT_COLUMNS if row.get(name)}
    plain["id"] = int(row["id"])
    for name in ("optedOut", "isDoNotEmail"):
        plain[name] = plain.get(name) == "true"
    if "updatedAt" in plain:
        plain["updatedAt"] = _time(plain["updatedAt"])
    return plain


def _time(text: str) -> str:
    return text.removesuffix(" UTC").replace(" ", "T") + "+00:00"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
