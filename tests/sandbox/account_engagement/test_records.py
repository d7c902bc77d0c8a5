"""Rows are made, changed and deleted as the platform lets it be done."""

from typing import Any

import pytest

from tests.sandbox.account_engagement.conftest import Caller, code_of


def test_a_prospect_is_created_read_changed_deleted_and_comes_back(caller: Caller) -> None:
    values = {"email": "a@x.example", "firstName": "Ada", "Score__c": "7", "Grade__c": True}
    made = caller.call("POST", "objects/prospects", values, fields="id,firstName,Score__c,Grade__c,isDeleted")
    path = f"objects/prospects/{made.json()['id']}"

    changed = caller.call("PATCH", path, {"firstName": None})
    read = caller.call("GET", path, fields="firstName,email").json()
    deleted = caller.call("DELETE", path)
    gone = caller.call("GET", path, fields="id")
    refused = caller.call("PATCH", path, {"firstName": "B"})
    back = caller.call("POST", "objects/prospects/do/undelete", {"email": "a@x.example", "fields": ["id"]})

    assert made.status_code == 201
    assert made.json() == {
        "id": 1,
        "firstName": "Ada",
        "Score__c": 7.0,
        "Grade__c": "true",
        "isDeleted": False,
    }
    assert made.headers["Location"] == f"{caller.url}/api/v5/objects/prospects/1"
    assert (changed.status_code, read) == (204, {"firstName": None, "email": "a@x.example"})
    assert deleted.status_code == 204
    assert code_of(gone) == (404, 109)
    assert gone.headers["Pardot-Warning"] == "201;Record In Recycle Bin"
    assert code_of(refused) == (400, 219)
    assert (back.status_code, back.json()) == (200, {"id": 1})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"firstName": "Ada"}, (400, 153)),
        ({"email": "nobody"}, (400, 4)),
        ({"email": "a@x.example", "shoeSize__c": "44"}, (400, 180)),
        ({"email": "a@x.example", "grade": "A"}, (400, 180)),
        ({"email": "a@x.example", "optedOut": "perhaps"}, (400, 50)),
        ({"email": "a@x.example", "score": "high"}, (400, 56)),
        ({"email": "a@x.example", "campaignId": 5}, (400, 38)),
        ({"email": "a@x.example", "company": ["Acme"]}, (400, 154)),
        ([1], (400, 150)),
        (None, (400, 152)),
    ],
)
def test_a_prospect_that_can_not_be_is_refused(caller: Caller, body: Any, expected: tuple[int, int]) -> None:
    assert code_of(caller.call("POST", "objects/prospects", body)) == expected
    assert caller.rows("prospects") == []


def test_an_address_is_unique_where_the_account_wants_it(caller: Caller) -> None:
    other = caller.prospect(email="b@x.example")
    caller.prospect(email="a@x.example")
    shared = caller.prospect(email="a@x.example")
    caller.control("POST", "limits", {"shares_addresses": False})

    created = caller.call("POST", "objects/prospects", {"email": "A@x.example"})
    changed = caller.call("PATCH", f"objects/prospects/{other}", {"email": "a@x.example"})

    assert shared == 3
    assert (code_of(created), code_of(changed)) == ((400, 9), (400, 54))


def test_upsert_takes_the_prospect_who_was_active_last(caller: Caller) -> None:
    caller.load(
        "prospects",
        [
            {"id": 1, "email": "a@x.example", "lastActivityAt": "2026-01-02T00:00:00Z"},
            {"id": 2, "email": "a@x.example", "lastActivityAt": "2026-01-01T00:00:00Z"},
            {"id": 3, "email": "b@x.example", "isDeleted": True},
        ],
    )

    def upsert(address: str, **more: Any) -> Any:
        body = {"matchEmail": address, "prospect": {"company": "Acme"}, "fields": ["id", "company"], **more}
        return caller.call("POST", "objects/prospects/do/upsertLatestByEmail", body)

    updated, restored = upsert("A@x.example"), upsert("b@x.example")
    created, again = upsert("c@x.example"), upsert("c@x.example", secondaryDeletedSearch=False)

    assert [answer.json() for answer in (updated, restored, created, again)] == [
        {"id": number, "company": "Acme"} for number in (1, 3, 4, 4)
    ]
    assert [row["isDeleted"] for row in caller.rows("prospects")] == [False, False, False, False]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"matchEmail": "a@x.example"}, (400, 207)),
        ({"prospect": {"company": "Acme"}}, (400, 207)),
        ({"matchEmail": "a@x.example", "prospect": "Acme"}, (400, 206)),
        ({"matchEmail": "a@x.example", "prospect": {}, "match": 1}, (400, 208)),
        ({"matchEmail": "a@x.example", "prospect": {}, "fields": ["shoeSize"]}, (400, 224)),
    ],
)
def test_an_upsert_that_makes_no_sense_is_refused(
    caller: Caller, body: Any, expected: tuple[int, int]
) -> None:
    answer = caller.call("POST", "objects/prospects/do/upsertLatestByEmail", body)

    assert code_of(answer) == expected


