"""Journey Builder's signature: the body is a JSON Web Token (RFC 7519) of HS256 under the package's secret.

Source: Marketing Cloud Engagement developer guide, "Encode Custom Activities Using a JWT". What the token's
header says of itself decides nothing: it has to say HS256, and HS256 is what is computed.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.domain.instant import SECOND, Instant
from chalicelib.errors import Rejected
from chalicelib.gateways.reading import read_json
from chalicelib.routes.answers import Unsigned

LEEWAY_SECONDS = 60
"""How far the sender's clock may be off."""

_PART = re.compile(rb"[A-Za-z0-9_-]+")
_MEND = "body: send a JSON Web Token of HS256, signed with an active JWT secret"


def read_signed(body: bytes, secrets: Sequence[str], now: Instant) -> Mapping[str, Any]:
    """Check a token and give what it claims.

    Args:
        body: the token, as it came.
        secrets: the active JWT secrets.
        now: against which `exp` and `nbf` are checked where the token has them.

    Raises:
        Unsigned: it is no token, no active secret signed it, or its time is over or not there yet.
    """
    parts = body.strip().split(b".")
    if len(parts) != 3:
        raise Unsigned(_MEND)
    signed, signature = b".".join(parts[:2]), _decoded(parts[2])
    made = [hmac.new(each.encode(), signed, hashlib.sha256).digest() for each in secrets if each]
    # All are compared, so that the time tells nothing about which one came close.
    is_ours = any([hmac.compare_digest(signature, each) for each in made])  # noqa: C419
    if not is_ours or _object(parts[0]).get("alg") != "HS256":
        raise Unsigned(_MEND)
    claims = _object(parts[1])
    _check_time(claims, now)
    return claims


def _check_time(claims: Mapping[str, Any], now: Instant) -> None:
    expires, begins = _time(claims, "exp"), _time(claims, "nbf")
    if expires is not None and now >= expires + LEEWAY_SECONDS * SECOND:
        raise Unsigned("exp: the token's time is over")
    if begins is not None and now < begins - LEEWAY_SECONDS * SECOND:
        raise Unsigned("nbf: the token's time has not come")


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    seconds = claims.get(name)
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise Unsigned(f"{name}: write it in Unix seconds")
    return seconds * SECOND


def _object(part: bytes) -> dict[str, Any]:
    try:
        value = read_json(_decoded(part))
    except Rejected:
        raise Unsigned(_MEND) from None
    if not isinstance(value, dict):
        raise Unsigned(_MEND)
    return value


def _decoded(part: bytes) -> bytes:
    """Decode base64url without padding (RFC 7515, section 2), in its one spelling only."""
    if not _PART.fullmatch(part):
        raise Unsigned(_MEND)
    try:
        raw = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except binascii.Error:
        raise Unsigned(_MEND) from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != part:
        raise Unsigned(_MEND)
    return raw
