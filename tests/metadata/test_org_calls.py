"""Calls of the Metadata API when the org is busy, away or refuses: patience, and one line for a person."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chalicelib.errors import Misconfigured, Rejected, Retryable
from smarketing.metadata.deploy_requests import DeployOptions, DeployRequests
from smarketing.metadata.org_calls import ATTEMPTS, OrgCalls
from smarketing.metadata.retrieving import Retrieving
from smarketing.org_login import Org
from tests.sandbox.serving import served

FAULT = """<?xml version="1.0"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
    xmlns:sf="http://soap.sforce.com/2006/04/metadata">
  <soapenv:Body><soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode>
    <faultstring>INVALID_SESSION_ID: Invalid Session ID found in SessionHeader</faultstring>
  </soapenv:Fault></soapenv:Body>
</soapenv:Envelope>"""


@dataclass
class Answering:
    """An org that gives the answers it was told to, in order, and remembers what it was asked."""

    url: str = ""
    answers: list[Callable[[], Response]] = field(default_factory=list)
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        self.asked.append((request.method, request.url.path, await request.body()))
        return self.answers.pop(0)()

    @property
    def calls(self) -> OrgCalls:
        return OrgCalls(Org(self.url, "token", "rehearsal"), "66.0", self.slept.append)

    @property
    def deploys(self) -> DeployRequests:
        return DeployRequests(self.calls)


@pytest.fixture
def org() -> Iterator[Answering]:
    found = Answering()
    methods = ["GET", "POST", "PATCH"]
    with served(Starlette(routes=[Route("/{path:path}", found.answer, methods=methods)])) as url:
        found.url = url
        yield found


def plain(body: Any, status: int = 200) -> Callable[[], Response]:
    return lambda: JSONResponse(body, status)


def refusal(code: str, message: str = "no", status: int = 400) -> Callable[[], Response]:
    return plain([{"errorCode": code, "message": message}], status)


BUSY = refusal("SERVER_UNAVAILABLE", status=503)
DONE = plain({"id": "0Af1", "deployResult": {"status": "Succeeded", "done": True, "success": True}})


def test_a_question_is_asked_again_while_the_org_is_busy(org: Answering) -> None:
    org.answers = [BUSY, BUSY, DONE]

    assert org.deploys.status("0Af1").success
    assert org.slept == [1.0, 2.0]


def test_a_question_is_given_up_in_the_end(org: Answering) -> None:
    org.answers = [BUSY] * ATTEMPTS

    with pytest.raises(Retryable, match="rehearsal: answered 503"):
        org.deploys.status("0Af1")


def test_a_package_is_handed_in_again_where_the_org_has_not_taken_it(org: Answering) -> None:
    org.answers = [BUSY, plain({"id": "0Af1"}, 201)]

    assert org.deploys.start(b"zip", DeployOptions()) == "0Af1"
    assert len(org.asked) == 2


def test_a_package_is_not_handed_in_twice_where_nobody_knows(org: Answering) -> None:
    org.answers = [lambda: Response("proxy", 502)]

    with pytest.raises(Retryable, match="look at Setup, Deployment Status"):
        org.deploys.start(b"zip", DeployOptions())
    assert len(org.asked) == 1


def test_a_deploy_is_sent_as_the_guide_describes(org: Answering) -> None:
    org.answers = [plain({"id": "0Af1"}, 201)]

    org.deploys.start(b"PK-zip", DeployOptions(True, "RunSpecifiedTests", ("A_Test",)))

    [(method, path, body)] = org.asked
    assert (method, path) == ("POST", "/services/data/v66.0/metadata/deployRequest")
    assert b'name="json"\r\nContent-Type: application/json' in body
    assert b'name="file"; filename="deploy.zip"\r\nContent-Type: application/zip\r\n\r\nPK-zip' in body
    options = json.loads(body.split(b"\r\n\r\n")[1].split(b"\r\n")[0])["deployOptions"]
    assert options["checkOnly"]
    assert options["rollbackOnError"]
    assert options["runTests"] == ["A_Test"]


def test_a_cancellation_is_sent_as_the_guide_describes(org: Answering) -> None:
    org.answers = [plain({"id": "0Af1", "deployResult": {"status": "Canceling"}}, 202)]

    assert org.deploys.cancel("0Af1").status == "Canceling"
    assert org.asked[0][0] == "PATCH"
    assert json.loads(org.asked[0][2]) == {"deployResult": {"status": "Canceling"}}


def test_numbers_and_booleans_that_come_as_texts_are_read(org: Answering) -> None:
    result = {
        "status": "Failed",
        "completedDate": "2026-01-01T00:00:00.000Z",
        "success": "false",
        "numberComponentsDeployed": "10",
        "numberComponentErrors": "1",
        "numberComponentsTotal": "12",
        "details": {"componentFailures": {"fileName": "a", "lineNumber": "3", "problem": "x"}},
    }
    org.answers = [plain({"deployResult": result})]

    found = org.deploys.status("0Af1", details=True)

    assert (found.done, found.success, found.components) == (True, False, (11, 12))
    assert [(each.file, each.line, each.problem) for each in found.errors] == [("a", 3, "x")]


def test_a_failed_apex_test_is_an_error(org: Answering) -> None:
    failure = {"name": "A_Test", "methodName": "adds", "message": "1 is not 2"}
    details = {"runTestResult": {"failures": [failure]}}
    org.answers = [plain({"deployResult": {"done": True, "status": "Failed", "details": details}})]

    [error] = org.deploys.status("0Af1", details=True).errors

    assert (error.component, error.problem) == ("ApexTest A_Test.adds", "1 is not 2")


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("INVALID_SESSION_ID", Misconfigured, "log in to the org again"),
        ("INSUFFICIENT_ACCESS", Misconfigured, "Modify Metadata"),
        ("INVALID_CROSS_REFERENCE_KEY", Rejected, "rehearsal: INVALID_CROSS_REFERENCE_KEY: no"),
        ("REQUEST_LIMIT_EXCEEDED", Retryable, "REQUEST_LIMIT_EXCEEDED"),
    ],
)
def test_a_refusal_says_what_to_do(org: Answering, code: str, kind: type[Exception], said: str) -> None:
    org.answers = [refusal(code)]

    with pytest.raises(kind, match=said):
        org.deploys.status("0Af1")


def test_a_fault_of_soap_is_no_outage(org: Answering) -> None:
    org.answers = [lambda: Response(FAULT, 500, media_type="text/xml")]

    with pytest.raises(Misconfigured, match="INVALID_SESSION_ID: the login is not taken"):
        Retrieving(org.calls).retrieve([("CustomObject", "Interest__c")])
    assert len(org.asked) == 1


def test_a_page_that_stands_in_for_the_org_is_an_outage(org: Answering) -> None:
    org.answers = [lambda: Response("<html>Down", 200, media_type="text/html")]

    with pytest.raises(Retryable, match="retrieve was answered with no XML"):
        Retrieving(org.calls).retrieve([("CustomObject", "Interest__c")])


def test_the_token_travels_in_the_envelope_alone(org: Answering) -> None:
    org.answers = [lambda: Response(FAULT, 500, media_type="text/xml")]

    with pytest.raises(Misconfigured):
        Retrieving(org.calls).names(["Flow"])

    [(_, path, body)] = org.asked
    assert path == "/services/Soap/m/66.0"
    assert b"<sessionId>token</sessionId>" in body
