"""Who may send: signatures over the raw body, compared in constant time.

Each sender has several active keys, so that a new one can be brought in before the old one is taken out.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.instant import SECOND, Instant
from chalicelib.errors import Misconfigured
from chalicelib.routes.answers import Unsigned

REPLAY_WINDOW_SECONDS = 300

Headers = Mapping[str, str]
Secret = Mapping[str, Any]
"""The callbacks' secret, as Secrets Manager holds it."""


def require_ens_signature(body: bytes, headers: Headers, secret: Secret, encoding: str) -> None:
    """Check Marketing Cloud's `x-sfmc-ens-signature`: base64 of HMAC-SHA256 over the body.

    Its guide, "Notification Signing", leaves open whether the key is taken as text or decoded from base64:
    `encoding` says so.

    Raises:
        Unsigned: no active key made it.
        Misconfigured: a key is not base64, though `encoding` says so.
    """
    given = _header(headers, "x-sfmc-ens-signature")
    made = [_ens_signature(body, key, encoding) for key in _texts(secret.get("ens_signature_keys"))]
    if not _is_any(given, made):
        raise Unsigned("x-sfmc-ens-signature: sign the body with an active key")


def require_intake_signature(body: bytes, headers: Headers, secret: Secret, now: Instant) -> None:
    """Check our own signature: `v1=` and hex of HMAC-SHA256 over `<timestamp>.<body>`, made just now.

    Raises:
        Unsigned: the key is unknown, the timestamp too far off or the signature another one.
    """
    key_id = _header(headers, "x-smarketing-key").decode("utf-8", "replace")
    timestamp = _header(headers, "x-smarketing-timestamp")
    keys = secret.get("intake_keys")
    key = keys.get(key_id) if isinstance(keys, dict) else None
    digest = hmac.new(str(key).encode(), timestamp + b"." + body, hashlib.sha256).hexdigest()
    is_made_by_key = _is_any(_header(headers, "x-smarketing-signature"), [f"v1={digest}".encode()])
    if not (key and is_made_by_key):
        raise Unsigned("X-Smarketing-Signature: sign timestamp and body with an active X-Smarketing-Key")
    if not _is_recent(timestamp, now):
        raise Unsigned(
            f"X-Smarketing-Timestamp: sign within {REPLAY_WINDOW_SECONDS} seconds, in Unix seconds"
        )


def require_shared_secret(given: str, secret: Secret) -> None:
    """Check the secret that Salesforce repeats in the URL of an outbound message, which it can't sign.

    Raises:
        Unsigned: it is none of the active ones.
    """
    active = [each.encode() for each in _texts(secret.get("outbound_message_secrets"))]
    if not _is_any(given.encode("utf-8", "replace"), active):
        raise Unsigned("key: put an active shared secret into the endpoint's URL")


def require_organization(given: str, ours: str) -> None:
    """Check the organisation that an outbound message names; ids have 15 or 18 characters.

    Raises:
        Unsigned: it is another one.
    """
    if not hmac.compare_digest(given[:15].encode("utf-8", "replace"), ours[:15].encode()):
        raise Unsigned("OrganizationId: another organisation's outbound message")


def _ens_signature(body: bytes, key: str, encoding: str) -> bytes:
    try:
        raw = base64.b64decode(key, validate=True) if encoding == "base64" else key.encode()
    except binascii.Error:
        raise Misconfigured(
            "ens_signature_keys: not base64; set SMARKETING_ENS_KEY_ENCODING to utf8"
        ) from None
    return base64.b64encode(hmac.new(raw, body, hashlib.sha256).digest())


def _is_recent(timestamp: bytes, now: Instant) -> bool:
    if not timestamp.isdigit() or len(timestamp) > 11:
        return False
    return abs(int(timestamp) * SECOND - now) <= REPLAY_WINDOW_SECONDS * SECOND


def _is_any(given: bytes, active: list[bytes]) -> bool:
    # All are compared, so that the time tells nothing about which one came close.
    return any([hmac.compare_digest(given, each) for each in active])  # noqa: C419


def _header(headers: Headers, name: str) -> bytes:
    return str(headers.get(name) or "").strip().encode("utf-8", "replace")


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str) and each] if isinstance(value, list) else []