def test_rows_meet_the_faults_that_were_asked_for(caller: Caller) -> None:
    caller.control("POST", "faults", {"kind": "row_refused", "keys": ["bad@x.example"]})
    caller.control("POST", "faults", {"kind": "row_conflicting", "keys": ["busy@x.example"], "times": 1})

    refused = [caller.call("POST", "objects/prospects", {"email": "Bad@x.example"}) for _ in range(2)]
    first = caller.call("POST", "objects/prospects", {"email": "busy@x.example"})
    second = caller.call("POST", "objects/prospects", {"email": "busy@x.example"})

    assert [code_of(answer) for answer in refused] == [(400, 85), (400, 85)]
    assert code_of(first) == (400, 62)
    assert second.status_code == 201


def test_a_prospect_is_put_on_a_list_once_and_taken_off(caller: Caller) -> None:
    on = {"listId": caller.call("POST", "objects/lists", {"name": "News"}).json()["id"]}
    on["prospectId"] = caller.prospect(email="a@x.example")

    member = caller.call("POST", "objects/list-memberships", on, fields="id,optedOut")
    twice = caller.call("POST", "objects/list-memberships", on)
    found = caller.call(
        "GET", "objects/list-memberships", fields="id,listId", prospectId=on["prospectId"]
    ).json()["values"]
    off = caller.call("DELETE", f"objects/list-memberships/{member.json()['id']}")
    again = caller.call("POST", "objects/list-memberships", on)

    assert member.json() == {"id": 1, "optedOut": False}
    assert code_of(twice) == (400, 58)
    assert found == [{"id": 1, "listId": on["listId"]}]
    assert (off.status_code, again.status_code) == (204, 201)


def test_a_membership_needs_its_list_and_its_prospect(caller: Caller) -> None:
    prospect = caller.prospect(email="a@x.example")
    made = caller.call("POST", "objects/lists", {"name": "News"}).json()["id"]

    no_list = caller.call("POST", "objects/list-memberships", {"listId": 9, "prospectId": prospect})
    nobody = caller.call("POST", "objects/list-memberships", {"listId": made, "prospectId": 9})

    assert (code_of(no_list), code_of(nobody)) == ((400, 55), (400, 3))


def test_a_new_custom_field_can_be_written_until_it_is_deleted(caller: Caller) -> None:
    made = caller.call("POST", "objects/custom-fields", {"fieldId": "Hobby", "name": "Hobby", "type": "Text"})
    listed = caller.call("GET", "objects/custom-fields", fields="fieldId").json()["values"]
    prospect = caller.prospect(email="a@x.example", Hobby__c="swimming")
    caller.call("DELETE", f"objects/custom-fields/{made.json()['id']}")

    answer = caller.call("GET", f"objects/prospects/{prospect}", fields="Hobby__c")

    assert [row["fieldId"] for row in listed] == ["Grade", "Score", "Hobby"]
    assert code_of(answer) == (400, 224)


def test_a_name_is_taken_once(caller: Caller) -> None:
    answers = [caller.call("POST", "objects/tags", {"name": "fair"}) for _ in range(2)]

    assert answers[0].status_code == 201
    assert code_of(answers[1]) == (400, 245)


def test_an_external_activity_is_taken_and_can_be_read(caller: Caller) -> None:
    told = {
        "extension": "Webinars",
        "type": "Attended",
        "email": "a@x.example",
        "value": "Pumps",
        "activityDate": "2026-01-01T10:00:00+01:00",
    }

    made = caller.call("POST", "external-activities", told)
    values = caller.call("GET", "external-activities", fields="email,activityDate").json()["values"]
    missing = caller.call("POST", "external-activities", {**told, "value": None})

    assert made.status_code == 201
    assert values == [{"email": "a@x.example", "activityDate": "2026-01-01T09:00:00+00:00"}]
    assert code_of(missing) == (400, 153)
