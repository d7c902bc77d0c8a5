"""The mapping of lead conversion: which fields of a Lead go on, and whether the other side takes them."""

from collections.abc import Iterator

from lxml import etree

from smarketing.metadata.checks.document import said
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.sobjects import Field
from smarketing.metadata.xml import children, text_of

_CONVERTED = ("Account", "Contact", "Opportunity")


def check_lead_conversion(it: Inspection) -> Iterator[Finding]:
    """Check which fields of a Lead go on to the Contact, Account or Opportunity.

    Both are custom fields of one type, and the Lead's is no longer than the other (Salesforce Help,
    Guidelines for Mapping Custom Lead Fields).
    """
    for mapping in it.at("objectMapping"):
        yield from check_mapping(it, mapping)
        for node in children(mapping, "outputObject"):
            if said(node) not in _CONVERTED:
                yield it.finding(node, f"a Lead becomes {', '.join(_CONVERTED)}, not {said(node)}", "value")
        for pair in children(mapping, "mappingFields"):
            yield from _pair(it, mapping, pair)


def check_mapping(it: Inspection, mapping: etree._Element) -> Iterator[Finding]:
    """Check that the fields on both sides of a mapping exist."""
    for side in ("input", "output"):
        sobject = text_of(mapping, f"{side}Object") or ""
        for node in children(mapping, f"{side}Object"):
            yield from it.sobject(node)
        for pair in children(mapping, "mappingFields"):
            for node in children(pair, f"{side}Field"):
                yield from it.field(node, sobject)


def _pair(it: Inspection, mapping: etree._Element, pair: etree._Element) -> Iterator[Finding]:
    source, target = (
        it.index.field(text_of(mapping, f"{side}Object") or "", text_of(pair, f"{side}Field") or "")
        for side in ("input", "output")
    )
    if source is None or target is None:
        return
    for node in children(pair, "outputField"):
        if not (source.custom and target.custom):
            yield it.finding(node, "only custom fields are mapped; take it out", "value")
        elif _shape(source) != _shape(target):
            message = (
                f"{source.name} is a {source.type}, {target.name} a {target.type}; map fields of one type"
            )
            yield it.finding(node, message, "value")
        elif source.length > target.length or source.precision > target.precision:
            yield it.finding(node, f"{target.name} is shorter than {source.name}; make it as long", "value")


def _shape(field: Field) -> tuple[str, str, frozenset[str] | None]:
    return field.type, field.metadata_type, field.values
