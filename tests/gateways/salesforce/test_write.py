"""How commands become calls, and answers outcomes."""

from typing import Any

import pytest

from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.outcome import Blocked, Deferred, Moved, Refused, Written
from chalicelib.gateways.salesforce.client import least_calls
from tests.gateways.salesforce.commands import interest, person, person_id, touchpoint
from tests.gateways.salesforce.scripted_org import Reply, Request, ScriptedOrg, refuse_all, save_all

QUEUE_FOUND = Reply(200, {"totalSize": 1, "done": True, "records": [{"Id": "00G000000000001AAA"}]})


def subrequests(request: Request) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = request.json["compositeRequest"]
    return parts


def rows(*records: dict[str, Any]) -> Reply:
    return Reply(200, {"totalSize": len(records), "done": True, "records": list(records)})


@pytest.mark.parametrize(
    ("commands", "calls"), [(0, 0), (1, 1), (200, 1), (201, 1), (1_000, 1), (1_001, 2), (2_000, 2)]
)
def test_a_thousand_records_need_one_call(org: ScriptedOrg, commands: int, calls: int) -> None:
    org.script = save_all
    gateway = org.gateway()
    outcomes = gateway.write([touchpoint(number) for number in range(commands)])
    assert all(isinstance(outcome, Written) for outcome in outcomes)
    assert gateway.calls == calls == least_calls(commands, commands * 500)


@pytest.mark.parametrize(
    ("records", "size", "calls"),
    [(0, 0, 0), (5_000, 10**6, 5), (7_000, 10**6, 6), (10**6, 10**9, 42)],
)
def test_the_least_calls_are_the_lesser_of_composite_and_bulk(records: int, size: int, calls: int) -> None:
    assert least_calls(records, size) == calls


def test_parents_are_written_before_what_refers_to_them(org: ScriptedOrg) -> None:
    org.answers, org.script = [QUEUE_FOUND], save_all
    org.gateway().write([touchpoint(), interest(), person(2, lead_id="00Q000000000002"), person(1)])
    [request] = org.requests[1:]
    assert request.json["collateSubrequests"] is False
    assert [(part["method"], part["url"].partition("/v66.0/")[2]) for part in subrequests(request)] == [
        ("PATCH", "composite/sobjects"),
        ("PATCH", "composite/sobjects/Lead/Smarketing_Person_Id__c"),
        ("POST", "composite/sobjects"),
        ("PATCH", "composite/sobjects/Touchpoint__c/Smarketing_Engagement_Id__c"),
    ]


def test_mixed_persons_take_no_more_collections_than_ways_of_writing(org: ScriptedOrg) -> None:
    org.script = save_all
    ids: list[dict[str, str]] = [{}, {"lead_id": "00Q00000000000"}, {"contact_id": "00300000000000"}]
    commands = [
        person(number, **{word: f"{record}{number}" for word, record in ids[number % 3].items()})
        for number in range(9)
    ]
    org.gateway().write(commands)
    assert [len(part["body"]["records"]) for part in subrequests(org.requests[0])] == [6, 3]


def test_a_parent_is_named_by_its_external_id(org: ScriptedOrg) -> None:
    org.script = save_all
    org.gateway().write([touchpoint(contact_id=None)])
    [record] = subrequests(org.requests[0])[0]["body"]["records"]
    assert record["Lead__r"] == {"Smarketing_Person_Id__c": person_id()}
    assert record["attributes"] == {"type": "Touchpoint__c"}


def test_no_collection_names_a_record_twice(org: ScriptedOrg) -> None:
    org.script = save_all
    same = {"lead_id": "00Q000000000001"}
    outcomes = org.gateway().write([person(1, **same), person(2, **same)])
    assert [type(outcome) for outcome in outcomes] == [Written, Written]
    assert [len(part["body"]["records"]) for each in org.requests for part in subrequests(each)] == [1, 1]


def test_one_records_failure_is_its_own(org: ScriptedOrg) -> None:
    def script(request: Request) -> Reply:
        reply = save_all(request)
        reply.body["compositeResponse"][0]["body"][1] = {
            "success": False,
            "errors": [{"statusCode": "STRING_TOO_LONG", "message": "...", "fields": ["Title"]}],
        }
        return reply

    org.script = script
    first, second, third = org.gateway().write([touchpoint(number) for number in range(3)])
    assert isinstance(first, Written)
    assert isinstance(third, Written)
    assert isinstance(second, Refused)
    assert second.reason.startswith("STRING_TOO_LONG (Title): ")


