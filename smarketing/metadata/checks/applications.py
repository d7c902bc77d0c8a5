"""Apps, tabs, paths, quick actions and queues: what people find their way by."""

import re
from collections.abc import Iterator

from lxml import etree

from smarketing.metadata.checks.document import nodes_at, said
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.formulas import check_formula, of_record
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.xml import children, local, text_of

_MOTIF = re.compile(r"Custom\d{1,3}: [A-Z][A-Za-z ]+")
_SHOWS = ("customObject", "flexiPage", "url", "page", "lwcComponent", "auraComponent")


def check_application(it: Inspection) -> Iterator[Finding]:
    """Check an app: its tabs, its pages, its utility bar."""
    for name in ("tabs", "defaultLandingTab"):
        for node in it.at(name):
            yield from it.component(node, "CustomTab")
    for node in it.at("utilityBar"):
        yield from it.component(node, "FlexiPage")
    for item in (*it.at("actionOverrides"), *it.at("profileActionOverrides")):
        yield from _override(it, item)


def check_tab(it: Inspection) -> Iterator[Finding]:
    """Check a tab: it shows its object, or one page."""
    document = it.document
    if text_of(document.root, "customObject") == "true":
        yield from it.sobject(document.root, document.full_name)
    elif not any(next(document.at(name), None) is not None for name in _SHOWS[1:]):
        yield it.finding(
            document.root, f"the tab shows nothing; add one of {', '.join(_SHOWS)}", "incomplete"
        )
    if not _MOTIF.fullmatch(document.text("motif") or ""):
        node = next(it.at("motif"), document.root)
        yield it.finding(node, "a tab needs a <motif> such as Custom53: Bell; add it", "incomplete")
    for node in it.at("flexiPage"):
        yield from it.component(node, "FlexiPage")


def check_queue(it: Inspection) -> Iterator[Finding]:
    """Check a queue: the objects whose records it may own."""
    if next(it.at("queueSobject"), None) is None:
        yield it.finding(it.document.root, "the queue takes no records; add <queueSobject>", "incomplete")
    for node in it.at("queueSobject", "sobjectType"):
        yield from it.sobject(node)


def check_quick_action(it: Inspection) -> Iterator[Finding]:
    """Check a quick action: the fields that it sets and asks for."""
    sobject = it.document.text("targetObject") or it.document.full_name.partition(".")[0]
    yield from it.sobject(next(it.at("targetObject"), it.document.root), sobject)
    for node in it.at("targetParentField"):
        yield from it.field(node, sobject)
    for node in it.at("targetRecordType"):
        yield from it.component(node, "RecordType")
    for item in it.at("fieldOverrides"):
        for node in children(item, "field"):
            yield from it.field(node, sobject)
        for node in children(item, "literalValue"):
            yield from it.value(node, it.index.field(sobject, text_of(item, "field") or ""))
        for node in children(item, "formula"):
            yield from check_formula(it, node, of_record(it, sobject))
    for node in it.at("quickActionLayout", "quickActionLayoutColumns", "quickActionLayoutItems", "field"):
        yield from it.field(node, sobject)


def _override(it: Inspection, item: etree._Element) -> Iterator[Finding]:
    """Check which page an app opens in the place of the platform's own."""
    for node in children(item, "actionName"):
        yield from it.name(node, "action of an app")
    for node in children(item, "pageOrSobjectType"):
        if not said(node).startswith("standard-"):
            yield from it.sobject(node)
        else:
            yield from it.name(node, "place of a page")
    for node in children(item, "content"):
        if text_of(item, "type") == "Flexipage":
            yield from it.component(node, "FlexiPage")
        else:
            yield it.finding(node, "only pages of type Flexipage are checked; use one", "unchecked")
    for node in children(item, "recordType"):
        yield from it.component(node, "RecordType")
    for node in nodes_at(item, "profile"):
        yield it.finding(node, f"<{local(node)}> names a profile of the org; take it out", "unchecked")
