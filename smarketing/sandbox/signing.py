"""The signature that our signed intake asks for: what a sender has to do, in a few lines."""

import hashlib
import hmac


def intake_headers(key_id: str, secret: str, body: bytes, unix_seconds: int) -> dict[str, str]:
    """Give the headers of a request to `/intake/...` or `/account-engagement/activities`.

    The signature covers the time and the raw body, so a request can be repeated for some minutes only.
    """
    signature = hmac.new(secret.encode(), f"{unix_seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Smarketing-Key": key_id,
        "X-Smarketing-Timestamp": str(unix_seconds),
        "X-Smarketing-Signature": f"v1={signature}",
    }
