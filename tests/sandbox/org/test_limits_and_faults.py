"""The emulated org's API budget, and the faults that it shows by request."""

import time
from typing import Any

import pytest
import requests

from tests.sandbox.org.running_org import RunningOrg, refusal, running_org

LEAD = {"LastName": "Weiß", "Company": "Werk"}


def test_each_answer_tells_what_was_used(org: RunningOrg) -> None:
    headers = [org.call("GET", "limits").headers["Sforce-Limit-Info"] for _ in range(2)]
    assert headers == ["api-usage=1/1000000", "api-usage=2/1000000"]
    assert org.call("GET", "limits").json()["DailyApiRequests"] == {"Max": 1_000_000, "Remaining": 999_997}


def test_nothing_goes_beyond_the_budget() -> None:
    with running_org(daily_calls=2) as org:
        org.lead()
        org.lead()
        assert refusal(org.call("POST", "sobjects/Lead", LEAD)) == (403, "REQUEST_LIMIT_EXCEEDED")


def test_the_statistics_tell_who_called_what(org: RunningOrg) -> None:
    org.lead()
    statistics = requests.get(f"{org.url}/sandbox/statistics", timeout=10).json()
    assert statistics["calls_by_kind"] == {"POST sobjects": 1}
    assert statistics["calls_by_user"] == statistics["records_written_by_user"]
    assert statistics["records_written_by_user"] == {"admin@smarketing.example": 1}


def test_what_is_undone_is_not_counted_as_written(org: RunningOrg) -> None:
    records = [{"attributes": {"type": "Lead"}, **LEAD}, {"attributes": {"type": "Lead"}}]
    org.call("POST", "composite/sobjects", {"allOrNone": True, "records": records})
    assert requests.get(f"{org.url}/sandbox/statistics", timeout=10).json()["records_written_by_user"] == {}


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("unavailable", 503, "SERVER_UNAVAILABLE"),
        ("server_error", 500, "UNKNOWN_EXCEPTION"),
        ("request_limit", 403, "REQUEST_LIMIT_EXCEEDED"),
        ("session_expired", 401, "INVALID_SESSION_ID"),
        ("lock_row", 400, "UNABLE_TO_LOCK_ROW"),
    ],
)
def test_a_call_fails_by_request_and_does_nothing(org: RunningOrg, kind: str, status: int, code: str) -> None:
    org.control("faults", {"kind": kind, "path": "sobjects/Lead"})
    assert refusal(org.call("POST", "sobjects/Lead", LEAD)) == (status, code)
    org.tokens.clear()
    assert org.query("SELECT Id FROM Lead") == []
    assert org.call("POST", "sobjects/Lead", LEAD).status_code == 201


def test_an_expired_session_stays_expired(org: RunningOrg) -> None:
    org.token()
    org.control("faults", {"kind": "session_expired"})
    assert [refusal(org.call("GET", "limits"))[0] for _ in range(2)] == [401, 401]


def test_an_answer_may_be_no_json(org: RunningOrg) -> None:
    org.control("faults", {"kind": "no_json"})
    answer = org.call("GET", "limits")
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, "text/html")


@pytest.mark.parametrize(("kind", "written"), [("drop_before", 0), ("drop_after", 1)])
def test_a_connection_is_dropped_before_or_after_the_work(org: RunningOrg, kind: str, written: int) -> None:
    org.token()
    org.control("faults", {"kind": kind})
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        org.call("POST", "sobjects/Lead", LEAD)
    assert len(org.query("SELECT Id FROM Lead")) == written


def test_an_answer_may_be_slow(org: RunningOrg) -> None:
    org.control("faults", {"kind": "slow", "seconds": 0.3})
    start = time.monotonic()
    assert org.call("GET", "limits").status_code == 200
    assert time.monotonic() - start >= 0.3


def test_records_in_collections_are_locked_each(org: RunningOrg) -> None:
    org.control("faults", {"kind": "lock_row", "path": "composite"})
    body = {"records": [{"attributes": {"type": "Lead"}, **LEAD}] * 2}
    results = org.call("POST", "composite/sobjects", body).json()
    assert [each["errors"][0]["statusCode"] for each in results] == ["UNABLE_TO_LOCK_ROW"] * 2


def test_a_fault_comes_when_and_as_often_as_asked_for(org: RunningOrg) -> None:
    org.control("faults", {"kind": "unavailable", "path": "limits", "after": 1, "times": 2})
    assert org.query("SELECT Id FROM Lead") == []
    assert [org.call("GET", "limits").status_code for _ in range(4)] == [200, 503, 503, 200]


def test_faults_are_taken_back(org: RunningOrg) -> None:
    org.control("faults", {"kind": "unavailable", "times": 5})
    requests.delete(f"{org.url}/sandbox/faults", timeout=10)
    assert org.call("GET", "limits").status_code == 200


@pytest.mark.parametrize("plain", [{"kind": "earthquake"}, {"kind": "slow", "minutes": 1}, {}])
def test_an_unknown_fault_is_refused_by_one_line(org: RunningOrg, plain: dict[str, Any]) -> None:
    answer = org.control("faults", plain)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("kind: one of")
