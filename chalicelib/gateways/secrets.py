"""Secrets (AWS Secrets Manager), JSON objects, kept for a minute, so that a rotation needs no deployment."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import Misconfigured, Retryable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEPT_SECONDS = 60.0
_PERMANENT = {
    "ResourceNotFoundException",
    "AccessDeniedException",
    "DecryptionFailure",
    "InvalidRequestException",
    "InvalidParameterException",
}


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Mapping[str, Any]
    until: float


class Secrets:
    """Reads secrets; one that was read before outlives an outage of the service."""

    def __init__(self, client: "SecretsManagerClient", seconds: Callable[[], float] = time.monotonic) -> None:
        """`seconds` counts real time: the age of a value has nothing to do with a rehearsal's clock."""
        self._client = client
        self._seconds = seconds
        self._kept: dict[str, _Kept] = {}

    def read(self, secret_id: str) -> Mapping[str, Any]:
        """Give a secret's value, at most a minute old.

        Raises:
            Misconfigured: there is no such secret, no permission, or it holds no JSON object.
            Retryable: it was never read, and the service does not answer.
        """
        kept = self._kept.get(secret_id)
        if kept is not None and self._seconds() < kept.until:
            return kept.value
        try:
            value = self._fetch(secret_id)
        except Retryable:
            if kept is None:
                raise
            value = kept.value
        self._kept[secret_id] = _Kept(value, self._seconds() + KEPT_SECONDS)
        return value

    def _fetch(self, secret_id: str) -> Mapping[str, Any]:
        try:
            answer = self._client.get_secret_value(SecretId=secret_id)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _PERMANENT:
                raise Misconfigured(f"secret {secret_id}: {code}; check its id and the policy") from None
            raise Retryable(f"secret {secret_id}: {code}") from None
        except BotoCoreError as error:
            raise Retryable(f"secret {secret_id}: {type(error).__name__}") from None
        return _object(secret_id, answer.get("SecretString"))


def _object(secret_id: str, written: str | None) -> Mapping[str, Any]:
    try:
        value = json.loads(written or "")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Misconfigured(f"secret {secret_id}: store a JSON object as its value")
    return value
