"""How the gateway bears an org that is busy, away or wants another login."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.domain.instant import Instant
from chalicelib.domain.outcome import Blocked, Deferred, Written
from chalicelib.errors import Retryable
from chalicelib.gateways.salesforce.budget import Budget
from chalicelib.gateways.salesforce.client import SalesforceGateway
from chalicelib.gateways.salesforce.login import Login
from chalicelib.gateways.salesforce.session import Session
from tests.gateways.salesforce.commands import touchpoint
from tests.gateways.salesforce.scripted_org import Reply, ScriptedOrg, private_key, save_all

EXPIRED = Reply(401, [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}])
MAINTENANCE = Reply(200, b"<html>We are down for maintenance</html>", {"Content-Type": "text/html"})


def write(gateway: SalesforceGateway, number: int = 1) -> object:
    [outcome] = gateway.write([touchpoint(number)])
    return outcome


@pytest.mark.parametrize(
    "passing",
    [*(Reply(status, [{"errorCode": "X"}]) for status in (503, 500, 429, 406, 420)), MAINTENANCE],
    ids=["503", "500", "429", "406", "420", "no JSON"],
)
def test_a_passing_failure_is_tried_again_after_a_pause(org: ScriptedOrg, passing: Reply) -> None:
    org.answers, org.script = [passing, passing], save_all
    assert isinstance(write(org.gateway()), Written)
    assert org.slept == [0.5, 1.0]


def test_a_failure_that_does_not_pass_defers_the_command(org: ScriptedOrg) -> None:
    org.script = lambda _: Reply(503)
    assert write(org.gateway()) == Deferred("Salesforce: answered 503")
    assert len(org.requests) == 4


def test_an_org_that_hangs_up_is_tried_again(org: ScriptedOrg) -> None:
    org.answers, org.script = [Reply(200, b"{}", {"Content-Encoding": "gzip"})], save_all
    assert isinstance(write(org.gateway()), Written)


def test_a_call_that_hung_for_long_is_not_made_again(org: ScriptedOrg) -> None:
    seconds = iter(range(0, 1_000, 61))
    org.script = lambda _: Reply(503)
    secret = {
        "domain_url": org.url,
        "consumer_key": "c",
        "username": "u",
        "private_key": private_key(),
    }
    budget = Budget(0.0, lambda: Instant(0))
    session = Session(Login(lambda: secret), budget, org.slept.append, monotonic=lambda: next(seconds))
    session.log_in()
    with pytest.raises(Retryable):
        session.request("GET", f"{org.url}/services/data")
    assert len(org.requests) == 2


def test_salesforces_wish_to_wait_is_heeded_up_to_a_bound(org: ScriptedOrg) -> None:
    org.answers = [Reply(503, headers={"Retry-After": "3"}), Reply(503, headers={"Retry-After": "3600"})]
    org.script = save_all
    write(org.gateway())
    assert org.slept == [3.0, 8.0]


def test_an_expired_session_is_renewed_once_and_the_call_repeated(org: ScriptedOrg) -> None:
    org.answers, org.script = [EXPIRED], save_all
    assert isinstance(write(org.gateway()), Written)
    assert len(org.logins) == 2
    assert [request.headers["Authorization"] for request in org.requests] == [
        "Bearer token1",
        "Bearer token2",
    ]


def test_a_session_that_is_refused_when_fresh_needs_an_operator(org: ScriptedOrg) -> None:
    org.script = lambda _: EXPIRED
    outcome = write(org.gateway())
    assert isinstance(outcome, Blocked)
    assert "check the connected app" in outcome.reason
    assert (len(org.logins), len(org.requests)) == (2, 2)


def test_parallel_calls_that_find_the_session_expired_log_in_once(org: ScriptedOrg) -> None:
    gateway = org.gateway()
    org.script = save_all
    write(gateway)
    org.script = lambda request: (
        EXPIRED if request.headers["Authorization"] == "Bearer token1" else save_all(request)
    )
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: write(gateway, number), range(8)))
    assert len(org.logins) == 2


def test_a_refused_login_names_what_to_check_and_no_secret(org: ScriptedOrg) -> None:
    org.refuse_login = Reply(400, {"error": "invalid_grant", "error_description": "user hasn't approved"})
    outcome = write(org.gateway())
    assert isinstance(outcome, Blocked)
    assert "invalid_grant" in outcome.reason
    assert "consumer_key" in outcome.reason


def test_used_up_requests_pause_without_another_try(org: ScriptedOrg) -> None:
    limit = Reply(403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}])
    org.script = lambda _: limit
    gateway = org.gateway()
    assert isinstance(write(gateway), Deferred)
    assert isinstance(write(gateway), Deferred)
    assert len(org.requests) == 1


def test_the_share_for_people_is_left_alone(org: ScriptedOrg) -> None:
    org.script = lambda request: Reply(
        200, save_all(request).body, {"Sforce-Limit-Info": "api-usage=8000/10000"}
    )
    gateway = org.gateway(share_for_people=0.2)
    assert isinstance(write(gateway, 1), Written)
    outcome = write(gateway, 2)
    assert isinstance(outcome, Deferred)
    assert "8000 of 10000" in outcome.reason
    assert gateway.calls == 1


def test_delivery_looks_again_when_requests_may_be_free(org: ScriptedOrg) -> None:
    now = [0]
    org.answers = [Reply(403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED"}])]
    org.script = save_all
    gateway = org.gateway(clock=lambda: Instant(now[0]))
    assert isinstance(write(gateway), Deferred)
    now[0] = 5 * 60 * 1000
    assert isinstance(write(gateway), Written)


def test_our_changes_are_marked_as_ours(org: ScriptedOrg) -> None:
    org.script = save_all
    write(org.gateway())
    assert org.requests[0].headers["Sforce-Call-Options"] == "client=Smarketing"
