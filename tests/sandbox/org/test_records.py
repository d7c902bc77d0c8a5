"""Records of the emulated org over HTTP: what it takes, and how it refuses what the platform refuses."""

from typing import Any

import pytest

from tests.sandbox.org.running_org import INTEGRATION, NOON, VERSION, RunningOrg, refusal

PERSON = "Smarketing_Person_Id__c"
NOWHERE = "00Q8d0000000ZZZ"


def test_a_record_is_created_read_changed_and_deleted(org: RunningOrg) -> None:
    lead = org.lead("Weiß", FirstName="Jürgen", NumberOfEmployees=120)
    assert org.read("Lead", lead)["Name"] == "Jürgen Weiß"
    assert org.call("PATCH", f"sobjects/Lead/{lead}", {"FirstName": "Anna"}).status_code == 204
    assert org.read("Lead", lead[:15])["Name"] == "Anna Weiß"
    assert org.call("DELETE", f"sobjects/Lead/{lead}").status_code == 204
    assert org.query("SELECT Id FROM Lead") == []


def test_a_read_gives_the_fields_that_it_names(org: RunningOrg) -> None:
    lead = org.lead()
    shown = org.call("GET", f"sobjects/Lead/{lead}", params={"fields": "LastName,Company"}).json()
    del shown["attributes"]
    assert shown == {"LastName": "Weiß", "Company": "Werk"}
    wrong = org.call("GET", f"sobjects/Lead/{lead}", params={"fields": "Colour__c"})
    assert refusal(wrong) == (400, "INVALID_FIELD")


def test_system_fields_tell_who_and_when(org: RunningOrg) -> None:
    lead = org.lead()
    org.now = type(NOON)(NOON + 60_000)
    org.call("PATCH", f"sobjects/Lead/{lead}", {"Title": "CTO"}, user=INTEGRATION)
    record = org.read("Lead", lead)
    assert record["CreatedDate"] == "2026-03-01T12:00:00.000+0000"
    assert record["SystemModstamp"] == record["LastModifiedDate"] == "2026-03-01T12:01:00.000+0000"
    assert org.read("User", record["LastModifiedById"])["Username"] == INTEGRATION
    assert record["OwnerId"] == record["CreatedById"] != record["LastModifiedById"]


def test_names_of_our_objects_count_up(org: RunningOrg) -> None:
    first, second = (
        org.read("Interest__c", org.create("Interest__c", Smarketing_Interest_Id__c=key, user=INTEGRATION))[
            "Name"
        ]
        for key in ("one", "two")
    )
    assert first.rstrip("1") == second.rstrip("2")
    assert first != second


def test_an_upsert_creates_then_changes(org: RunningOrg) -> None:
    path = f"sobjects/Lead/{PERSON}/01J1"
    first = org.call("PATCH", path, {"LastName": "Weiß", "Company": "Werk"})
    second = org.call("PATCH", path, {"Smarketing_Score__c": 61.3})
    assert (first.status_code, first.json()["created"]) == (201, True)
    assert (second.status_code, second.json()["created"]) == (200, False)
    assert org.call("GET", path).json()["Smarketing_Score__c"] == 61.3


def test_an_upsert_may_not_repeat_its_external_id(org: RunningOrg) -> None:
    body = {PERSON: "01J1", "LastName": "Weiß", "Company": "Werk"}
    assert refusal(org.call("PATCH", f"sobjects/Lead/{PERSON}/01J1", body)) == (400, "INVALID_FIELD")


def test_an_external_id_of_several_records_lists_them(org: RunningOrg) -> None:
    ids = {org.lead(), org.lead()}
    # The platform comes to two by way of a restore from the bin; here they are written past the checks.
    with org.org.database.transaction():
        for each in ids:
            org.org.database.update(org.org.records.sobject("Lead"), each, {PERSON: "01J1"})
    answer = org.call("PATCH", f"sobjects/Lead/{PERSON}/01J1", {"Title": "CTO"})
    assert answer.status_code == 300
    assert {path.rpartition("/")[2] for path in answer.json()} == ids


