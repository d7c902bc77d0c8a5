"""Reads an org's records: page by page, or, where that takes more calls, by a Bulk API 2.0 query."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any, Protocol

from chalicelib.domain.instant import iso, parse_instant
from chalicelib.errors import Rejected
from chalicelib.gateways.salesforce import bulk_query
from chalicelib.gateways.salesforce.bulk import Patience
from smarketing.cleansing.proposal import Record

PAGE = 2_000
"""Records of a page (REST API Developer Guide, "Query Options Header")."""

PATIENCE = Patience(seconds=1_800.0, first=1.0, longest=15.0)
"""How long an operator waits for a query of a large org."""

_NUMBERS = frozenset({"int", "double", "currency", "percent", "long"})


class Rest(bulk_query.Rest, Protocol):
    """The reading side of the REST API."""

    def page(self, soql: str, *, deleted: bool = False) -> Mapping[str, Any]:
        """Run a query and give its first page."""

    def next_page(self, url: str) -> Mapping[str, Any]:
        """Give the page that the one before named as its next."""

    def rows(self, soql: str, values: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        """Run a query whose `{values}` are the given ones."""


def read_all(
    rest: Rest, name: str, types: Mapping[str, str], fields: Sequence[str], patience: Patience = PATIENCE
) -> tuple[int, Iterator[Record]]:
    """Read all records of an object; gives their number at once.

    Args:
        types: of the object's fields, by name.
        fields: API names, the id first.

    Raises:
        Misconfigured, Retryable: as `Rest.page` and `bulk_query.run` do, also while the records are read.
    """
    soql = f"SELECT {', '.join(fields)} FROM {name}"  # noqa: S608 - names that the org itself described
    page = rest.page(soql)
    total = int(page["totalSize"])
    left = total - len(page["records"])
    rows: Iterable[Mapping[str, Any]] = _pages(rest, page)
    if ceil(left / PAGE) > bulk_query.expected_calls(total):
        rows = bulk_query.run(rest, soql, patience)
    return total, (_record(name, row, types, fields) for row in rows)


def read_some(
    rest: Rest, name: str, types: Mapping[str, str], fields: Sequence[str], ids: Iterable[str]
) -> dict[str, Record]:
    """Read some records as they are now, by id; those that are gone are left out.

    Raises:
        Misconfigured, Retryable: as `Rest.rows` does.
    """
    names = ", ".join(dict.fromkeys(("Id", *fields)))
    soql = f"SELECT {names} FROM {name} WHERE Id IN {{values}}"  # noqa: S608 - names that were described
    found = (_record(name, row, types, fields) for row in rest.rows(soql, ids))
    return {each.id: each for each in found}


def as_text(raw: Any, type_name: str) -> str:
    """Write a value in the one way in which pages, Bulk queries and later readings are compared."""
    if raw is None or raw == "":
        return ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    text = str(raw)
    if type_name in _NUMBERS:
        number = float(text)
        return str(int(number)) if number.is_integer() else repr(number)
    if type_name == "datetime":
        try:
            return iso(parse_instant(text))
        except Rejected:
            return text
    return text


def _pages(rest: Rest, page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from page["records"]
    while not page["done"]:
        page = rest.next_page(page["nextRecordsUrl"])
        yield from page["records"]


def _record(name: str, row: Mapping[str, Any], types: Mapping[str, str], fields: Sequence[str]) -> Record:
    values = {each: as_text(row.get(each), types.get(each, "string")) for each in fields if each != "Id"}
    return Record(name, str(row["Id"]), values)
