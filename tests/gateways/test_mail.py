"""Mails through SES: moto's takes them, botocore's stub gives what moto can't."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib.domain.confirmation_mail import Mail
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.mail import Mailer

SENDER = "Musterwerk <news@example.com>"
MAIL = Mail("anna@example.com", "Bitte bestätigen", "Grüße", "<p>Grüße</p>", "de")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        made = boto3.client("sesv2", region_name="eu-central-1")
        made.create_email_identity(EmailIdentity="news@example.com")
        yield made


def test_a_mail_is_sent_and_its_id_is_told(client: Any) -> None:
    message = Mailer(client, SENDER).send(MAIL)
    (sent,) = ses_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].sent_messages
    assert sent.id == message
    assert sent.destinations["ToAddresses"] == ["anna@example.com"]
    assert sent.subject == "Bitte bestätigen"


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("MessageRejected", Rejected),
        ("BadRequestException", Rejected),
        ("MailFromDomainNotVerifiedException", Misconfigured),
        ("AccessDeniedException", Misconfigured),
        ("AccountSuspendedException", Misconfigured),
        ("TooManyRequestsException", Retryable),
        ("SendingPausedException", Retryable),
        ("LimitExceededException", Retryable),
    ],
)
def test_a_refusal_says_what_can_be_done(client: Any, code: str, failure: type[Exception]) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("send_email", code, "anna@example.com is not allowed")
        with pytest.raises(failure) as raised:
            Mailer(client, SENDER).send(MAIL)
    assert "anna@example.com" not in str(raised.value)


def test_a_service_out_of_reach_is_tried_again(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://email.example")

    monkeypatch.setattr(client, "send_email", unreachable)
    with pytest.raises(Retryable):
        Mailer(client, SENDER).send(MAIL)
