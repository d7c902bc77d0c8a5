"""Secrets, on moto's Secrets Manager under a clock that the test moves."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from chalicelib.errors import Misconfigured, Retryable
from chalicelib.gateways.secrets import KEPT_SECONDS, Secrets


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="eu-central-1")


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Line:
    """The line to the service, which can be cut."""

    def __init__(self, manager: Any = None) -> None:
        self.manager = manager

    def get_secret_value(self, **arguments: str) -> Any:
        if self.manager is None:
            raise ConnectTimeoutError(endpoint_url="https://secrets.example")
        return self.manager.get_secret_value(**arguments)


def test_a_rotated_secret_is_read_within_a_minute_without_a_deployment(manager: Any) -> None:
    seconds = Seconds()
    manager.create_secret(Name="callbacks", SecretString='{"key": "old"}')
    secrets = Secrets(manager, seconds)
    assert secrets.read("callbacks") == {"key": "old"}

    manager.put_secret_value(SecretId="callbacks", SecretString='{"key": "new"}')

    assert secrets.read("callbacks") == {"key": "old"}
    seconds.now += KEPT_SECONDS
    assert secrets.read("callbacks") == {"key": "new"}


def test_a_secret_outlives_an_outage(manager: Any) -> None:
    seconds = Seconds()
    manager.create_secret(Name="callbacks", SecretString='{"key": "old"}')
    line = Line(manager)
    secrets = Secrets(line, seconds)  # type: ignore[arg-type]
    secrets.read("callbacks")

    line.manager = None
    seconds.now += KEPT_SECONDS

    assert secrets.read("callbacks") == {"key": "old"}


def test_an_outage_before_the_first_reading_is_retryable() -> None:
    with pytest.raises(Retryable):
        Secrets(Line()).read("callbacks")  # type: ignore[arg-type]


def test_a_missing_secret_is_named(manager: Any) -> None:
    with pytest.raises(Misconfigured, match="secret callbacks: ResourceNotFoundException"):
        Secrets(manager).read("callbacks")


@pytest.mark.parametrize("value", ["hunter2", '["hunter2"]', '"hunter2"', " "])
def test_a_secret_that_is_no_json_object_names_the_mend_but_not_its_value(manager: Any, value: str) -> None:
    manager.create_secret(Name="callbacks", SecretString=value)

    with pytest.raises(Misconfigured, match="store a JSON object") as error:
        Secrets(manager).read("callbacks")

    assert "hunter2" not in str(error.value)
