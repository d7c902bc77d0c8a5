"""/mailing-permission: the custom activity "May we write?" of Marketing Cloud's Journey Builder.

It stands before a mailing and sends each contact on one of three ways: write, ask again later, write no more.
"""

import logging

from chalice.app import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.may_send import Answer
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.gateways.marketing_cloud.activity_config import MAY_WE_WRITE, activity_config
from chalicelib.gateways.marketing_cloud.mailing_question import read_question, written
from chalicelib.log import log_line
from chalicelib.routes.answers import answering, json_answer
from chalicelib.routes.journey_activity_page import FILES, file_of_page, permission_page
from chalicelib.routes.journey_builder import TOKEN_TYPES, claims_of, framed
from chalicelib.routes.languages import language_of

blueprint = Blueprint(__name__)

BASE = "/mailing-permission"
_OWN_FILES = {"icon.svg": "permission.svg"}


@blueprint.route(f"{BASE}/config.json", methods=["GET"])
@answering
def describe_activity() -> Response:
    """Tell Journey Builder what the activity needs, where it is called and which ways lead on from it."""
    config = activity_config(MAY_WE_WRITE, f"{bootstrap.settings().public_url}{BASE}")
    return json_answer(200, config)


@blueprint.route(f"{BASE}/index.html", methods=["GET"])
@answering
def show_configuration() -> Response:
    """Show the page on which the activity is configured, in the language of the browser."""
    language = language_of(blueprint.current_request)
    model = bootstrap.playbook()().model
    purposes = [
        (each.name, each.labels.get(language, each.label))
        for each in model.purposes
        if "email" in each.channels
    ]
    lines = [(line.name, line.label) for line in model.product_lines]
    return framed(permission_page(language, purposes, lines), "text/html; charset=utf-8")


@blueprint.route(f"{BASE}/activity.js", methods=["GET"])
@blueprint.route(f"{BASE}/activity.css", methods=["GET"])
@blueprint.route(f"{BASE}/icon.svg", methods=["GET"])
@answering
def show_file() -> Response:
    """Give what the page and the canvas load."""
    name = str(blueprint.current_request.path).rsplit("/", 1)[-1]
    return framed(file_of_page(_OWN_FILES.get(name, name)), FILES[name])


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
    """Say whether the journey may write to one contact: `branchResult` names the way on.

    Where nobody can look, the contact waits: after its retries Journey Builder would lose them, and to write
    without looking is not ours to allow.
    """
    question = read_question(claims_of(blueprint.current_request))
    try:
        answer = bootstrap.mailing_permission()(question)
    except (Retryable, Misconfigured) as error:
        log_line("not_looked", level=logging.ERROR, kind=type(error).__name__, reason=str(error))
        answer = Answer("unavailable")
    log_line("mailing_asked", branch=answer.branch, hindrance=answer.hindrance or "")
    return json_answer(200, written(answer))
