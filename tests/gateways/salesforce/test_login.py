"""How the integration user logs in."""

from typing import Any

import jwt
import pytest

from chalicelib.domain.outcome import Blocked
from chalicelib.errors import Misconfigured
from chalicelib.gateways.salesforce.login import Credentials, audience
from tests.gateways.salesforce.commands import touchpoint
from tests.gateways.salesforce.scripted_org import ScriptedOrg, private_key, save_all

SECRET = {
    "domain_url": "https://acme.my.salesforce.com/",
    "consumer_key": "consumer",
    "username": "integration@example.org",
    "private_key": private_key(),
}


@pytest.mark.parametrize(
    ("domain_url", "server"),
    [
        ("https://acme.my.salesforce.com", "https://login.salesforce.com"),
        ("https://login.salesforce.com", "https://login.salesforce.com"),
        ("https://acme--uat.sandbox.my.salesforce.com", "https://test.salesforce.com"),
        ("https://test.salesforce.com", "https://test.salesforce.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_the_assertion_is_for_salesforces_login_server(domain_url: str, server: str) -> None:
    assert audience(domain_url) == server


def test_the_assertion_is_signed_and_valid_for_three_minutes(org: ScriptedOrg) -> None:
    org.script = save_all
    org.gateway().write([touchpoint()])
    [login] = org.logins
    form = dict(pair.split("=", 1) for pair in login.body.decode().split("&"))
    claims: dict[str, Any] = jwt.decode(form["assertion"], options={"verify_signature": False})
    assert claims["sub"] == "integration@example.org"
    assert claims["iss"] == "consumer"
    assert claims["aud"] == org.url
    assert isinstance(claims["exp"], int)


@pytest.mark.parametrize("name", list(SECRET))
def test_a_secret_without_a_part_names_it(name: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        Credentials.from_secret({**SECRET, name: ""})


def test_plain_http_is_for_this_machine_only() -> None:
    with pytest.raises(Misconfigured, match="domain_url"):
        Credentials.from_secret({**SECRET, "domain_url": "http://acme.my.salesforce.com"})


def test_a_key_that_is_none_needs_an_operator(org: ScriptedOrg) -> None:
    from chalicelib.gateways.salesforce.client import SalesforceGateway

    secret = {**SECRET, "domain_url": org.url, "private_key": "not a key"}
    [outcome] = SalesforceGateway(lambda: secret, clock=lambda: 0).write([touchpoint()])  # type: ignore[arg-type,return-value]
    assert isinstance(outcome, Blocked)
    assert "private_key" in outcome.reason
    assert "not a key" not in outcome.reason
