"""POST /salesforce/outbound-messages?key=...: Salesforce's outbound messages."""

from chalice.app import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.gateways.salesforce.outbound_message import ACKNOWLEDGEMENT, read_outbound_message
from chalicelib.gateways.salesforce.records import SOURCE
from chalicelib.routes.answers import answering, body_of, query_of
from chalicelib.routes.signatures import require_organization, require_shared_secret
from chalicelib.services.hand_on import hand_on

blueprint = Blueprint(__name__)


@blueprint.route(
    "/salesforce/outbound-messages", methods=["POST"], content_types=["text/xml", "application/xml"]
)
@answering
def take_outbound_messages() -> Response:
    """Take up to 100 notifications; only the acknowledgement keeps Salesforce from sending them again."""
    request, settings = blueprint.current_request, bootstrap.settings()
    body = body_of(request, settings.max_body_bytes)
    require_shared_secret(query_of(request, "key"), bootstrap.callback_secret())
    message = read_outbound_message(body, bootstrap.now())
    require_organization(message.organization_id, settings.salesforce_org_id)
    hand_on(message.arrival, SOURCE, bootstrap.engagement_queue())
    return Response(ACKNOWLEDGEMENT, headers={"Content-Type": "text/xml"})
