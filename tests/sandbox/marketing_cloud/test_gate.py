"""Limits, faults and counters of the emulated account."""

import pytest
import requests

from chalicelib.domain.instant import MINUTE, SECOND
from tests.sandbox.marketing_cloud.conftest import Caller

CALLBACKS = "/platform/v1/ens-callbacks"


def test_calls_over_the_limit_are_told_when_to_come_again(caller: Caller) -> None:
    caller.control("POST", "limits", {"calls_per_minute": 1})
    caller.call("GET", CALLBACKS)
    caller.clock.advance(SECOND * 20)

    limited = caller.call("GET", CALLBACKS)
    caller.clock.advance(SECOND * 40)

    assert limited.status_code == 429
    assert (limited.json()["errorcode"], limited.json()["retryAfter"]) == (50100, 40)
    assert limited.headers["Retry-After"] == "40"
    assert caller.call("GET", CALLBACKS).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status"), [("rate_limit", 429), ("blocked", 429), ("server_error", 500), ("unavailable", 503)]
)
def test_a_fault_meets_so_many_calls_that_match(caller: Caller, kind: str, status: int) -> None:
    fault = {"kind": kind, "times": 2, "path": "ens-callbacks", "method": "GET", "after": 1}
    caller.control("POST", "faults", fault)

    statuses = [caller.call("GET", CALLBACKS).status_code for _ in range(4)]

    assert statuses == [200, status, status, 200]


def test_a_call_whose_answer_is_dropped_has_done_its_work(caller: Caller) -> None:
    caller.call("GET", CALLBACKS)
    caller.control("POST", "faults", {"kind": "drop_after", "path": "rowset"})
    row = {"keys": {"Key": "1"}, "values": {"Email": "a@example.com"}}

    with pytest.raises(requests.RequestException):
        caller.call("POST", "/hub/v1/dataevents/key:people/rowset", [row])

    assert len(caller.rows()) == 1


def test_an_unknown_fault_is_refused_in_one_line(caller: Caller) -> None:
    answer = caller.control("POST", "faults", {"kind": "earthquake"})

    assert answer.status_code == 400
    assert "rate_limit" in answer.json()["message"]


def test_calls_are_counted_by_route(caller: Caller) -> None:
    caller.call("GET", CALLBACKS)
    caller.call("GET", CALLBACKS)

    counted = caller.control("GET", "calls").json()

    assert counted == {"total": 3, "by_route": {"POST /v2/token": 1, f"GET {CALLBACKS}": 2}}


def test_a_token_is_over_after_twenty_minutes(caller: Caller) -> None:
    caller.call("GET", CALLBACKS)

    caller.clock.advance(MINUTE * 20)

    assert caller.call("GET", CALLBACKS).status_code == 401
