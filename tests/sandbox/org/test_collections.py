"""sObject Collections of the emulated org: 200 records at most, in their order, each alone or all or none."""

from typing import Any

import pytest

from tests.sandbox.org.running_org import RunningOrg, refusal

PERSON = "Smarketing_Person_Id__c"
LEADS = f"composite/sobjects/Lead/{PERSON}"


def lead(number: int, **values: Any) -> dict[str, Any]:
    return {
        "attributes": {"type": "Lead"},
        PERSON: f"01J{number:04d}",
        "LastName": f"Weiß {number}",
        "Company": "Werk",
        **values,
    }


def codes(results: list[dict[str, Any]]) -> list[str | None]:
    return [None if each["success"] else each["errors"][0]["statusCode"] for each in results]


def test_two_hundred_records_are_upserted_in_their_order(org: RunningOrg) -> None:
    records = [lead(number) for number in range(200)]
    results = org.call("PATCH", LEADS, {"records": records}).json()
    assert all(each["success"] and each["created"] for each in results)
    names = {each["Id"]: each["LastName"] for each in org.query("SELECT Id, LastName FROM Lead")}
    assert [names[each["id"]] for each in results] == [each["LastName"] for each in records]
    again = org.call("PATCH", LEADS, {"records": records[:1]}).json()
    assert (again[0]["id"], again[0]["created"]) == (results[0]["id"], False)


def test_two_hundred_and_one_are_too_many(org: RunningOrg) -> None:
    answer = org.call("PATCH", LEADS, {"records": [lead(number) for number in range(201)]})
    assert refusal(answer) == (400, "EXCEEDED_MAX_SIZE_REQUEST")


def test_a_refused_record_is_refused_alone(org: RunningOrg) -> None:
    records = [lead(1), lead(2, Email="nobody at all"), lead(3)]
    results = org.call("PATCH", LEADS, {"allOrNone": False, "records": records}).json()
    assert codes(results) == [None, "INVALID_EMAIL_ADDRESS", None]
    assert results[1]["errors"][0]["fields"] == ["Email"]
    assert len(org.query("SELECT Id FROM Lead")) == 2


def test_all_or_none_undoes_the_others(org: RunningOrg) -> None:
    records = [lead(1), lead(2, Email="nobody at all")]
    results = org.call("PATCH", LEADS, {"allOrNone": True, "records": records}).json()
    assert codes(results) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_EMAIL_ADDRESS"]
    assert org.query("SELECT Id FROM Lead") == []


def test_an_external_id_may_stand_in_a_request_once(org: RunningOrg) -> None:
    results = org.call("PATCH", LEADS, {"records": [lead(1), lead(1), lead(2)]}).json()
    assert codes(results) == ["DUPLICATE_VALUE", "DUPLICATE_VALUE", None]


def test_creations_and_updates_may_mix_objects(org: RunningOrg) -> None:
    body = {"records": [lead(1), {"attributes": {"type": "Account"}, "Name": "Werk"}]}
    ids = [each["id"] for each in org.call("POST", "composite/sobjects", body).json()]
    assert [each[:3] for each in ids] == ["00Q", "001"]
    changes = [
        {"attributes": {"type": kind}, "id": each, "Phone": "+49 621 0"}
        for kind, each in zip(("Lead", "Account"), ids, strict=True)
    ]
    assert codes(org.call("PATCH", "composite/sobjects", {"records": changes}).json()) == [None, None]
    assert org.read("Account", ids[1])["Phone"] == "+49 621 0"


def test_records_are_deleted_by_their_ids(org: RunningOrg) -> None:
    ids = [org.lead(), org.lead()]
    answer = org.call("DELETE", "composite/sobjects", params={"ids": ",".join([*ids, ids[0]])})
    assert codes(answer.json()) == [None, None, "ENTITY_IS_DELETED"]
    assert org.query("SELECT Id FROM Lead") == []


@pytest.mark.parametrize("body", [{}, {"records": [1]}, {"records": "all"}])
def test_a_body_without_records_is_refused(org: RunningOrg, body: dict[str, Any]) -> None:
    assert refusal(org.call("PATCH", LEADS, body)) == (400, "INVALID_INPUT")
