"""The Import API: many prospects in files."""

import time
from typing import Any

import pytest

from chalicelib.domain.instant import DAY, MINUTE, SECOND, Duration
from tests.sandbox.account_engagement.conftest import Caller, code_of, csv_of, read_csv

WANTED = {"operation": "Upsert", "object": "Prospect", "createOnNoMatch": True}
READY = {**WANTED, "status": "Ready"}
HEADER = ["matchEmail", "firstName"]
FILE = csv_of([HEADER, ["a@x.example", "Ada"]])


def opened(caller: Caller, **wanted: Any) -> int:
    number: int = caller.call("POST", "imports", {**WANTED, **wanted}).json()["id"]
    return number


def test_an_import_in_batches_is_submitted_worked_off_and_counted(caller: Caller) -> None:
    known = caller.prospect(email="a@x.example", firstName="Old", company="Acme")
    made = caller.call("POST", "imports", WANTED).json()
    path = f"imports/{made['id']}"

    added = [
        caller.upload("POST", f"{path}/batches", csv_of([HEADER, [address, name]]))
        for address, name in (("A@x.example", "Ada"), ("b@x.example", "Bob"), ("wrong", "Cy"))
    ]
    waiting = caller.call("PATCH", path, {"status": "Ready"}).json()
    processing = caller.call("GET", path, fields="status,createdCount").json()
    told = caller.finished(made["id"])
    errors = caller.call("GET", told["errorsRef"]).text

    assert made["status"] == "Open"
    assert made["batchesRef"] == f"{caller.url}/api/v5/imports/{made['id']}/batches"
    assert [answer.status_code for answer in added] == [204, 204, 204]
    assert waiting == {"id": made["id"], "status": "Waiting", "isExpired": False}
    assert processing == {"status": "Processing", "createdCount": None}
    assert (told["createdCount"], told["updatedCount"], told["errorCount"]) == (1, 1, 1)
    assert read_csv(errors) == [
        {
            "matchEmail": "wrong",
            "firstName": "Cy",
            "errorType": "Invalid Email",
            "errorDescription": 'No Email Address Found or Invalid Email Address - "wrong"',
        }
    ]
    rows = {row["id"]: row for row in caller.rows("prospects")}
    assert (rows[known]["firstName"], rows[known]["company"]) == ("Ada", "Acme")
    assert (rows[2]["email"], rows[2]["firstName"]) == ("b@x.example", "Bob")


def test_an_import_with_one_file_goes_with_one_call(caller: Caller) -> None:
    made = caller.upload("POST", "imports", FILE, READY)

    told = caller.finished(made.json()["id"])

    assert (made.status_code, made.json()["status"]) == (201, "Waiting")
    assert (told["createdCount"], told["errorsRef"]) == (1, None)


def test_a_row_is_matched_by_id_or_salesforce_id(caller: Caller) -> None:
    first = caller.prospect(email="a@x.example")
    second = caller.prospect(email="b@x.example", salesforceId="00Qxx0000000001AAA")
    rows = [
        ["matchId", "matchSalesforceId", "company"],
        [str(first), "", "One"],
        ["", "00Qxx0000000001", "Two"],
        [str(first), "00Qxx0000000001", "Three"],
        ["77", "", "Four"],
    ]

    made = caller.upload("POST", "imports", csv_of(rows), {**READY, "createOnNoMatch": False})
    told = caller.finished(made.json()["id"])

    companies = {row["id"]: row.get("company") for row in caller.rows("prospects")}
    assert companies == {first: "One", second: "Two"}
    assert (told["updatedCount"], told["errorCount"]) == (2, 2)


@pytest.mark.parametrize(("restore", "expected"), [(True, (1, 0, False)), (False, (0, 1, True))])
def test_what_lies_in_the_recycle_bin_is_restored_only_on_request(
    caller: Caller, restore: bool, expected: tuple[int, int, bool]
) -> None:
    caller.call("DELETE", f"objects/prospects/{caller.prospect(email='a@x.example')}")

    made = caller.upload("POST", "imports", FILE, {**READY, "restoreDeleted": restore})
    told = caller.finished(made.json()["id"])

    (row,) = caller.rows("prospects")
    assert (told["updatedCount"], told["errorCount"], row["isDeleted"]) == expected


def test_columns_keep_what_they_are_told_to_keep(caller: Caller) -> None:
    caller.prospect(email="a@x.example", firstName="Old", company="Acme", jobTitle="CEO")
    columns = [
        {"field": "matchEmail"},
        {"field": "firstName", "overwrite": False},
        {"field": "company", "nullOverwrite": False},
        {"field": "jobTitle"},
    ]
    file = csv_of([[each["field"] for each in columns], ["a@x.example", "New", "", ""]])  # type: ignore[misc]

    made = caller.upload("POST", "imports", file, {**READY, "fields": columns})
    caller.finished(made.json()["id"])

    (row,) = caller.rows("prospects")
    assert (row["firstName"], row["company"], row["jobTitle"]) == ("Old", "Acme", None)