def test_a_locked_record_is_tried_again_in_the_same_delivery(org: ScriptedOrg) -> None:
    locked = refuse_all({"statusCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access"})
    scripts = [locked, locked, save_all]
    org.script = lambda request: scripts.pop(0)(request)
    [outcome] = org.gateway().write([touchpoint()])
    assert isinstance(outcome, Written)
    assert len(org.slept) == 2


def test_a_record_that_stays_locked_is_deferred(org: ScriptedOrg) -> None:
    org.script = refuse_all({"statusCode": "UNABLE_TO_LOCK_ROW", "message": ""})
    [outcome] = org.gateway().write([touchpoint()])
    assert isinstance(outcome, Deferred)
    assert len(org.requests) == 3


def test_a_value_that_stays_a_duplicate_is_refused(org: ScriptedOrg) -> None:
    message = "duplicate value found: Tax_Id__c duplicates value on record with id: 00Q000000000009"
    org.script = refuse_all({"statusCode": "DUPLICATE_VALUE", "message": message})
    [outcome] = org.gateway().write([person()])
    assert isinstance(outcome, Refused)


def test_an_interest_that_is_there_already_is_left_as_it_is(org: ScriptedOrg) -> None:
    message = (
        "duplicate value found: Smarketing_Interest_Id__c duplicates value on record with id: a01000000000001"
    )
    org.answers = [QUEUE_FOUND]
    org.script = refuse_all({"statusCode": "DUPLICATE_VALUE", "message": message})
    assert org.gateway().write([interest()]) == [Written("a01000000000001")]


def test_the_queue_is_looked_up_once(org: ScriptedOrg) -> None:
    org.answers, org.script = [QUEUE_FOUND], save_all
    gateway = org.gateway()
    gateway.write([interest(1)])
    gateway.write([interest(2)])
    assert gateway.calls == 3


def test_an_org_without_the_queue_needs_an_operator(org: ScriptedOrg) -> None:
    org.answers = [rows()]
    [outcome] = org.gateway().write([interest()])
    assert isinstance(outcome, Blocked)
    assert "Sales_Support" in outcome.reason


def test_a_missing_right_blocks_its_records_only(org: ScriptedOrg) -> None:
    org.script = refuse_all({"statusCode": "INSUFFICIENT_ACCESS_OR_READONLY", "message": ""})
    [outcome] = org.gateway().write([touchpoint()])
    assert isinstance(outcome, Blocked)


def test_a_call_that_fails_leaves_the_outcomes_before_it(org: ScriptedOrg) -> None:
    scripts = [save_all, *[lambda _: Reply(503)] * 4]
    org.script = lambda request: scripts.pop(0)(request)
    outcomes = org.gateway().write([touchpoint(number) for number in range(1_200)])
    assert [type(outcome) for outcome in outcomes] == [Written] * 1_000 + [Deferred] * 200


def test_an_answer_of_another_length_is_no_answer(org: ScriptedOrg) -> None:
    def script(request: Request) -> Reply:
        reply = save_all(request)
        reply.body["compositeResponse"][0]["body"].pop()
        return reply

    org.script = script
    outcomes = org.gateway().write([touchpoint(1), touchpoint(2)])
    assert [type(outcome) for outcome in outcomes] == [Deferred, Deferred]


def test_a_collection_that_is_refused_as_a_whole_is_refused_for_each(org: ScriptedOrg) -> None:
    body = [{"errorCode": "JSON_PARSER_ERROR", "message": "Unexpected character"}]
    org.script = lambda _: Reply(
        200,
        {"compositeResponse": [{"referenceId": "part0", "httpStatusCode": 400, "body": body}]},
    )
    outcomes = org.gateway().write([touchpoint(1), touchpoint(2)])
    assert [type(outcome) for outcome in outcomes] == [Refused, Refused]


def test_a_request_that_is_refused_as_a_whole_parks_nobody(org: ScriptedOrg) -> None:
    org.script = lambda _: Reply(400, [{"errorCode": "LIMIT_EXCEEDED", "message": "too many"}])
    outcomes = org.gateway().write([touchpoint(1), touchpoint(2)])
    assert [type(outcome) for outcome in outcomes] == [Blocked, Blocked]


def test_a_query_that_the_org_refuses_parks_nobody(org: ScriptedOrg) -> None:
    org.script = lambda _: Reply(400, [{"errorCode": "MALFORMED_QUERY", "message": "unexpected token"}])
    [outcome] = org.gateway().write([interest()])
    assert isinstance(outcome, Blocked)


