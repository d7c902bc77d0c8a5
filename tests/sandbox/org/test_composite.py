"""Composite requests to the emulated org."""

from typing import Any

import pytest

from tests.sandbox.org.running_org import VERSION, RunningOrg, refusal

BASE = f"/services/data/v{VERSION}"
LEAD = {"LastName": "Weiß", "Company": "Werk"}


def subrequest(name: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    plain = {"referenceId": name, "method": method, "url": f"{BASE}/{path}"}
    return plain | ({} if body is None else {"body": body})


def send(org: RunningOrg, *requests: dict[str, Any], whole: bool = False) -> list[dict[str, Any]]:
    answer = org.call("POST", "composite", {"allOrNone": whole, "compositeRequest": list(requests)})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["compositeResponse"])


def statuses(answers: list[dict[str, Any]]) -> list[int]:
    return [each["httpStatusCode"] for each in answers]


def test_a_later_subrequest_uses_what_an_earlier_one_gave(org: RunningOrg) -> None:
    touchpoint = {"Smarketing_Engagement_Id__c": "1", "Lead__c": "@{lead.id}"}
    answers = send(
        org,
        subrequest("lead", "POST", "sobjects/Lead", LEAD),
        subrequest("touchpoint", "POST", "sobjects/Touchpoint__c", touchpoint),
        subrequest("found", "GET", "query?q=SELECT+Id+FROM+Touchpoint__c"),
        subrequest("read", "GET", "sobjects/Touchpoint__c/@{found.records[0].Id}"),
    )
    assert statuses(answers) == [201, 201, 200, 200]
    assert answers[3]["body"]["Lead__c"] == answers[0]["body"]["id"]
    assert [each["referenceId"] for each in answers] == ["lead", "touchpoint", "found", "read"]


def test_what_refers_to_a_failure_is_halted_and_the_rest_stands(org: RunningOrg) -> None:
    answers = send(
        org,
        subrequest("bad", "POST", "sobjects/Lead", {"LastName": "Weiß"}),
        subrequest("child", "POST", "sobjects/Touchpoint__c", {"Lead__c": "@{bad.id}"}),
        subrequest("good", "POST", "sobjects/Lead", LEAD),
    )
    assert statuses(answers) == [400, 400, 201]
    assert answers[0]["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert answers[1]["body"][0]["errorCode"] == "PROCESSING_HALTED"


def test_all_or_none_undoes_and_halts_the_others(org: RunningOrg) -> None:
    good, bad = (
        subrequest("good", "POST", "sobjects/Lead", LEAD),
        subrequest("bad", "POST", "sobjects/Lead", {}),
    )
    answers = send(org, good, bad, {**good, "referenceId": "never"}, whole=True)
    found = [each["body"][0]["errorCode"] for each in answers]
    assert found == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]
    assert org.query("SELECT Id FROM Lead") == []


def test_collections_within_count_their_own_failures(org: RunningOrg) -> None:
    records = [{"attributes": {"type": "Lead"}, **LEAD}, {"attributes": {"type": "Lead"}}]
    [answer] = send(org, subrequest("some", "POST", "composite/sobjects", {"records": records}))
    assert answer["httpStatusCode"] == 200
    assert [each["success"] for each in answer["body"]] == [True, False]


@pytest.mark.parametrize(
    ("path", "most"), [("limits", 25), ("query?q=SELECT+Id+FROM+Lead", 5), ("composite/sobjects", 5)]
)
def test_there_is_a_limit_to_subrequests(org: RunningOrg, path: str, most: int) -> None:
    requests = [subrequest(f"r{number}", "GET", path) for number in range(most + 1)]
    answer = org.call("POST", "composite", {"compositeRequest": requests})
    assert refusal(answer) == (400, "LIMIT_EXCEEDED")
    assert len(send(org, *requests[:most])) == most


def test_a_composite_request_counts_as_one_call(org: RunningOrg) -> None:
    before = org.org.limits.used
    send(org, *(subrequest(f"r{number}", "POST", "sobjects/Lead", LEAD) for number in range(10)))
    assert org.org.limits.used == before + 1


@pytest.mark.parametrize("body", [{}, {"compositeRequest": []}, {"compositeRequest": ["GET"]}])
def test_a_body_without_subrequests_is_refused(org: RunningOrg, body: dict[str, Any]) -> None:
    assert refusal(org.call("POST", "composite", body)) == (400, "INVALID_INPUT")


def test_a_composite_request_holds_no_other(org: RunningOrg) -> None:
    [answer] = send(org, subrequest("inner", "POST", "composite", {"compositeRequest": []}))
    assert answer["httpStatusCode"] == 404
