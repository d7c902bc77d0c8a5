"""List views: columns, filters and the queue."""

import re
from collections.abc import Iterator, Mapping

from smarketing.metadata.checks.document import said
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.xml import children, text_of

_MOST_COLUMNS = 15
_WITHOUT_VALUE = re.compile(r"[A-Z_]+(:\d+)?")
"""Relative dates, such as `LAST_N_DAYS:7`."""
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
    yield from check_logic(it, "booleanFilter", "filters")
    yield from _queue(it)


def check_logic(it: Inspection, logic: str, conditions: str) -> Iterator[Finding]:
    """Check that the numbers in a filter logic such as `1 AND (2 OR 3)` are those of conditions."""
    count = sum(1 for _ in it.at(*conditions.split("/")))
    for node in it.at(*logic.split("/")):
        numbers = {int(each) for each in re.findall(r"\d+", said(node))}
        wanted = set(range(1, count + 1))
        if numbers and numbers != wanted:
            wrong = ", ".join(str(each) for each in sorted(numbers ^ wanted))
            message = f"the logic must name each of the {count} conditions; look at {wrong}"
            yield it.finding(node, message, "value")


def _filters(it: Inspection, sobject: str) -> Iterator[Finding]:
    for item in it.at("filters"):
        name = text_of(item, "field") or ""
        field = it.index.field(sobject, name)
        for node in children(item, "field"):
            yield from it.column(node, sobject)
        for node in children(item, "value"):
            if name in _STANDARD_FILTERS:
                yield from it.component(node, _STANDARD_FILTERS[name])
            elif field is not None and field.type in ("date", "datetime"):
                if not _WITHOUT_VALUE.fullmatch(said(node)) and not re.match(r"\d", said(node)):
                    yield it.finding(node, f"{said(node)} is no date; use a date or LAST_N_DAYS:7", "value")
            else:
                yield from it.values(node, field)


def _queue(it: Inspection) -> Iterator[Finding]:
    for node in it.at("queue"):
        yield from it.component(node, "Queue")
    for node in it.at("filterScope"):
        if (said(node) == "Queue") != (it.document.text("queue") is not None):
            message = "the scope Queue and <queue> need each other; add or take out <queue>"
            yield it.finding(node, message, "incomplete")
