"""Answers that the real API gave, and rows of a real business unit, as the gateway reads them."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest
import requests

from chalicelib.domain.instant import Instant, parse_instant
from chalicelib.errors import Misconfigured, Rejected
from chalicelib.gateways.account_engagement import polled_rows, prospects, queries
from chalicelib.gateways.account_engagement.access import Answer
from chalicelib.gateways.account_engagement.refusals import NOT_FOUND, code_of, refuse

SHARED = Path(os.environ.get("SMARKETING_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
WIRE, ROWS = SHARED / "wire" / "pardot", SHARED / "pardot"
NOW = Instant(1_790_000_000_000)

pytestmark = pytest.mark.skipif(
    not WIRE.is_dir() or not ROWS.is_dir(), reason="no folder of shared data: set SMARKETING_SHARED_DATA"
)


class Recorded:
    """An access that gives recorded answers, one after the other."""

    def __init__(self, *names: str) -> None:
        self.answers = [json.loads((WIRE / name).read_text(encoding="utf-8")) for name in names]
        self.asked: list[Any] = []

    def call(self, method: str, path: str, **more: Any) -> Answer:
        self.asked.append(more.get("query"))
        return Answer(self.answers.pop(0))


def failure(name: str, status: int) -> requests.Response:
    answer = requests.Response()
    answer.status_code = status
    answer._content = (WIRE / name).read_bytes()
    return answer


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)


def exported(name: str) -> list[dict[str, Any]]:
    """Rows of the warehouse's columns under the API's names."""
    with (ROWS / f"pardot_{name}_data.csv").open(encoding="utf-8") as file:
        return [{camel(key): value or None for key, value in row.items()} for row in csv.DictReader(file)]


def test_pages_are_read_to_the_empty_one() -> None:
    recorded: Any = Recorded("read/emails/1-first-page.json", "read/emails/2-empty-page.json")

    rows = list(queries.rows(recorded, "emails", ["name", "subject"]))

    assert [row["id"] for row in rows] == [34277860, 34277863]
    assert recorded.asked[1].keys() == {"fields", "nextPageToken"}


def test_prospects_are_read_with_their_custom_fields() -> None:
    recorded: Any = Recorded("read/prospects.json")

    rows = list(queries.rows(recorded, "prospects", ["email", "hobby__c"]))

    assert [row["hobby__c"] for row in rows] == [None, None, "swimming"]


def test_custom_fields_are_read() -> None:
    recorded: Any = Recorded("metadata/prospects-custom-fields.json")

    assert [row["fieldId"] for row in queries.rows(recorded, "custom-fields", ["fieldId"], "createdAt")] == [
        "biography",
        "hobby",
        "language",
        "age",
    ]


def test_a_prospect_that_was_written_tells_its_id() -> None:
    recorded: Any = Recorded("write/prospect/new.json")

    assert prospects.upsert(recorded, "a.alexander@sample.com", {}) == "55434583"


def test_a_record_that_is_not_there_is_known_by_its_code() -> None:
    assert code_of(failure("delete/err-not-found.json", 404)) in NOT_FOUND


@pytest.mark.parametrize("status", [200, 400, 403])
def test_a_missing_header_needs_an_operator_whatever_the_status(status: int) -> None:
    answer = failure("read/emails/err-missing-header.json", status)

    assert code_of(answer) == 181
    with pytest.raises(Misconfigured, match="181"):
        refuse(answer, "emails")


def test_a_missing_parameter_is_rejected() -> None:
    with pytest.raises(Rejected, match=r"13 .*fields"):
        refuse(failure("read/emails/err-missing-query.json", 400), "emails")


def test_exported_activities_say_when_they_happened_and_are_all_read() -> None:
    rows = [{**row, "type": int(row["type"])} for row in exported("visitor_activity")]

    arrival = polled_rows.of_activities(rows, NOW)

    assert not arrival.unreadable
    assert len(arrival.engagements) > 50
    assert all(polled_rows.changed_at(row) is not None for row in rows)


def test_exported_prospects_are_all_read_and_opt_outs_withdraw() -> None:
    flags = ("optedOut", "isDoNotEmail", "isDoNotCall")
    rows = [
        {
            **row,
            **{name: row[name] == "true" for name in flags},
            "isDeleted": row["FivetranDeleted"] == "true",
        }
        for row in exported("prospect")
    ]

    arrival = polled_rows.of_prospects(rows, NOW)

    assert not arrival.unreadable
    kept = [row for row in rows if not row["isDeleted"] or any(row[name] for name in flags)]
    assert len(arrival.engagements) == len(kept) > 0
    withdrawn = [each for each in arrival.engagements if each.consents]
    assert len(withdrawn) == sum(any(row[name] for name in flags) for row in rows)


@pytest.mark.parametrize("name", ["list", "list_membership", "opportunity", "visitor"])
def test_exported_rows_of_other_objects_have_times_that_are_read(name: str) -> None:
    for row in exported(name):
        assert parse_instant(row["updatedAt"]) >= parse_instant(row["createdAt"])
