"""Report types: objects, the relationships between them, and the fields that reports may show."""

from collections.abc import Iterator

from lxml import etree

from smarketing.metadata.checks.document import nodes_at, said
from smarketing.metadata.checks.finding import Finding, missing
from smarketing.metadata.checks.index import Index
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.sobjects import Field, Sobject
from smarketing.metadata.xml import children, text_of

_MOST_OBJECTS = 4


def check_report_type(it: Inspection) -> Iterator[Finding]:
    """Check a report type."""
    base = it.document.text("baseObject") or ""
    for node in it.at("baseObject"):
        yield from it.sobject(node)
    tables = {base}
    for join in it.at("join"):
        yield from _join(it, join, base, tables)
    if next(it.at("sections", "columns"), None) is None:
        yield it.finding(it.document.root, "the report type shows nothing; add <sections>", "incomplete")
    for item in it.at("sections", "columns"):
        yield from _column(it, item, tables)
    for node in it.at("deployed"):
        if said(node) != "true":
            yield it.finding(node, "reports of others cannot use it; set it to true", "value")


def table_of(index: Index, table: str) -> str | None:
    """Tell the object of a table such as `Account.Interests__r`."""
    first, *relationships = table.split(".")
    found: str | None = first if first in index.sobjects else None
    for each in relationships:
        child = index.child(found, each) if found is not None else None
        found = child[0].name if child is not None else None
    return found


def field_of_column(index: Index, sobject: str, column: str) -> Field | None:
    """Find the field of a column.

    A standard reference goes by its relationship (`Owner`), and a path over a custom one by the field's own
    name (`Lead__c.Email`), other than in formulas.
    """
    found = index.sobjects.get(sobject)
    first, _, rest = column.partition(".")
    if found is None:
        return None
    field = found.fields.get(first)
    if field is None or (field.type == "reference" and not field.custom):
        field = found.over(first) if not first.endswith("__r") else None
    if not rest or field is None:
        return field
    fields = (field_of_column(index, target, rest) for target in field.targets)
    return next((each for each in fields if each is not None), None)


def _join(it: Inspection, join: etree._Element, table: str, tables: set[str]) -> Iterator[Finding]:
    relationship = text_of(join, "relationship") or ""
    inner = f"{table}.{relationship}"
    if table_of(it.index, inner) is None:
        for node in children(join, "relationship"):
            yield it.finding(node, missing("relationship", relationship, _known(it, table), of=table))
        return
    tables.add(inner)
    if len(tables) > _MOST_OBJECTS:
        yield it.finding(join, f"a report type joins {_MOST_OBJECTS} objects; take one out", "incomplete")
    for each in children(join, "join"):
        yield from _join(it, each, inner, tables)


def _column(it: Inspection, item: etree._Element, tables: set[str]) -> Iterator[Finding]:
    table = text_of(item, "table") or ""
    if table not in tables:
        for node in children(item, "table"):
            yield it.finding(node, missing("table", table, tables))
        return
    sobject = table_of(it.index, table)
    for node in nodes_at(item, "field"):
        if sobject is not None and field_of_column(it.index, sobject, said(node)) is None:
            names = _columns(it.index.sobjects[sobject])
            yield it.finding(node, missing("column", said(node), names, of=sobject))


def _columns(sobject: Sobject) -> list[str]:
    return [
        each.relationship if each.relationship and not each.custom else each.name
        for each in sobject.fields.values()
    ]


def _known(it: Inspection, table: str) -> list[str]:
    parent = table_of(it.index, table)
    fields = (each for sobject in it.index.sobjects.values() for each in sobject.fields.values())
    return [each.children for each in fields if each.children and parent in each.targets]
