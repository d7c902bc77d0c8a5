"""/consent: the pages on which people ask for mails, confirm it, and take it back.

A GET changes nothing, since programs that scan mails follow every link in them; what changes something is a
button. The one exception asks for none: a mail program's one-click unsubscribe is a POST of its own
(RFC 8058: `List-Unsubscribe=One-Click`, without cookies or another question).
"""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from chalice.app import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.consent import Subject
from chalicelib.domain.consent_links import PREFERENCES, read_signed, signed, unsubscribing
from chalicelib.domain.double_opt_in import Language, proof_of_words
from chalicelib.domain.instant import iso
from chalicelib.domain.interest import PersonId
from chalicelib.domain.model import Model
from chalicelib.gateways.reading import email
from chalicelib.routes.answers import answering, body_of, query_of
from chalicelib.routes.consent_pages.answers import page, see_other, showing
from chalicelib.routes.consent_pages.pages import STYLE, TRAP, Pages, style
from chalicelib.routes.languages import language_of
from chalicelib.services.change_consents import Form, choices, choose, request, unsubscribe
from chalicelib.services.confirm_opt_in import confirm, look_at

blueprint = Blueprint(__name__)

BASE = "/consent"
FORM = ["application/x-www-form-urlencoded"]
ONE_CLICK = [*FORM, "multipart/form-data"]
"""As which mail programs send their one click (RFC 8058, section 3.2); what it says stands in the address."""
_MOST_BYTES = 16 * 1024
SAVED = ("withdrawn", "requested", "nothing")
"""What a saved choice may have done."""

_STATUS = {"open": 200, "used": 410, "expired": 410, "unknown": 404, "unsigned": 404}

shown = showing(lambda: blueprint.current_request)


@blueprint.route(f"{BASE}/{STYLE}", methods=["GET"])
@answering
def show_style() -> Response:
    """Give the pages' style sheet."""
    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/css; charset=utf-8",
        "Cache-Control": "max-age=3600",
    }
    return Response(style(), status_code=200, headers=headers)


@blueprint.route(f"{BASE}/subscribe", methods=["GET"])
@shown
def show_form() -> Response:
    """Show the form by which somebody asks for mails."""
    model = _model()
    return page(Pages(model, _language()).subscribe([subject for subject, _ in choices(model, None)]))


@blueprint.route(f"{BASE}/requests", methods=["POST"], content_types=FORM)
@shown
def take_request() -> Response:
    """Take the form; the answer is the same whether we know the address or not."""
    model, language, fields = _model(), _language(), _fields()
    pages = Pages(model, language)
    offered = [subject for subject, _ in choices(model, None)]
    wanted = _chosen(fields, offered)
    given = _field(fields, "email")
    address = email(given)
    if not _field(fields, TRAP):
        wrong = "address_wrong" if address is None else "" if wanted else "nothing_chosen"
        if wrong or address is None:
            return page(pages.subscribe(offered, given, wrong), 400)
        request(address, wanted, _evidence_of(model, language), _form("subscribe", language))
    return page(pages.message("sent"))


@blueprint.route(f"{BASE}/confirm", methods=["GET"])
@shown
def show_confirmation() -> Response:
    """Show what a link would confirm."""
    token = _query("token")
    looked = look_at(token, bootstrap.opt_in_tokens(), bootstrap.now())
    pages = Pages(_model(), _language())
    if looked.state == "open" and looked.request is not None:
        return page(pages.confirm(looked.request.subjects, token))
    return _refused(pages, looked.state)


@blueprint.route(f"{BASE}/confirm", methods=["POST"], content_types=FORM)
@shown
def take_confirmation() -> Response:
    """Confirm what a link is for."""
    looked = confirm(
        _field(_fields(), "token"),
        _ip(),
        bootstrap.opt_in_tokens(),
        bootstrap.persons(),
        bootstrap.engagement_queue(),
        bootstrap.now(),
    )
    pages = Pages(_model(), _language())
    return page(pages.message("confirmed")) if looked.state == "open" else _refused(pages, looked.state)


@blueprint.route(f"{BASE}/unsubscribe", methods=["GET"])
@shown
def show_unsubscription() -> Response:
    """Show the button that unsubscribes."""
    pages = Pages(_model(), _language())
    purpose = _query("purpose")
    person = _person(unsubscribing(purpose))
    if person is None:
        return _refused(pages, "unsigned")
    preferences = signed(person, PREFERENCES, bootstrap.link_keys()[0])
    return page(pages.unsubscribe(_query("person"), purpose, preferences))


