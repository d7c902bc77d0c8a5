"""POST /intake/{source}: signed JSON of any other source, such as the website or the trade fair's scanner."""

from chalice.app import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.gateways.intake import read_intake
from chalicelib.routes.answers import answering, body_of, received, require_something
from chalicelib.routes.signatures import require_intake_signature
from chalicelib.services.hand_on import hand_on

blueprint = Blueprint(__name__)


@blueprint.route("/intake/{source}", methods=["POST"])
@answering
def take_engagements(source: str) -> Response:
    """Take engagements in our own words."""
    request, now = blueprint.current_request, bootstrap.now()
    body = body_of(request, bootstrap.settings().max_body_bytes)
    require_intake_signature(body, request.headers, bootstrap.callback_secret(), now)
    arrival = require_something(read_intake(source, body, now))
    return received(hand_on(arrival, source, bootstrap.engagement_queue()))
