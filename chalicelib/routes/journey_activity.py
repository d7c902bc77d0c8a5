"""/journey-activity: the custom activity "Score and hand off" of Marketing Cloud's Journey Builder.

Journey Builder reads config.json, shows index.html on its canvas, and posts a signed token when a journey is
saved, validated, published or stopped, and when a contact reaches the activity. The latter waits ten seconds
and is tried five times again upon a 5xx.
"""

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.arrival import Arrival
from chalicelib.gateways.marketing_cloud.activity_config import activity_config
from chalicelib.gateways.marketing_cloud.journey_execution import read_execution
from chalicelib.gateways.marketing_cloud.notifications import SOURCE
from chalicelib.routes.answers import answering, body_of, json_answer
from chalicelib.routes.journey_activity_page import FILES, configuration_page, file_of_page
from chalicelib.routes.journey_tokens import read_signed
from chalicelib.routes.languages import language_of
from chalicelib.services.hand_on import hand_on

blueprint = Blueprint(__name__)

BASE = "/journey-activity"
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


@blueprint.route(f"{BASE}/config.json", methods=["GET"])
@answering
def describe_activity() -> Response:
    """Tell Journey Builder what the activity needs and where it is called."""
    return json_answer(200, activity_config(f"{bootstrap.settings().public_url}{BASE}"))


@blueprint.route(f"{BASE}/index.html", methods=["GET"])
@answering
def show_configuration() -> Response:
    """Show the page on which the activity is configured, in the language of the browser."""
    language = language_of(blueprint.current_request)
    lines = bootstrap.playbook()().model.product_lines
    labels = [(line.name, line.label) for line in lines]
    return _page(configuration_page(language, labels), "text/html; charset=utf-8")


@blueprint.route(f"{BASE}/activity.js", methods=["GET"])
@blueprint.route(f"{BASE}/activity.css", methods=["GET"])
@blueprint.route(f"{BASE}/icon.svg", methods=["GET"])
@answering
def show_file() -> Response:
    """Give what the page and the canvas load."""
    name = str(blueprint.current_request.path).rsplit("/", 1)[-1]
    return _page(file_of_page(name), FILES[name])


@blueprint.route(f"{BASE}/save", methods=["POST"], content_types=TOKEN_TYPES)
@blueprint.route(f"{BASE}/validate", methods=["POST"], content_types=TOKEN_TYPES)
@blueprint.route(f"{BASE}/publish", methods=["POST"], content_types=TOKEN_TYPES)
@blueprint.route(f"{BASE}/stop", methods=["POST"], content_types=TOKEN_TYPES)
@answering
def follow_journey() -> Response:
    """Agree to what happens to a journey: the activity keeps nothing of its own about it."""
    _claims()
    return json_answer(200, {})


@blueprint.route(f"{BASE}/execute", methods=["POST"], content_types=TOKEN_TYPES)
@answering
def execute_activity() -> Response:
    """Keep one contact's arrival at the activity, and say so: `accepted` is the activity's out-argument."""
    engagement = read_execution(_claims(), bootstrap.now())
    hand_on(Arrival((engagement,)), SOURCE, bootstrap.engagement_queue())
    return json_answer(200, {"accepted": True})


def _claims() -> Mapping[str, Any]:
    body = body_of(blueprint.current_request, _MAX_TOKEN_BYTES)
    secrets = bootstrap.callback_secret().get("journey_jwt_secrets")
    active = [each for each in secrets if isinstance(each, str)] if isinstance(secrets, list) else []
    return read_signed(body, active, bootstrap.now())


def _page(content: str, content_type: str) -> Response:
    return Response(content, status_code=200, headers={"Content-Type": content_type, **_PAGE_HEADERS})
