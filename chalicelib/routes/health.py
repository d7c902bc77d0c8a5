"""GET /health: whether the front door has what it needs to take callbacks."""

from chalice.app import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.routes.answers import answering, json_answer

blueprint = Blueprint(__name__)


@blueprint.route("/health", methods=["GET"])
@answering
def tell_health() -> Response:
    """Answer 200 where all settings are there; it calls nothing, so that asking often costs nothing."""
    bootstrap.settings().check_front_door()
    return json_answer(200, {"status": "ok"})