def test_a_file_puts_prospects_on_lists_and_takes_them_off(caller: Caller) -> None:
    old, new = (caller.call("POST", "objects/lists", {"name": name}).json()["id"] for name in "ab")
    prospect = caller.prospect(email="a@x.example")
    caller.call("POST", "objects/list-memberships", {"listId": old, "prospectId": prospect})
    rows = [["matchEmail", "addToList", "removeFromList"], ["a@x.example", str(new), str(old)]]

    made = caller.upload("POST", "imports", csv_of(rows), READY)
    caller.finished(made.json()["id"])

    found = caller.call("GET", "objects/list-memberships", fields="listId,prospectId").json()["values"]
    assert found == [{"listId": new, "prospectId": prospect}]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (csv_of([["matchEmail", "shoeSize"], ["a", "44"]]), (400, 130)),
        (csv_of([["matchEmail", "createdAt"], ["a", "now"]]), (400, 130)),
        (csv_of([["firstName"], ["Ada"]]), (400, 197)),
        (csv_of([["matchEmail", "firstName"], ["a"]]), (400, 159)),
        (csv_of([["matchEmail", "firstName"]]), (400, 159)),
        (b"\xff\xfe", (400, 159)),
        (b"x" * 10_000_001, (400, 204)),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(
    caller: Caller, file: bytes, expected: tuple[int, int]
) -> None:
    assert code_of(caller.upload("POST", f"imports/{opened(caller)}/batches", file)) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"object": "Prospect"}, (400, 153)),
        ({**WANTED, "operation": "Delete"}, (400, 154)),
        ({**WANTED, "colour": "red"}, (400, 154)),
        ({**WANTED, "restoreDeleted": "yes"}, (400, 154)),
        ({**WANTED, "fields": ["email"]}, (400, 165)),
        ({**WANTED, "status": "Ready"}, (400, 156)),
    ],
)
def test_an_import_that_makes_no_sense_is_refused(
    caller: Caller, wanted: dict[str, Any], expected: tuple[int, int]
) -> None:
    assert code_of(caller.call("POST", "imports", wanted)) == expected


def test_batches_have_one_header_and_are_ten_at_most(caller: Caller) -> None:
    path = f"imports/{opened(caller)}/batches"
    answers = [caller.upload("POST", path, FILE) for _ in range(11)]
    other = f"imports/{opened(caller)}/batches"
    caller.upload("POST", other, FILE)

    unlike = caller.upload("POST", other, csv_of([["matchEmail", "lastName"], ["a@x.example", "B"]]))

    assert code_of(answers[-1]) == (400, 160)
    assert code_of(unlike) == (400, 159)


def test_the_columns_told_beforehand_have_to_be_the_file_s(caller: Caller) -> None:
    number = opened(caller, fields=[{"field": "matchEmail"}, {"field": "lastName"}])

    assert code_of(caller.upload("POST", f"imports/{number}/batches", FILE)) == (400, 227)


def test_a_submitted_import_takes_nothing_more(caller: Caller) -> None:
    number = caller.upload("POST", "imports", FILE, READY).json()["id"]

    batch = caller.upload("POST", f"imports/{number}/batches", FILE)
    again = caller.call("PATCH", f"imports/{number}", {"status": "Ready"})
    early = caller.call("GET", f"imports/{number}/errors")

    assert (code_of(batch), code_of(again), code_of(early)) == ((400, 161), (400, 155), (400, 161))


def test_a_job_takes_as_long_as_asked_whether_somebody_looks_or_not(caller: Caller) -> None:
    caller.control("POST", "limits", {"job_seconds": 300})
    number = caller.upload("POST", "imports", FILE, READY).json()["id"]

    early = [caller.call("GET", f"imports/{number}", fields="status").json()["status"] for _ in range(3)]
    caller.clock.advance(Duration(300 * SECOND + MINUTE))

    assert set(early) == {"Processing"}
    assert [row["email"] for row in caller.rows("prospects")] == ["a@x.example"]


def test_imports_expire(caller: Caller) -> None:
    opened(caller)
    done = caller.upload("POST", "imports", FILE, READY).json()["id"]
    caller.finished(done)

    caller.clock.advance(DAY)
    soon = caller.call("GET", "imports", fields="id,isExpired").json()["values"]
    caller.clock.advance(Duration(6 * DAY))
    late = caller.call("GET", "imports", fields="id,isExpired").json()["values"]

    assert soon == [{"id": 2, "isExpired": False}, {"id": 1, "isExpired": True}]
    assert late[0] == {"id": 2, "isExpired": True}


def test_a_row_left_out_is_neither_counted_nor_told(caller: Caller) -> None:
    caller.control("POST", "faults", {"kind": "row_skipped", "keys": ["a@x.example"]})
    caller.control("POST", "faults", {"kind": "row_conflicting", "keys": ["b@x.example"]})
    file = csv_of([HEADER, ["a@x.example", "A"], ["b@x.example", "B"]])

    told = caller.finished(caller.upload("POST", "imports", file, READY).json()["id"])

    assert (told["createdCount"], told["updatedCount"], told["errorCount"]) == (0, 0, 1)
    (row,) = read_csv(caller.call("GET", told["errorsRef"]).text)
    assert (row["matchEmail"], row["errorType"]) == ("b@x.example", "Conflicting Update")


def test_a_hundred_thousand_prospects_go_in_within_seconds(caller: Caller) -> None:
    # given: 3% that are refused, and 2% that somebody else writes at the moment
    caller.control("POST", "faults", {"kind": "row_refused", "share": 0.03})
    caller.control("POST", "faults", {"kind": "row_conflicting", "share": 0.02})
    rows = [[f"{number}@x.example", f"Name {number}"] for number in range(100_000)]
    began = time.monotonic()

    # when
    made = caller.upload("POST", "imports", csv_of([HEADER, *rows]), READY)
    told = caller.finished(made.json()["id"])
    seconds = time.monotonic() - began

    # then: every row is accounted for, and the same ones fail again
    met = caller.control("GET", "faults").json()["rows_met"]
    assert told["createdCount"] + told["errorCount"] == 100_000
    assert met["row_refused"] == pytest.approx(3_000, rel=0.1)
    assert met["row_conflicting"] == pytest.approx(2_000, rel=0.1)
    assert told["errorCount"] == met["row_refused"] + met["row_conflicting"]
    assert seconds < 30
