"""Reports, their types and the dashboards that show them."""

import re
from collections.abc import Iterator

from lxml import etree

from smarketing.formulas.functions import FUNCTIONS
from smarketing.metadata.checks.document import Document, nodes_at, said
from smarketing.metadata.checks.filters import check_filter_value, check_logic
from smarketing.metadata.checks.finding import Finding, missing
from smarketing.metadata.checks.index import Index
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.report_types import field_of_column, table_of
from smarketing.metadata.checks.sobjects import Field
from smarketing.metadata.xml import children, text_of

_COLUMNS = (
    ("columns", "field"),
    ("groupingsDown", "field"),
    ("groupingsAcross", "field"),
    ("groupingsDown", "sortByName"),
    ("groupingsAcross", "sortByName"),
    ("sortColumn",),
    ("timeFrameFilter", "dateColumn"),
    ("filter", "criteriaItems", "column"),
    ("colorRanges", "columnName"),
    ("buckets", "sourceColumnName"),
    ("chart", "groupingColumn"),
    ("chart", "secondaryGroupingColumn"),
    ("chart", "chartSummaries", "column"),
)
_GROUPINGS = ("groupingsDown", "groupingsAcross")
_IN_FORMULA = re.compile(r"([A-Za-z_][\w.$]*)(?::(\w+))?")
_SUMMARIES = frozenset({"AVG", "MAX", "MEDIAN", "MIN", "SUM", "UNIQUE"})
_OF_GROUPS = frozenset({"PARENTGROUPVAL", "PREVGROUPVAL"})
_COUNT = "RowCount"
_SUMMED = ("boolean", "currency", "double", "int", "percent")
_DATES = ("date", "datetime")
_UNCHECKED = ("block", "crossFilters", "dataCategoryFilters", "customDetailFormulas", "historicalSelector")


def check_report(it: Inspection) -> Iterator[Finding]:
    """Check a report: its columns, groupings, filters and formulas against its type."""
    columns = columns_of(it.index, it.document)
    for node in it.at("reportType"):
        kind = said(node).removesuffix("__c")
        yield from it.component(node, "ReportType", kind)
    if columns is None:
        return
    own = {*columns, *_own(it.document)}
    in_formulas = {each.replace("$", ".") for each in own}
    for names, known in ((_names(it), own), (_formula_names(it), in_formulas)):
        for node, name in names:
            if name not in known:
                yield it.finding(node, missing("column", name, known, of="the report type"))
    yield from _chart(it)
    yield from _types(it)
    yield from _filters(it)
    for name in _UNCHECKED:
        for node in it.at(name):
            yield it.finding(node, f"<{name}> of reports is not checked yet; do without", "unchecked")


def check_folder(it: Inspection) -> Iterator[Finding]:
    """Check a folder of reports or dashboards: it has a name for people."""
    if not it.document.text("name"):
        yield it.finding(it.document.root, "the folder has no <name>; add it", "incomplete")


def columns_of(index: Index, report: Document) -> frozenset[str] | None:
    """Give the columns that a report's type offers; None where there is no such type."""
    kind = (report.text("reportType") or "").removesuffix("__c")
    source = index.document("ReportType", kind)
    if source is None:
        return None
    return frozenset(
        f"{text_of(each, 'table')}${text_of(each, 'field')}" for each in source.at("sections", "columns")
    ) | {f"{source.text('baseObject')}$Id"}


def _names(it: Inspection) -> Iterator[tuple[etree._Element, str]]:
    """Go through the columns that a report names outside of its formulas."""
    for path in _COLUMNS:
        for node in it.at(*path):
            yield node, said(node)


def _formula_names(it: Inspection) -> Iterator[tuple[etree._Element, str]]:
    """Go through the columns that the formulas of a report name.

    They write `Interest__c.Age_Days__c` for what is `Interest__c$Age_Days__c` everywhere else (Metadata API
    Developer Guide, Report, sample definition).
    """
    for node in it.at("aggregates", "calculatedFormula"):
        for name, summary in _IN_FORMULA.findall(node.text or ""):
            if summary not in ("", *_SUMMARIES):
                yield node, f"{name}:{summary}"
            elif summary or name not in FUNCTIONS.keys() | _OF_GROUPS:
                yield node, name


def _own(report: Document) -> Iterator[str]:
    """Give the names that a report has beyond those of its type: buckets, formulas, the count."""
    yield _COUNT
    for name in ("aggregates", "buckets"):
        yield from (said(each) for each in report.at(name, "developerName"))


def _chart(it: Inspection) -> Iterator[Finding]:
    """Check that a chart shows what the report groups by."""
    grouped = {said(each) for name in _GROUPINGS for each in it.at(name, "field")}
    for name in ("groupingColumn", "secondaryGroupingColumn"):
        for node in it.at("chart", name):
            if said(node) not in grouped:
                yield it.finding(node, missing("grouping", said(node), grouped))
    if it.document.text("format") in ("Summary", "Matrix") and not grouped:
        yield it.finding(it.document.root, "a summary needs <groupingsDown>; add it", "incomplete")


def _types(it: Inspection) -> Iterator[Finding]:
    """Check that numbers are summed and dates are grouped by time, nothing else."""
    for item in it.at("columns"):
        field = _field(it, text_of(item, "field") or "")
        for node in children(item, "aggregateTypes"):
            if field is not None and field.type not in _SUMMED:
                yield it.finding(node, f"{field.name} is no number; take the summary out", "value")
    for item in (each for name in _GROUPINGS for each in it.at(name)):
        field = _field(it, text_of(item, "field") or "")
        for node in children(item, "dateGranularity"):
            if field is not None and field.type not in _DATES and said(node) not in ("Day", "None"):
                yield it.finding(node, f"{field.name} is no date; group it by Day", "value")
    for node in it.at("timeFrameFilter", "dateColumn"):
        field = _field(it, said(node))
        if field is not None and field.type not in _DATES:
            yield it.finding(node, f"{field.name} is no date; take another column", "value")
    if it.document.text("format") == "Matrix" and any(not list(it.at(each)) for each in _GROUPINGS):
        message = "a matrix needs <groupingsDown> and <groupingsAcross>; add what is missing"
        yield it.finding(it.document.root, message, "incomplete")


def _filters(it: Inspection) -> Iterator[Finding]:
    items = list(it.at("filter", "criteriaItems"))
    for item in items:
        field = _field(it, text_of(item, "column") or "")
        for node in children(item, "value"):
            if field is not None and field.name == "RecordTypeId":
                for each in said(node).split(","):
                    yield from it.component(node, "RecordType", each.strip())
            else:
                yield from check_filter_value(it, node, field)
    for node in it.at("filter", "booleanFilter"):
        yield from check_logic(it, node, len(items))


def _field(it: Inspection, column: str) -> Field | None:
    source = it.index.document("ReportType", (it.document.text("reportType") or "").removesuffix("__c"))
    table, _, name = column.partition("$")
    sobject = table_of(it.index, table) if source is not None else None
    return field_of_column(it.index, sobject, name) if sobject is not None else None


def group_count(report: Document) -> int:
    """Tell by how many columns a report groups."""
    return sum(1 for name in _GROUPINGS for _ in nodes_at(report.root, name))
