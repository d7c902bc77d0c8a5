"""Buttons and links: the merge fields of their addresses."""

import re
from collections.abc import Iterator

from lxml import etree

from chalicelib.errors import Rejected
from smarketing.formulas.formula import parse
from smarketing.metadata.checks.document import said
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.formulas import no_global
from smarketing.metadata.checks.inspection import Inspection

_MERGE = re.compile(r"\{!(.*?)\}", re.DOTALL)


def check_web_link(it: Inspection) -> Iterator[Finding]:
    """Check a button or link.

    Its merge fields begin with the object, `Contact.Email`, or with one that it belongs to, `Account.Name`.
    """
    if it.document.text("linkType") == "url" and not it.document.text("url"):
        yield it.finding(it.document.root, "a link of type url needs one; add <url>", "incomplete")
    for node in it.at("url"):
        for merge in _MERGE.finditer(said(node)):
            yield from _merge(it, node, merge[1])


def _merge(it: Inspection, node: etree._Element, text: str) -> Iterator[Finding]:
    try:
        references = parse(text).references
    except Rejected as rejected:
        yield it.finding(node, str(rejected), "formula")
        return
    parent = it.document.file.parent or ""
    for each in references:
        sobject, _, path = each.path.partition(".")
        if sobject.startswith("$"):
            message = no_global(it, each.path)
        elif sobject == parent:
            message = it.no_field(parent, path)
        else:
            message = it.no_field(parent, each.path)
        if message is not None:
            yield it.finding(node, message)