def alike(record: str) -> dict[str, Any]:
    """A duplicate rule's refusal, with the record that it found."""
    match = {"matchConfidence": 100, "record": {"Id": record}}
    result = {"matchResults": [{"matchRecords": [match]}]}
    return {"statusCode": "DUPLICATES_DETECTED", "message": "", "duplicateResult": result}


def test_somebody_alike_with_the_same_address_is_the_same_person(org: ScriptedOrg) -> None:
    org.answers = [
        refuse_all(alike("003000000000007AAA"))(_composite(person())),
        rows({"Id": "003000000000007AAA", "Email": "Person1@example.org"}),
    ]
    assert org.gateway().write([person()]) == [
        Moved(PersonKey("contact", "003000000000007"), "record_changed")
    ]


def test_somebody_alike_with_another_address_is_left_to_a_human(org: ScriptedOrg) -> None:
    org.answers = [refuse_all(alike("003000000000007AAA"))(_composite(person())), rows(), rows()]
    [outcome] = org.gateway().write([person()])
    assert isinstance(outcome, Refused)
    assert "DUPLICATES_DETECTED" in outcome.reason


def test_a_duplicate_without_an_id_is_found_by_its_address(org: ScriptedOrg) -> None:
    org.answers = [
        refuse_all({"statusCode": "DUPLICATES_DETECTED", "message": ""})(_composite(person())),
        rows(),
        rows({"Id": "00Q000000000007AAA", "Email": "Person1@example.org"}),
    ]
    assert org.gateway().write([person()]) == [Moved(PersonKey("lead", "00Q000000000007"), "record_changed")]


def test_a_duplicate_that_nobody_can_find_goes_to_a_human(org: ScriptedOrg) -> None:
    org.answers = [
        refuse_all({"statusCode": "DUPLICATES_DETECTED", "message": ""})(_composite(person())),
        rows(),
        rows(
            {"Id": "00Q000000000007AAA", "Email": "person1@example.org"},
            {"Id": "00Q000000000008AAA", "Email": "person1@example.org"},
        ),
    ]
    [outcome] = org.gateway().write([person()])
    assert isinstance(outcome, Refused)


def test_a_deleted_record_points_to_the_one_that_it_was_merged_into(org: ScriptedOrg) -> None:
    command = person(lead_id="00Q000000000001")
    gone = {"IsConverted": False, "ConvertedContactId": None, "IsDeleted": True}
    org.answers = [
        refuse_all({"statusCode": "ENTITY_IS_DELETED", "message": "entity is deleted"})(_composite(command)),
        rows({"Id": "00Q000000000001AAA", "MasterRecordId": "00Q000000000002AAA", **gone}),
        rows({"Id": "00Q000000000002AAA", "MasterRecordId": None, **gone, "IsDeleted": False}),
    ]
    assert org.gateway().write([command]) == [Moved(PersonKey("lead", "00Q000000000002"), "record_changed")]
    assert org.requests[1].path.endswith("/queryAll/")


def test_a_record_that_was_deleted_for_good_goes_to_a_human(org: ScriptedOrg) -> None:
    command = person(contact_id="003000000000001")
    org.answers = [
        refuse_all({"statusCode": "ENTITY_IS_DELETED", "message": ""})(_composite(command)),
        rows({"Id": "003000000000001AAA", "IsDeleted": True, "MasterRecordId": None}),
    ]
    [outcome] = org.gateway().write([command])
    assert isinstance(outcome, Refused)


def test_a_converted_lead_points_to_its_contact(org: ScriptedOrg) -> None:
    command = touchpoint(contact_id=None)
    lead = {"IsDeleted": False, "MasterRecordId": None, "IsConverted": True}
    org.answers = [
        refuse_all({"statusCode": "CANNOT_UPDATE_CONVERTED_LEAD", "message": ""})(_composite(command)),
        rows({"Id": "00Q000000000001AAA", "Smarketing_Person_Id__c": person_id()}),
        rows({"Id": "00Q000000000001AAA", "ConvertedContactId": "003000000000009AAA", **lead}),
        rows({"Id": "003000000000009AAA", "IsDeleted": False, "MasterRecordId": None}),
    ]
    assert org.gateway().write([command]) == [
        Moved(PersonKey("contact", "003000000000009"), "lead_converted")
    ]


def _composite(*commands: object) -> Request:
    """The request that the commands are sent in, as far as an answer to it needs to know."""
    parts = [{"referenceId": "part0", "body": {"records": list(commands)}}]
    return Request("POST", "", {}, {}, _Json({"compositeRequest": parts}))


class _Json(bytes):
    def __new__(cls, value: object) -> "_Json":
        import json

        return super().__new__(cls, json.dumps(value, default=str).encode())
