"""Calls of the Metadata API that are refused, and sessions."""

import pytest
import requests

from tests.sandbox.org.deploys import (
    lead_field,
    soap,
    start,
)
from tests.sandbox.org.running_org import INTEGRATION, RunningOrg, refusal


def test_a_session_comes_in_the_envelope_or_in_the_header(org: RunningOrg) -> None:
    call = "<describeMetadata><asOfVersion>66.0</asOfVersion></describeMetadata>"
    assert soap(org, call, org.token()).status_code == 200
    assert soap(org, call, None, Authorization=f"Bearer {org.token()}").status_code == 200


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (
            "<checkDeployStatus><asyncProcessId>0Af000000000001</asyncProcessId></checkDeployStatus>",
            "sf:INVALID_CROSS_REFERENCE_KEY",
        ),
        ("<listMetadata><queries><type>Witchcraft</type></queries></listMetadata>", "sf:INVALID_TYPE"),
        ("<bewitch/>", "soapenv:Client"),
    ],
)
def test_a_call_that_cannot_be_answered_is_a_fault(org: RunningOrg, call: str, code: str) -> None:
    answer = soap(org, call, org.token())
    assert answer.status_code == 500
    assert f"<faultcode>{code}</faultcode>" in answer.text


def test_a_session_that_is_over_is_a_fault(org: RunningOrg) -> None:
    answer = soap(org, "<describeMetadata/>", "00D!gone")
    assert answer.status_code == 500
    assert "<faultcode>sf:INVALID_SESSION_ID</faultcode>" in answer.text


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("unavailable", "SERVER_UNAVAILABLE"),
        ("session_expired", "<faultcode>sf:INVALID_SESSION_ID</faultcode>"),
    ],
)
def test_a_call_fails_by_request(org: RunningOrg, kind: str, said: str) -> None:
    org.control("faults", {"kind": kind, "path": "Soap/m/describeMetadata"})
    assert said in soap(org, "<describeMetadata/>", org.token()).text


def test_the_integration_user_may_not_deploy(org: RunningOrg) -> None:
    assert refusal(start(org, lead_field(), user=INTEGRATION)) == (403, "INSUFFICIENT_ACCESS")
    answer = soap(
        org, "<listMetadata><queries><type>Queue</type></queries></listMetadata>", org.token(INTEGRATION)
    )
    assert "<faultcode>sf:INSUFFICIENT_ACCESS</faultcode>" in answer.text


def test_deploy_options_that_are_no_json_are_refused(org: RunningOrg) -> None:
    page = f"{org.url}/services/data/v66.0/metadata/deployRequest"
    parts = {"json": (None, "rollback, please"), "file": ("deploy.zip", lead_field())}
    answer = requests.post(page, files=parts, headers={"Authorization": f"Bearer {org.token()}"}, timeout=10)
    assert refusal(answer) == (400, "JSON_PARSER_ERROR")


def test_an_unknown_test_level_is_refused(org: RunningOrg) -> None:
    assert refusal(start(org, lead_field(), testLevel="RunEverything")) == (400, "INVALID_FIELD")


def test_a_document_type_is_refused(org: RunningOrg) -> None:
    envelope = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    answer = requests.post(f"{org.url}/services/Soap/m/66.0", data=envelope, timeout=10)
    assert (answer.status_code, "soapenv:Client" in answer.text) == (500, True)
