"""/journey-activity: the custom activity "Score and hand off" of Marketing Cloud's Journey Builder."""

from chalice.app import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.arrival import Arrival
from chalicelib.gateways.marketing_cloud.activity_config import SCORE_AND_HAND_OFF, activity_config
from chalicelib.gateways.marketing_cloud.journey_execution import read_execution
from chalicelib.gateways.marketing_cloud.notifications import SOURCE
from chalicelib.routes.answers import answering, json_answer
from chalicelib.routes.journey_activity_page import FILES, configuration_page, file_of_page
from chalicelib.routes.journey_builder import TOKEN_TYPES, claims_of, framed
from chalicelib.routes.languages import language_of
from chalicelib.services.hand_on import hand_on

blueprint = Blueprint(__name__)

BASE = "/journey-activity"


@blueprint.route(f"{BASE}/config.json", methods=["GET"])
@answering
def describe_activity() -> Response:
    """Tell Journey Builder what the activity needs and where it is called."""
    config = activity_config(SCORE_AND_HAND_OFF, f"{bootstrap.settings().public_url}{BASE}")
    return json_answer(200, config)


@blueprint.route(f"{BASE}/index.html", methods=["GET"])
@answering
def show_configuration() -> Response:
    """Show the page on which the activity is configured, in the language of the browser."""
    language = language_of(blueprint.current_request)
    lines = bootstrap.playbook()().model.product_lines
    labels = [(line.name, line.label) for line in lines]
    return framed(configuration_page(language, labels), "text/html; charset=utf-8")


@blueprint.route(f"{BASE}/activity.js", methods=["GET"])
@blueprint.route(f"{BASE}/activity.css", methods=["GET"])
@blueprint.route(f"{BASE}/icon.svg", methods=["GET"])
@answering
def show_file() -> Response:
    """Give what the page and the canvas load."""
    name = str(blueprint.current_request.path).rsplit("/", 1)[-1]
    return framed(file_of_page(name), FILES[name])


@blueprint.route(f"{BASE}/save", methods=["POST"], content_types=TOKEN_TYPES)
@blueprint.route(f"{BASE}/validate", methods=["POST"], content_types=TOKEN_TYPES)
@blueprint.route(f"{BASE}/publish", methods=["POST"], content_types=TOKEN_TYPES)
@blueprint.route(f"{BASE}/stop", methods=["POST"], content_types=TOKEN_TYPES)
@answering
def follow_journey() -> Response:
    """Agree to what happens to a journey: the activity keeps nothing of its own about it."""
    claims_of(blueprint.current_request)
    return json_answer(200, {})


@blueprint.route(f"{BASE}/execute", methods=["POST"], content_types=TOKEN_TYPES)
@answering
def execute_activity() -> Response:
    """Keep one contact's arrival at the activity, and say so: `accepted` is the activity's out-argument."""
    engagement = read_execution(claims_of(blueprint.current_request), bootstrap.now())
    hand_on(Arrival((engagement,)), SOURCE, bootstrap.engagement_queue())
    return json_answer(200, {"accepted": True})
