"""Logins to the emulated org: the JWT bearer flow and the tokens that come of it."""

from typing import Any

import pytest
import requests

from tests.sandbox.org.running_org import INTEGRATION, VERSION, RunningOrg


def user_info(org: RunningOrg, token: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{org.url}/services/oauth2/userinfo", headers=headers, timeout=10)


def test_a_signed_assertion_is_traded_for_a_token_of_its_user(org: RunningOrg) -> None:
    granted = org.log_in(org.assertion()).json()
    assert granted["instance_url"] == org.url
    assert user_info(org, granted["access_token"]).json()["preferred_username"] == INTEGRATION


@pytest.mark.parametrize("audience", ["https://login.salesforce.com", "https://test.salesforce.com"])
def test_an_assertion_may_be_for_the_login_servers(org: RunningOrg, audience: str) -> None:
    assert org.log_in(org.assertion(aud=audience)).status_code == 200


@pytest.mark.parametrize(
    ("claims", "description"),
    [
        ({"key": "stranger"}, "invalid assertion"),
        ({"aud": "https://example.org"}, "audience is invalid"),
        ({"exp": 1_700_000_000}, "expired authorization code"),
        ({"sub": "nobody@example.org"}, "user hasn't approved this consumer"),
    ],
)
def test_a_wrong_assertion_is_refused(org: RunningOrg, claims: dict[str, Any], description: str) -> None:
    answer = org.log_in(org.assertion(**claims))
    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_grant", "error_description": description}


def test_an_unknown_consumer_key_is_refused(org: RunningOrg) -> None:
    answer = org.log_in(org.assertion(iss="somebody"))
    assert answer.json()["error"] == "invalid_client_id"


def test_another_grant_is_refused(org: RunningOrg) -> None:
    form = {"grant_type": "password", "username": INTEGRATION, "password": "x"}
    answer = requests.post(f"{org.url}/services/oauth2/token", data=form, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_an_unknown_token_opens_nothing(org: RunningOrg) -> None:
    headers = {"Authorization": "Bearer 00D000!stale"}
    answer = requests.get(f"{org.url}/services/data/v{VERSION}/limits", headers=headers, timeout=10)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")
    assert user_info(org, "00D000!stale").status_code == 401


def test_the_versions_are_listed_without_a_login(org: RunningOrg) -> None:
    listed = requests.get(f"{org.url}/services/data", timeout=10).json()
    assert VERSION in [each["version"] for each in listed]
