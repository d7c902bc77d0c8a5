"""The Export API: a query's rows as files."""

from typing import Any

import pytest

from chalicelib.domain.instant import DAY, Duration
from tests.sandbox.account_engagement.conftest import Caller, code_of, read_csv

PROCEDURE = {
    "name": "filter_by_updated_at",
    "arguments": {"updated_after": "2025-12-01T00:00:00+00:00", "deleted": "all"},
}
WANTED = {"object": "prospect", "fields": ["id", "email", "optedOut", "company"], "procedure": PROCEDURE}


def export(caller: Caller, **more: Any) -> list[dict[str, str]]:
    made = caller.call("POST", "exports", {**WANTED, **more})
    assert made.status_code == 201, made.text
    told = caller.finished(made.json()["id"], "exports")
    files = [caller.call("GET", each).text for each in told["resultRefs"] or []]
    return [row for file in files for row in read_csv(file)]


def test_an_export_gives_the_rows_of_a_span_of_time(caller: Caller) -> None:
    caller.load(
        "prospects",
        [
            {"id": 1, "email": "a@x.example", "optedOut": True, "createdAt": "2025-12-02T00:00:00Z"},
            {"id": 2, "email": "b@x.example", "isDeleted": True, "createdAt": "2025-12-02T00:00:00Z"},
            {"id": 3, "email": "c@x.example", "createdAt": "2025-11-30T00:00:00Z"},
        ],
    )

    both = export(caller)
    living = export(
        caller,
        procedure={"name": "filter_by_created_at", "arguments": {"createdAfter": "2025-11-01T00:00:00Z"}},
    )

    assert both == [
        {"id": "1", "email": "a@x.example", "optedOut": "true", "company": ""},
        {"id": "2", "email": "b@x.example", "optedOut": "", "company": ""},
    ]
    assert [row["id"] for row in living] == ["1", "3"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"fields": []}, (400, 153)),
        ({"object": "unicorn"}, (400, 154)),
        ({"fields": ["shoeSize"]}, (400, 224)),
        ({"procedure": {"name": "everything"}}, (400, 174)),
        ({"procedure": {**PROCEDURE, "arguments": {}}}, (400, 176)),
        ({"procedure": {**PROCEDURE, "arguments": {"created_after": "today"}}}, (400, 175)),
        ({"procedure": {**PROCEDURE, "arguments": {"updated_after": "soon"}}}, (400, 177)),
        ({"procedure": {**PROCEDURE, "arguments": {"updated_after": "2024-12-01T00:00:00Z"}}}, (400, 177)),
    ],
)
def test_an_export_that_makes_no_sense_is_refused(
    caller: Caller, more: dict[str, Any], expected: tuple[int, int]
) -> None:
    assert code_of(caller.call("POST", "exports", {**WANTED, **more})) == expected


def test_files_are_kept_for_a_week(caller: Caller) -> None:
    caller.load("prospects", [{"id": 1, "email": "a@x.example", "createdAt": "2025-12-02T00:00:00Z"}])
    number = caller.call("POST", "exports", WANTED).json()["id"]
    early = caller.call("GET", f"exports/{number}/results/0")
    (url,) = caller.finished(number, "exports")["resultRefs"]

    caller.clock.advance(Duration(7 * DAY))

    told = caller.call("GET", f"exports/{number}", fields="isExpired,resultRefs").json()
    assert told == {"isExpired": True, "resultRefs": None}
    assert [code_of(answer) for answer in (early, caller.call("GET", url))] == [(400, 178), (400, 178)]
