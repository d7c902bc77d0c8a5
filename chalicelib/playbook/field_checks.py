"""Finds fields that are named twice or not explained, and names that Salesforce would not take."""

from collections.abc import Iterator

from chalicelib.playbook.api_names import checkbox_of
from chalicelib.playbook.enrichment_checks import ENRICHED
from chalicelib.playbook.fields_source import PURPOSE, SalesforceFieldSource
from chalicelib.playbook.problems import Problem, unknown
from chalicelib.playbook.salesforce_fields import named_for
from chalicelib.playbook.source import PlaybookSource

_LONGEST_NAME = 43
"""40 characters and `__c` (Salesforce Help, Custom Field Attributes)."""
_LONGEST_LABEL = 40
_CHECKED = sorted({*ENRICHED, "email", "first_name", "last_name"} - {"department"})
"""Data that both a Lead and a Contact, or its Account, hold."""
_EVIDENCE = (("en", "Evidence"), ("de", "Beleg"))


def fields(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find what is wrong with the fields, each by itself and beside the others."""
    terms = [each.term.en for each in playbook.glossary]
    seen = set[tuple[str, str]]()
    for position, each in enumerate(playbook.fields):
        place = ("fields", position)
        for number, name in enumerate(each.objects):
            if (name, each.field) in seen:
                message = f"{name}.{each.field} is given twice; remove one"
                yield Problem((*place, "objects", number), message)
            seen.add((name, each.field))
        yield from _explained(each, position, terms)
        yield from _per_purpose(each, position, playbook)


def checklist(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find a checklist that asks for nothing, and names that are too long for a field."""
    if not any(each.required for each in playbook.qualification):
        yield Problem(("qualification",), "nothing is required, so everything goes to sales; require an item")
    for position, each in enumerate(playbook.qualification):
        if len(checkbox_of(each.name)) > _LONGEST_NAME:
            yield Problem(("qualification", position, "name"), "is too long for a field; shorten it to 30")
        for number, name in enumerate(each.data):
            if name not in _CHECKED:
                message = unknown("field of a Lead and a Contact", name, _CHECKED)
                yield Problem(("qualification", position, "data", number), message)
        for language, before in _EVIDENCE if each.evidence else ():
            written = f"{before}: {getattr(each.label, language)}"
            if len(written) > _LONGEST_LABEL:
                message = f"{written!r} has more than 40 characters; shorten the label"
                yield Problem(("qualification", position, "label", language), message)


def _explained(field: SalesforceFieldSource, position: int, terms: list[str]) -> Iterator[Problem]:
    if (field.term is None) == (field.help is None):
        yield Problem(("fields", position, "term"), "give either a term of the glossary or a help text")
    elif field.term is not None and field.term not in terms:
        yield Problem(("fields", position, "term"), unknown("term of the glossary", field.term, terms))


def _per_purpose(field: SalesforceFieldSource, position: int, playbook: PlaybookSource) -> Iterator[Problem]:
    if PURPOSE not in field.field:
        if len(field.field) > _LONGEST_NAME:
            yield Problem(("fields", position, "field"), "has more than 40 characters before __c; shorten it")
        return
    for purpose in playbook.purposes:
        name = named_for(field.field, purpose)
        if len(name) > _LONGEST_NAME:
            message = f"{name} has more than 40 characters before __c; shorten the purpose's name"
            yield Problem(("fields", position, "field"), message)
        for language in ("en", "de"):
            written = getattr(field.label, language).replace(PURPOSE, getattr(purpose.label, language))
            if len(written) > _LONGEST_LABEL:
                message = f"{written!r} has more than 40 characters; shorten it or the purpose's label"
                yield Problem(("fields", position, "label", language), message)