@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        ({"Colour__c": "red"}, "INVALID_FIELD", None),
        ({"LastName": None}, "REQUIRED_FIELD_MISSING", ["LastName"]),
        ({"FirstName": "x" * 41}, "STRING_TOO_LONG", ["FirstName"]),
        ({"Email": "nobody at all"}, "INVALID_EMAIL_ADDRESS", ["Email"]),
        ({"OwnerId": "me"}, "MALFORMED_ID", ["OwnerId"]),
        ({"OwnerId": NOWHERE}, "FIELD_INTEGRITY_EXCEPTION", ["OwnerId"]),
        ({"OwnerId": "0058d0000000ZZZ"}, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", ["OwnerId"]),
        ({"NumberOfEmployees": "many"}, "JSON_PARSER_ERROR", ["NumberOfEmployees"]),
        ({"HasOptedOutOfEmail": "perhaps"}, "JSON_PARSER_ERROR", ["HasOptedOutOfEmail"]),
        ({"Smarketing_Last_Touchpoint__c": "noon"}, "JSON_PARSER_ERROR", ["Smarketing_Last_Touchpoint__c"]),
        ({"IsConverted": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["IsConverted"]),
        ({"Name": "Anna Weiß"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Name"]),
        ({"Id": NOWHERE}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Id"]),
    ],
)
def test_a_value_that_the_platform_refuses(
    org: RunningOrg, body: dict[str, Any], code: str, fields: list[str] | None
) -> None:
    answer = org.call("POST", "sobjects/Lead", {"LastName": "Weiß", "Company": "Werk", **body})
    assert refusal(answer) == (400, code)
    assert fields is None or answer.json()[0]["fields"] == fields
    assert org.query("SELECT Id FROM Lead") == []


def test_a_length_is_counted_in_utf_16_units(org: RunningOrg) -> None:
    org.lead(FirstName="😀" * 20)
    answer = org.call("POST", "sobjects/Lead", {"LastName": "W", "Company": "W", "FirstName": "😀" * 21})
    assert refusal(answer) == (400, "STRING_TOO_LONG")


def test_a_unique_value_is_taken_once_whatever_its_case(org: RunningOrg) -> None:
    lead = org.lead(**{PERSON: "01Ja"})
    body = {"LastName": "W", "Company": "W", PERSON: "01jA"}
    answer = org.call("POST", "sobjects/Lead", body)
    assert refusal(answer) == (400, "DUPLICATE_VALUE")
    assert answer.json()[0]["message"].endswith(f"duplicates value on record with id: {lead[:15]}")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_ids_that_lead_nowhere(org: RunningOrg, method: str) -> None:
    gone = org.lead()
    org.call("DELETE", f"sobjects/Lead/{gone}")
    body = {"Title": "CTO"} if method == "PATCH" else None
    assert refusal(org.call(method, "sobjects/Lead/me", body)) == (400, "MALFORMED_ID")
    assert refusal(org.call(method, f"sobjects/Lead/{gone}", body)) == (404, "ENTITY_IS_DELETED")
    assert refusal(org.call(method, f"sobjects/Lead/{NOWHERE}", body)) == (404, "NOT_FOUND")


def test_an_unknown_object_is_not_found(org: RunningOrg) -> None:
    assert refusal(org.call("POST", "sobjects/Machine__c", {})) == (404, "NOT_FOUND")


def test_a_body_that_is_no_json_is_refused(org: RunningOrg) -> None:
    assert refusal(org.call("POST", "sobjects/Lead", data="{")) == (400, "JSON_PARSER_ERROR")
    assert refusal(org.call("POST", "sobjects/Lead", ["Weiß"])) == (400, "JSON_PARSER_ERROR")


def test_a_method_that_a_resource_has_not(org: RunningOrg) -> None:
    assert refusal(org.call("PUT", "sobjects/Lead", {})) == (405, "METHOD_NOT_ALLOWED")


def test_a_parent_is_found_by_its_external_id(org: RunningOrg) -> None:
    lead = org.lead(**{PERSON: "01J1"})
    touchpoint = org.create("Touchpoint__c", Smarketing_Engagement_Id__c="1", Lead__r={PERSON: "01J1"})
    assert org.read("Touchpoint__c", touchpoint)["Lead__c"] == lead
    answer = org.call(
        "POST", "sobjects/Touchpoint__c", {"Smarketing_Engagement_Id__c": "2", "Lead__r": {PERSON: "01J2"}}
    )
    assert refusal(answer) == (400, "INVALID_FIELD")
    assert "01J2 not found" in answer.json()[0]["message"]


def test_a_deleted_parent_takes_no_children(org: RunningOrg) -> None:
    lead = org.lead()
    org.call("DELETE", f"sobjects/Lead/{lead}")
    assert refusal(org.call("POST", "sobjects/Touchpoint__c", {"Lead__c": lead})) == (
        400,
        "ENTITY_IS_DELETED",
    )


def test_the_duplicate_rule_shows_the_record_that_is_there(org: RunningOrg) -> None:
    lead = org.lead(Email="anna@example.org")
    org.control("duplicate-rule", {"active": True})
    body = {"LastName": "Weiß", "Company": "Werk", "Email": "Anna@Example.org"}
    answer = org.call("POST", "sobjects/Lead", body)
    assert refusal(answer) == (400, "DUPLICATES_DETECTED")
    [match] = answer.json()[0]["duplicateResult"]["matchResults"][0]["matchRecords"]
    assert match["record"]["Id"] == lead


def test_whoever_has_seen_the_alert_of_the_duplicate_rule_may_save(org: RunningOrg) -> None:
    org.lead(Email="anna@example.org")
    org.control("duplicate-rule", {"active": True})
    lead = {
        "attributes": {"type": "Lead"},
        "LastName": "Weiß",
        "Company": "Werk",
        "Email": "Anna@Example.org",
    }
    alerted = {
        "method": "POST",
        "url": f"/services/data/v{VERSION}/composite/sobjects",
        "referenceId": "alerted",
        "body": {"records": [lead]},
    }
    header = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    seen = {**alerted, "referenceId": "seen", "httpHeaders": header}
    answer = org.call("POST", "composite", {"compositeRequest": [seen, alerted]})
    saved, refused = (each["body"][0] for each in answer.json()["compositeResponse"])
    assert (saved["success"], refused["errors"][0]["statusCode"]) == (True, "DUPLICATES_DETECTED")


def test_an_object_is_described(org: RunningOrg) -> None:
    fields = {each["name"]: each for each in org.call("GET", "sobjects/Lead/describe").json()["fields"]}
    assert fields[PERSON]["externalId"] is True
    assert fields["LastName"]["nillable"] is False
    assert fields["OwnerId"]["referenceTo"] == ["User", "Group"]
    assert fields["Name"]["createable"] is False
    listed = {each["name"] for each in org.call("GET", "sobjects").json()["sobjects"]}
    assert {"Lead", "Contact", "Interest__c", "Touchpoint__c"} <= listed
