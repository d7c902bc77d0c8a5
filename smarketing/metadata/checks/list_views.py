"""List views: columns, filters and the queue."""

from collections.abc import Iterator, Mapping

from smarketing.metadata.checks.document import said
from smarketing.metadata.checks.filters import check_filter_value, check_logic
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.xml import children, text_of

_MOST_COLUMNS = 15
_STANDARD_FILTERS: Mapping[str, str] = {"RECORDTYPE": "RecordType"}


def check_list_view(it: Inspection) -> Iterator[Finding]:
    """Check a list view."""
    sobject = it.document.file.parent or ""
    columns = list(it.at("columns"))
    for node in columns:
        yield from it.column(node, sobject)
    if len(columns) > _MOST_COLUMNS:
        message = f"a list view takes {_MOST_COLUMNS} columns; take {len(columns) - _MOST_COLUMNS} out"
        yield it.finding(columns[_MOST_COLUMNS], message, "incomplete")
    yield from _filters(it, sobject)
    for node in it.at("booleanFilter"):
        yield from check_logic(it, node, sum(1 for _ in it.at("filters")))
    yield from _queue(it)


def _filters(it: Inspection, sobject: str) -> Iterator[Finding]:
    for item in it.at("filters"):
        name = text_of(item, "field") or ""
        field = it.index.field(sobject, name)
        for node in children(item, "field"):
            yield from it.column(node, sobject)
        for node in children(item, "value"):
            if name in _STANDARD_FILTERS:
                yield from it.component(node, _STANDARD_FILTERS[name])
            else:
                yield from check_filter_value(it, node, field)


def _queue(it: Inspection) -> Iterator[Finding]:
    for node in it.at("queue"):
        yield from it.component(node, "Queue")
    for node in it.at("filterScope"):
        if (said(node) == "Queue") != (it.document.text("queue") is not None):
            message = "the scope Queue and <queue> need each other; add or take out <queue>"
            yield it.finding(node, message, "incomplete")
