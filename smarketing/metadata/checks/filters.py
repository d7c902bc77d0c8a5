"""Filters of list views, reports, rules and pages: their logic, and the values that they compare with."""

import re
from collections.abc import Iterator

from lxml import etree

from smarketing.metadata.checks.document import said
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.sobjects import Field

_LOGIC = re.compile(r"(\d+|AND|OR|NOT|[()]|\s+)+", re.IGNORECASE)
_BOOLEANS = ("0", "1", "false", "true")
_NUMBERS = ("currency", "double", "int", "percent")
_RELATIVE = re.compile(
    r"TODAY|YESTERDAY|TOMORROW|(LAST|NEXT)_90_DAYS"
    r"|(THIS|LAST|NEXT)_(WEEK|MONTH|QUARTER|YEAR|FISCAL_QUARTER|FISCAL_YEAR)"
    r"|((LAST|NEXT)_N_(DAYS|WEEKS|MONTHS|QUARTERS|YEARS)|N_(DAYS|WEEKS|MONTHS|YEARS)_AGO):\d+"
)
"""Relative dates (Salesforce Help, Relative Date Values for Filter Criteria)."""
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")


def check_logic(it: Inspection, node: etree._Element, count: int) -> Iterator[Finding]:
    """Check a logic such as `1 AND (2 OR 3)` over a number of conditions: it names each of them."""
    text = said(node)
    numbers = {int(each) for each in re.findall(r"\d+", text)}
    if not _LOGIC.fullmatch(text) or text.count("(") != text.count(")"):
        yield it.finding(node, f"{text} is no logic; write it like 1 AND (2 OR 3)", "value")
    elif numbers != set(range(1, count + 1)):
        yield it.finding(node, f"the logic must name each of the {count} conditions, and no other", "value")


def check_filter_value(it: Inspection, node: etree._Element, field: Field | None) -> Iterator[Finding]:
    """Check what a filter compares a field with; commas separate several values."""
    if field is None or not said(node):
        return
    for each in said(node).split(","):
        text = each.strip()
        yield from it.value(node, field, text)
        wanted = _wanted(field, text)
        if wanted is not None:
            message = f"{text} does not fit {field.name}, of type {field.type}; use {wanted}"
            yield it.finding(node, message, "value")


def _wanted(field: Field, text: str) -> str | None:
    """Say what a field of a type is compared with, where a value is no such thing."""
    if field.type == "boolean" and text.lower() not in _BOOLEANS:
        return "1 or 0"
    if field.type in _NUMBERS and not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return "a number"
    if field.type in ("date", "datetime") and not (_RELATIVE.fullmatch(text) or _DATE.fullmatch(text)):
        return "a date, or one such as LAST_N_DAYS:7"
    return None
