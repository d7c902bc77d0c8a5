"""POST /account-engagement/activities: forwards of Account Engagement's visitor activities and prospects."""

from chalice.app import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.gateways.account_engagement.visitor_activity import SOURCE, read_activities
from chalicelib.routes.answers import answering, body_of, received, require_something
from chalicelib.routes.signatures import require_intake_signature
from chalicelib.services.hand_on import hand_on

blueprint = Blueprint(__name__)


@blueprint.route("/account-engagement/activities", methods=["POST"])
@answering
def take_activities() -> Response:
    """Take rows of the API's version 5, signed by whoever forwards them."""
    request, now = blueprint.current_request, bootstrap.now()
    body = body_of(request, bootstrap.settings().max_body_bytes)
    require_intake_signature(body, request.headers, bootstrap.callback_secret(), now)
    arrival = require_something(read_activities(body, now))
    return received(hand_on(arrival, SOURCE, bootstrap.engagement_queue()))
