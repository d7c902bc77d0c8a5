"""POST /marketing-cloud/events: Marketing Cloud's Event Notification Service."""

from chalice.app import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.message import encode
from chalicelib.gateways.marketing_cloud.notifications import SOURCE, read_handshake, read_notifications
from chalicelib.routes.answers import answering, body_of, json_answer, received
from chalicelib.routes.signatures import require_ens_signature
from chalicelib.services.hand_on import hand_on

blueprint = Blueprint(__name__)


@blueprint.route("/marketing-cloud/events", methods=["POST"])
@answering
def take_notifications() -> Response:
    """Take an array of signed events, or the unsigned handshake of a new callback."""
    request, settings = blueprint.current_request, bootstrap.settings()
    body = body_of(request, settings.max_body_bytes)
    if handshake := read_handshake(body):
        bootstrap.engagement_queue().send([encode(handshake)])
        return json_answer(200, {"accepted": 1})
    require_ens_signature(body, request.headers, bootstrap.callback_secret(), settings.ens_key_encoding)
    arrival = read_notifications(body, bootstrap.now())
    return received(hand_on(arrival, SOURCE, bootstrap.engagement_queue()))
