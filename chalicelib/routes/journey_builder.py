"""What our activities on Journey Builder's canvas have in common: its signed calls, and the pages it frames.

Journey Builder reads config.json, shows index.html on its canvas, and posts a signed token when a journey is
saved, validated, published or stopped, and when a contact reaches the activity. The latter waits ten seconds
and is tried five times again upon a 5xx.
"""

from collections.abc import Mapping
from typing import Any

from chalice.app import Request, Response

from chalicelib import bootstrap
from chalicelib.routes.answers import body_of
from chalicelib.routes.journey_tokens import read_signed

TOKEN_TYPES = ["application/jwt", "application/json"]
_MAX_TOKEN_BYTES = 64 * 1024

_CANVAS = "https://*.exacttarget.com https://*.marketingcloudapps.com"
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    f" base-uri 'none'; form-action 'none'; frame-ancestors 'self' {_CANVAS}",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def claims_of(request: Request) -> Mapping[str, Any]:
    """Check that a call is Journey Builder's, and give what it says.

    Raises:
        Unsigned, TooLarge, Rejected: it is not.
        Retryable, Misconfigured: the secret is out of reach.
    """
    body = body_of(request, _MAX_TOKEN_BYTES)
    secrets = bootstrap.callback_secret().get("journey_jwt_secrets")
    active = [each for each in secrets if isinstance(each, str)] if isinstance(secrets, list) else []
    return read_signed(body, active, bootstrap.now())


def framed(content: str, content_type: str) -> Response:
    """Give what the canvas may frame, and nobody else."""
    return Response(content, status_code=200, headers={"Content-Type": content_type, **_PAGE_HEADERS})
