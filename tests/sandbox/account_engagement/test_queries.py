"""Rows are queried page by page, filtered, ordered, and a moment late."""

from typing import Any

import pytest

from chalicelib.domain.instant import HOUR, SECOND, Duration
from tests.sandbox.account_engagement.conftest import Caller, code_of


def test_pages_follow_one_another_by_the_token_alone(caller: Caller) -> None:
    caller.load("prospects", [{"id": number, "email": f"{number}@x.example"} for number in range(1, 6)])

    first = caller.call("GET", "objects/prospects", fields="id,email", limit=2).json()
    second = caller.call("GET", first["nextPageUrl"]).json()
    third = caller.call("GET", "objects/prospects", fields="id", nextPageToken=second["nextPageToken"]).json()

    assert [row["id"] for page in (first, second, third) for row in page["values"]] == [1, 2, 3, 4, 5]
    assert first["values"][0] == {"id": 1, "email": "1@x.example"}
    assert third["nextPageToken"] is None


def test_a_token_dies_after_four_hours(caller: Caller) -> None:
    caller.load("lists", [{"id": number, "name": str(number)} for number in (1, 2)])
    url = caller.call("GET", "objects/lists", fields="id", limit=1).json()["nextPageUrl"]

    caller.clock.advance(Duration(4 * HOUR - SECOND))
    alive = caller.call("GET", url)
    caller.clock.advance(SECOND)
    dead = caller.call("GET", url)

    assert alive.status_code == 200
    assert code_of(dead) == (400, 210)


def test_no_token_is_given_past_the_wall(caller: Caller) -> None:
    caller.control("POST", "limits", {"most_records": 4})
    caller.load("lists", [{"id": number, "name": str(number)} for number in range(1, 7)])

    first = caller.call("GET", "objects/lists", fields="id", limit=2)
    second = caller.call("GET", first.json()["nextPageUrl"])

    assert "Pardot-Warning" not in first.headers
    assert second.headers["Pardot-Warning"].startswith("203;")
    assert (second.json()["nextPageToken"], len(second.json()["values"])) == (None, 2)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"updatedAtAfter": "2026-01-02T00:00:00+00:00"}, [3]),
        ({"updatedAtAfterOrEqualTo": "2026-01-02T01:00:00+01:00"}, [2, 3]),
        ({"createdAtBefore": "2026-01-02T00:00:00Z"}, [1]),
        ({"idGreaterThan": "1", "idLessThanOrEqualTo": "2"}, [2]),
        ({"email": "TWO@x.example"}, [2]),
        ({"deleted": "true"}, [4]),
        ({"deleted": "all"}, [1, 2, 3, 4]),
        ({"orderBy": "updatedAt desc"}, [3, 2, 1]),
        ({"orderBy": "updatedAt,id", "limit": "1"}, [1]),
    ],
)
def test_rows_are_narrowed_and_ordered(caller: Caller, query: dict[str, str], expected: list[int]) -> None:
    days = {1: ("one", "01"), 2: ("two", "02"), 3: ("three", "03"), 4: ("gone", "01")}
    caller.load(
        "prospects",
        [
            {
                "id": number,
                "email": f"{name}@x.example",
                "createdAt": f"2026-01-{day}T00:00:00Z",
                "isDeleted": name == "gone",
            }
            for number, (name, day) in days.items()
        ],
    )

    values = caller.call("GET", "objects/prospects", fields="id", **query).json()["values"]

    assert [row["id"] for row in values] == expected


def test_pages_go_down_as_they_go_up(caller: Caller) -> None:
    at = "2026-01-01T00:00:00Z"
    caller.load("lists", [{"id": number, "name": str(number), "createdAt": at} for number in range(1, 6)])

    page = caller.call("GET", "objects/lists", fields="id", limit=2, orderBy="createdAt desc").json()
    seen = [row["id"] for row in page["values"]]
    while page["nextPageUrl"]:
        page = caller.call("GET", page["nextPageUrl"]).json()
        seen += [row["id"] for row in page["values"]]

    assert seen == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, (400, 13)),
        ({"fields": "id,shoeSize"}, (400, 224)),
        ({"fields": "id", "limit": "1001"}, (400, 23)),
        ({"fields": "id", "nextPageToken": "x"}, (400, 211)),
        ({"fields": "id", "updatedAtAfter": "yesterday"}, (400, 7)),
        ({"fields": "id", "deleted": "yes"}, (400, 27)),
        ({"fields": "id", "orderBy": "shoeSize"}, (400, 19)),
        ({"fields": "id", "orderBy": "id sideways"}, (400, 20)),
        ({"fields": "id", "orderBy": "createdAt,updatedAt"}, (400, 135)),
        ({"fields": "id", "shoeSize": "44"}, (400, 5)),
        (
            {
                "fields": "id",
                "id": "1",
                "email": "a",
                "createdAtAfter": "2026-01-01T00:00:00Z",
                "updatedAtAfter": "2026-01-01T00:00:00Z",
            },
            (400, 209),
        ),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(
    caller: Caller, query: dict[str, str], expected: tuple[int, int]
) -> None:
    assert code_of(caller.call("GET", "objects/prospects", **query)) == expected


def test_a_token_goes_with_fields_only(caller: Caller) -> None:
    caller.load("lists", [{"id": number, "name": str(number)} for number in (1, 2)])
    token = caller.call("GET", "objects/lists", fields="id", limit=1).json()["nextPageToken"]

    answer = caller.call("GET", "objects/lists", fields="id", limit=1, nextPageToken=token)

    assert code_of(answer) == (400, 5)


def test_reads_are_as_late_as_asked(caller: Caller) -> None:
    caller.control("POST", "limits", {"stale_seconds": 60})
    prospect = caller.prospect(email="a@x.example", company="Old")
    caller.clock.advance(Duration(60 * SECOND))
    caller.call("PATCH", f"objects/prospects/{prospect}", {"company": "New"})
    other = caller.prospect(email="b@x.example")

    def seen() -> list[Any]:
        values = caller.call("GET", "objects/prospects", fields="id,company").json()["values"]
        return [(row["id"], row["company"]) for row in values]

    soon, unknown = seen(), caller.call("GET", f"objects/prospects/{other}", fields="id")
    caller.clock.advance(Duration(60 * SECOND))

    assert soon == [(prospect, "Old")]
    assert code_of(unknown) == (404, 109)
    assert seen() == [(prospect, "New"), (other, None)]
