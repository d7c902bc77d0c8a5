"""What a query asks for: fields, filters, order, limit.

Source: Account Engagement API v5, "Version 5 Overview" (query parameters, filters on at most three fields)
and the pages of the objects.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smarketing.sandbox.account_engagement.answers import (
    INVALID_DELETED,
    INVALID_LIMIT,
    INVALID_ORDER,
    INVALID_ORDER_DIRECTION,
    INVALID_QUERY,
    MISSING_PARAMETER,
    NOT_QUERYABLE,
    ORDER_NEEDS_ID,
    TOO_MANY_FILTERS,
    TOO_MANY_ORDERS,
    Refused,
)
from smarketing.sandbox.account_engagement.schema import Object
from smarketing.sandbox.account_engagement.table import Row
from smarketing.sandbox.account_engagement.values import read_text, time_parameter

USUAL_ROWS, MOST_ROWS = 200, 1_000
_MOST_FILTERED = 3
_MOST_ORDERS = 2
_ENDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "AfterOrEqualTo": operator.ge,
    "BeforeOrEqualTo": operator.le,
    "After": operator.gt,
    "Before": operator.lt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThanOrEqualTo": operator.le,
    "GreaterThan": operator.gt,
    "LessThan": operator.lt,
}
_ORDERED = ("id", "createdAt", "updatedAt", "lastActivityAt")


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition."""

    field: str
    holds: Callable[[Any, Any], bool]
    value: Any

    def __call__(self, row: Row) -> bool:
        """Whether a row meets it; one without a value doesn't."""
        found = row.get(self.field)
        return found is not None and self.holds(found, self.value)


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for, beside the fields. `deleted`: None asks for both."""

    filters: tuple[Filter, ...]
    deleted: bool | None
    order_by: str
    descending: bool
    limit: int

    def takes(self, row: Row) -> bool:
        """Whether a row is asked for."""
        if self.deleted is not None and bool(row.get("isDeleted")) is not self.deleted:
            return False
        return all(each(row) for each in self.filters)


def read_fields(thing: Object, text: str | Sequence[Any] | None) -> list[str]:
    """Read the fields that are asked for.

    Raises:
        Refused: there are none, or the object has no such field.
    """
    given = text.split(",") if isinstance(text, str) else list(text or ())
    fields = [str(each).strip() for each in given if str(each).strip()]
    if not fields:
        raise Refused(MISSING_PARAMETER, "fields")
    unknown = [each for each in fields if each not in thing.fields]
    if unknown:
        raise Refused(NOT_QUERYABLE, ", ".join(unknown))
    return fields


def read_query(thing: Object, parameters: Mapping[str, str]) -> Query:
    """Read the parameters of a query, but its fields.

    Raises:
        Refused: a parameter is unknown or makes no sense.
    """
    rest = dict(parameters)
    deleted = _deleted(thing, rest.pop("deleted", "false"))
    order_by, descending = _order(thing, rest.pop("orderBy", "id"))
    limit = _limit(rest.pop("limit", str(USUAL_ROWS)))
    filters = tuple(_filter(thing, name, text) for name, text in rest.items())
    if len({each.field for each in filters}) > _MOST_FILTERED:
        raise Refused(TOO_MANY_FILTERS)
    return Query(filters, deleted, order_by, descending, limit)


def only(fields: Iterable[str], row: Row) -> dict[str, Any]:
    """Give the fields of a row that are asked for."""
    return {name: row.get(name) for name in fields}


def _filter(thing: Object, name: str, text: str) -> Filter:
    field, holds = name, operator.eq
    for end, operation in _ENDS.items():
        if name.endswith(end) and name not in thing.fields:
            field, holds = name.removesuffix(end), operation
            break
    if not thing.may_filter(field):
        raise Refused(INVALID_QUERY, name)
    kind = thing.fields[field]
    if kind == "time":
        return Filter(field, holds, time_parameter(name, text))
    value = read_text(name, kind, text)
    if field == "email":
        return Filter(field, lambda found, asked: str(found).lower() == str(asked).lower(), value)
    return Filter(field, holds, value)


def _deleted(thing: Object, text: str) -> bool | None:
    if text not in ("true", "false", "all"):
        raise Refused(INVALID_DELETED)
    if not thing.has_bin:
        return None
    return None if text == "all" else text == "true"


def _order(thing: Object, text: str) -> tuple[str, bool]:
    """Read `updatedAt`, `updatedAt desc` or, as ids order what is equal anyway, `updatedAt,id`."""
    orders = [each.split() for each in text.split(",") if each.strip()]
    if len(orders) > _MOST_ORDERS:
        raise Refused(TOO_MANY_ORDERS)
    names = [each[0] for each in orders]
    if len(names) == _MOST_ORDERS and "id" not in names:
        raise Refused(ORDER_NEEDS_ID)
    if not orders or any(each not in _ORDERED or each not in thing.fields for each in names):
        raise Refused(INVALID_ORDER, text)
    direction = orders[0][1].lower() if len(orders[0]) > 1 else "asc"
    if direction not in ("asc", "desc", "ascending", "descending"):
        raise Refused(INVALID_ORDER_DIRECTION, direction)
    return names[0], direction.startswith("desc")


def _limit(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= MOST_ROWS:
        raise Refused(INVALID_LIMIT, f"{text}; from 1 to {MOST_ROWS}")
    return int(text)