@blueprint.route(f"{BASE}/unsubscribe", methods=["POST"], content_types=ONE_CLICK)
@shown
def take_unsubscription() -> Response:
    """Unsubscribe, by the button or by the mail program's one click, which must not be sent on elsewhere."""
    model, language = _model(), _language()
    asked = _query("purpose")
    person = _person(unsubscribing(asked))
    if person is None:
        return _refused(Pages(model, language), "unsigned")
    purpose = asked if asked in {each.name for each in model.purposes} else ""
    unsubscribe(person, purpose, bootstrap.persons(), _form("unsubscribe", language))
    return page(Pages(model, language).message("unsubscribed"))


@blueprint.route(f"{BASE}/preferences", methods=["GET"])
@shown
def show_preferences() -> Response:
    """Show a person what they get."""
    model, language = _model(), _language()
    pages = Pages(model, language)
    person = _person(PREFERENCES)
    if person is None:
        return _refused(pages, "unsigned")
    saved = [f"saved_{each}" for each in SAVED if each in _query("saved").split(".")]
    if saved:
        back = f"preferences?person={_query('person')}&lang={language}"
        return page(pages.message("saved", *saved, link=("back_to_preferences", back)))
    # Somebody whose data were erased gets nothing, and sees just that.
    found = bootstrap.persons().load([person]).get(person)
    return page(pages.preferences(_query("person"), choices(model, found)))


@blueprint.route(f"{BASE}/preferences", methods=["POST"], content_types=FORM)
@shown
def take_preferences() -> Response:
    """Take a person's choice: what ends, ends at once; what is new waits for its confirmation."""
    model, language = _model(), _language()
    pages = Pages(model, language)
    person, fields = _person(PREFERENCES), _fields()
    found = bootstrap.persons().load([person]).get(person) if person is not None else None
    if found is None:
        return _refused(pages, "unsigned")
    form = _form("preferences", language)
    if _field(fields, "all_off"):
        unsubscribe(found.id, "", bootstrap.persons(), form)
        counts = (1, 0)
    else:
        wanted = _chosen(fields, [subject for subject, _ in choices(model, found)])
        counts = choose(found, wanted, model, _evidence_of(model, language), form)
    said = [name for name, count in zip(SAVED, counts, strict=False) if count] or ["nothing"]
    return see_other("preferences", person=_query("person"), lang=language, saved=".".join(said))


def _refused(pages: Pages, state: str) -> Response:
    link = ("ask_again", "subscribe") if state in ("expired", "unknown") else None
    return page(pages.message(state, link=link), _STATUS[state])


def _model() -> Model:
    return bootstrap.playbook()().model


def _language() -> Language:
    return language_of(blueprint.current_request)


def _query(name: str) -> str:
    return query_of(blueprint.current_request, name)


def _person(scope: str) -> PersonId | None:
    return read_signed(_query("person"), scope, bootstrap.link_keys())


def _fields() -> Mapping[str, list[str]]:
    body = body_of(blueprint.current_request, _MOST_BYTES)
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100)


def _field(fields: Mapping[str, list[str]], name: str) -> str:
    return fields[name][0].strip() if name in fields else ""


def _chosen(fields: Mapping[str, list[str]], offered: list[Subject]) -> list[Subject]:
    named = set(fields.get("about", []))
    return [each for each in offered if f"{each.purpose}/{each.brand}" in named]


def _form(page: str, language: Language) -> Form:
    evidence = {"form_url": f"{bootstrap.settings().public_url}{BASE}/{page}", "language": language}
    ip = _ip()
    return Form(bootstrap.engagement_queue(), bootstrap.now(), evidence | ({"request_ip": ip} if ip else {}))


def _evidence_of(model: Model, language: Language) -> Callable[[Subject], Mapping[str, str]]:
    def evidence(subject: Subject) -> Mapping[str, str]:
        words = proof_of_words(model.consent, subject.purpose, language)
        return {**words, "requested_at": iso(bootstrap.now())}

    return evidence


def _ip() -> str:
    context = blueprint.current_request.context or {}
    return str(context.get("identity", {}).get("sourceIp") or "")
