"""Dashboards: the reports that they show, and their columns."""

from collections.abc import Iterator

from lxml import etree

from smarketing.metadata.checks.document import Document, said
from smarketing.metadata.checks.finding import Finding, missing
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.reports import columns_of, group_count
from smarketing.metadata.xml import local, text_of

_COLUMNS = ("chartSummary/column", "dashboardTableColumn/column", "flexTableColumn/reportColumn")
_CHARTS_NEED_GROUPS = ("Bar", "Column", "Donut", "Funnel", "Line", "Pie", "Scatter")


def check_dashboard(it: Inspection) -> Iterator[Finding]:
    """Check a dashboard."""
    for component in it.document.root.iter("{*}dashboardComponent", "{*}components"):
        yield from _component(it, component)
    for node in it.document.root.iter("{*}report"):
        yield from it.component(node, "Report")


def _component(it: Inspection, component: etree._Element) -> Iterator[Finding]:
    report = it.index.document("Report", text_of(component, "report") or "")
    if report is None:
        return
    for path in _COLUMNS:
        parent, _, name = path.partition("/")
        for node in component.iter(f"{{*}}{name}"):
            if node.getparent() is not None and _parent(node) == parent:
                yield from _column(it, node, report)
    for node in component.iter("{*}groupingColumn"):
        yield from _column(it, node, report)
    kind = text_of(component, "componentType") or ""
    if kind.startswith(_CHARTS_NEED_GROUPS) and not group_count(report):
        message = f"a chart needs a report that groups; {report.full_name} does not"
        yield it.finding(component, message, "value")
    if text_of(component, "useReportChart") == "true" and next(report.at("chart"), None) is None:
        message = f"{report.full_name} has no chart; add it, or set useReportChart to false"
        yield it.finding(component, message, "value")


def _parent(node: etree._Element) -> str:
    parent = node.getparent()
    return local(parent) if parent is not None else ""


def _column(it: Inspection, node: etree._Element, report: Document) -> Iterator[Finding]:
    names = {"RowCount", *(said(each) for each in report.at("aggregates", "developerName"))}
    known = names | (columns_of(it.index, report) or frozenset())
    if said(node) not in known:
        yield it.finding(node, missing("column", said(node), known, of=report.full_name))
