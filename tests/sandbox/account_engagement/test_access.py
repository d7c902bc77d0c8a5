"""Who may call the emulated business unit, how often, and how many at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from chalicelib.domain.instant import DAY, Duration
from smarketing.sandbox.account_engagement import AccountEngagement
from smarketing.sandbox.clock import SandboxClock
from tests.sandbox.account_engagement.conftest import HEADERS, NOW, UNIT, Caller, code_of
from tests.sandbox.serving import served


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (401, 49)),
        ({**HEADERS, "Authorization": "Bearer other"}, (401, 184)),
        ({"Authorization": "Bearer token"}, (400, 181)),
        ({**HEADERS, "Pardot-Business-Unit-Id": "0Uv000000000002CAA"}, (400, 201)),
    ],
)
def test_a_caller_is_refused_without_token_or_unit(
    caller: Caller, headers: dict[str, str], expected: tuple[int, int]
) -> None:
    answer = requests.get(
        f"{caller.url}/api/v5/objects/prospects", headers=headers, params={"fields": "id"}, timeout=10
    )

    assert code_of(answer) == expected


def test_a_token_of_the_org_is_taken_and_another_is_not(tmp_path: Path) -> None:
    async def user_info(request: Request) -> Response:
        known = request.headers.get("authorization") == "Bearer of the org"
        return JSONResponse({}, 200 if known else 403)

    clock = SandboxClock.start(tmp_path / "clock", at=NOW, speed=0)
    place: dict[str, str] = {}
    unit = AccountEngagement(clock, UNIT, "", "", "", "", org_url=lambda: place["url"])
    routes: list[Any] = [
        Route("/services/oauth2/userinfo", user_info),
        Mount("/account-engagement", routes=unit.routes()),
    ]
    with served(Starlette(routes=routes)) as url:
        place["url"] = url

        def call(token: str) -> int:
            headers = {"Authorization": f"Bearer {token}", "Pardot-Business-Unit-Id": UNIT}
            address = f"{url}/account-engagement/api/v5/objects/lists?fields=id"
            return requests.get(address, headers=headers, timeout=10).status_code

        assert [call("of the org"), call("of another"), call("")] == [200, 401, 401]


def test_the_day_s_calls_are_told_and_end_until_the_next_day(caller: Caller) -> None:
    caller.control("POST", "limits", {"calls_per_day": 2})
    asked = {**HEADERS, "X-Return-Api-Usage": "1"}
    url = f"{caller.url}/api/v5/objects/account?fields=apiCallsUsed,maximumDailyApiCalls"

    first = requests.get(url, headers=asked, timeout=10)
    second = requests.get(url, headers=HEADERS, timeout=10)
    third = requests.get(url, headers=HEADERS, timeout=10)
    caller.clock.advance(Duration(DAY))
    tomorrow = requests.get(url, headers=HEADERS, timeout=10)

    assert first.headers["x-api-usage"] == "1/2"
    assert "x-api-usage" not in second.headers
    assert second.json() == {"apiCallsUsed": 2, "maximumDailyApiCalls": 2}
    assert code_of(third) == (429, 122)
    assert tomorrow.status_code == 200


def test_the_sixth_call_at_once_is_refused(caller: Caller) -> None:
    caller.control("POST", "limits", {"call_seconds": 0.5})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: caller.call("GET", "objects/lists", fields="id"), range(8)))

    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(refused) == 3
    assert {code_of(answer) for answer in refused} == {(429, 66)}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("concurrent_calls", (429, 66)),
        ("daily_limit", (429, 122)),
        ("minute_limit", (429, 202)),
        ("internal_error", (500, 183)),
        ("token_revoked", (401, 184)),
    ],
)
def test_the_nth_call_fails_as_asked(caller: Caller, kind: str, expected: tuple[int, int]) -> None:
    caller.control("POST", "faults", {"kind": kind, "after": 1, "path": "/lists"})

    answers = [caller.call("GET", "objects/lists", fields="id") for _ in range(2)]

    assert answers[0].status_code == 200
    assert code_of(answers[1]) == expected


def test_a_connection_that_breaks_after_the_work_leaves_it_done(caller: Caller) -> None:
    caller.control("POST", "faults", {"kind": "drop_after"})

    with pytest.raises(requests.RequestException):
        caller.call("POST", "objects/prospects", {"email": "a@x.example"})

    assert [row["email"] for row in caller.rows("prospects")] == ["a@x.example"]


def test_an_unknown_fault_is_refused_with_those_there_are(caller: Caller) -> None:
    answer = caller.control("POST", "faults", {"kind": "earthquake"})

    assert answer.status_code == 400
    assert "row_refused" in answer.json()["message"]


def test_an_operation_that_is_not_there_is_refused(caller: Caller) -> None:
    assert code_of(caller.call("GET", "objects/unicorns", fields="id")) == (400, 2)
    assert code_of(caller.call("DELETE", "objects/visitor-activities/1")) == (400, 2)
    assert code_of(caller.call("POST", "objects/prospects/do/clone", {})) == (400, 205)
