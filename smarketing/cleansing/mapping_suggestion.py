"""Suggests a mapping from the names of an org's fields and the values that stand in them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.model import Model
from smarketing.cleansing.mapping import NOT_SAID
from smarketing.cleansing.opt_in_words import read_answer
from smarketing.cleansing.org_fields import OrgField, OrgObject
from smarketing.cleansing.survey import Survey

_CONSENT = re.compile(
    r"opt_?-?(?:in|out)|newsletter|mailing|einwillig|zustimm|consent|permission|werbe|werbung|dsgvo|gdpr|"
    r"subscri|abonn|abmeld|widerruf|widerspr|infobrief|infomail|einladung|doi(?:_|\b)|katalog|(?:^|_)nl(?:_|\b)",
    re.IGNORECASE,
)
_OUT = re.compile(r"opt_?-?out|abmeld|widerruf|widerspr|unsubscri|sperr|keine_|no_|do_?not", re.IGNORECASE)
_OURS = "Smarketing_"
_KEPT_IN = frozenset(
    {"boolean", "picklist", "multipicklist", "string", "textarea", "date", "datetime", "double", "int"}
)
_DAYS = frozenset({"date", "datetime"})
_DAY = re.compile(r"_?(?:datum|date|am|seit|since|on)(?:__c)?$", re.IGNORECASE)
_SOURCE = re.compile(r"_?(?:quelle|source|herkunft|nachweis|proof|formular|form)(?:__c)?$", re.IGNORECASE)
_PURPOSES: Mapping[str, re.Pattern[str]] = {
    "newsletter": re.compile(r"newsletter|infobrief|infomail|mailing|(?:^|_)nl(?:_|\b)", re.IGNORECASE),
    "events": re.compile(r"event|veranstalt|messe|webinar|einladung|seminar", re.IGNORECASE),
    "product_news": re.compile(r"produkt|product|angebot|offer|werb|neuheit|katalog", re.IGNORECASE),
    "contact_request": re.compile(r"kontakt|contact|rueckruf|anruf|telefon|phone|call", re.IGNORECASE),
}
_CHANNELS: Mapping[str, re.Pattern[str]] = {
    "phone": re.compile(r"telefon|phone|call|anruf", re.IGNORECASE),
    "sms": re.compile(r"sms|whatsapp", re.IGNORECASE),
    "post": re.compile(r"post(?!ed)|brief\b|katalog|(?<!news)letter\b", re.IGNORECASE),
}
_MOST_SHOWN = 8
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Candidate:
    """A field that looks like one of consents, and the fields beside it that tell when and by what."""

    object: str
    field: OrgField
    since: str = ""
    document: str = ""


def candidates(described: OrgObject) -> tuple[Candidate, ...]:
    """Find the fields of an object that look like consents."""
    likely = [each for each in described.fields.values() if _looks_like_one(each)]
    days = [each for each in likely if each.type in _DAYS or _DAY.search(each.name)]
    beside = {*(each.name for each in days), *(each.name for each in likely if _SOURCE.search(each.name))}
    tell = [each for each in likely if each.name not in beside]
    found = [_with_neighbours(described, each, likely) for each in tell]
    used = {name for each in found for name in (each.since, each.document)}
    alone = [each for each in likely if each.name in beside and each.name not in used]
    return (*found, *(Candidate(described.name, each) for each in alone))


def write_suggestion(found: Sequence[Candidate], survey: Survey, model: Model) -> str:
    """Write a mapping to be read, corrected and given to the next plan."""
    lines = [
        "# What the org's opt-in fields mean, suggested from names and values. Read each entry, mend it,",
        f"# put a purpose where {NOT_SAID} stands, then: smarketing cleanse plan --mapping FILE",
        "# Nothing of it is applied before. Purposes: " + ", ".join(each.name for each in model.purposes),
        "fields:" if found else "fields: []",
    ]
    for each in found:
        lines += _entry(each, survey.values.get((each.object, each.field.name), Counter()), model)
    return "\n".join(lines) + "\n"


def _looks_like_one(each: OrgField) -> bool:
    if not each.custom or each.name.startswith(_OURS) or each.type not in _KEPT_IN:
        return False
    return _CONSENT.search(each.name) is not None or _CONSENT.search(each.label) is not None


def _with_neighbours(described: OrgObject, each: OrgField, likely: Sequence[OrgField]) -> Candidate:
    stem = _stem(each.name)
    near = [other for other in described.fields.values() if other.custom and other.name != each.name]
    near = [other for other in near if stem and _stem(_SOURCE.sub("", _DAY.sub("", other.name))) == stem]
    since = next((other.name for other in near if other.type in _DAYS or _DAY.search(other.name)), "")
    document = next((other.name for other in near if _SOURCE.search(other.name)), "")
    return Candidate(described.name, each, since, document)


def _stem(name: str) -> str:
    return re.sub(r"_*opt_?in|_*opt_?out|_", "", name.removesuffix("__c").casefold())


def _entry(each: Candidate, values: Counter[str], model: Model) -> Iterator[str]:
    name = f"{each.field.name} {each.field.label}"
    meaning = "opt_out" if _OUT.search(name) else "opt_in"
    channel = next((word for word, pattern in _CHANNELS.items() if pattern.search(name)), "email")
    yield f"# {each.field.label} ({each.field.type}); seen: {_seen(values)}".replace("\n", " ")
    yield f"- field: {each.object}.{each.field.name}"
    yield f"  meaning: {meaning}"
    yield f"  purpose: {_purpose(name, model)}"
    yield f"  channel: {channel}"
    if each.since:
        yield f"  since: {each.since}"
    if meaning == "opt_in":
        yield "  # basis: double_opt_in   # what a yes rests on, if there is a proof of it"
    if each.document:
        yield f"  evidence: {{document: {each.document}}}"


def _purpose(name: str, model: Model) -> str:
    known = {each.name for each in model.purposes}
    for purpose in known:
        if purpose in name.casefold():
            return purpose
    likely = (purpose for purpose, pattern in _PURPOSES.items() if purpose in known and pattern.search(name))
    return next(likely, f'"{NOT_SAID}"')


def _seen(values: Counter[str]) -> str:
    """Show values, each with what it would be read as; what looks like free text is only counted."""
    shown = []
    for value, number in values.most_common(_MOST_SHOWN):
        answer = read_answer(value).answer
        if len(value) <= _LONGEST_SHOWN and (answer != "unclear" or number > 1):
            shown.append(f"{value or '(empty)'} = {answer} x{number}")
    more = len(values) - len(shown)
    return "; ".join(shown) + (f"; and {more} others" if more > 0 else "") or "nothing"
