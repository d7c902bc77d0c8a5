"""Rows of data extensions: written at once or by request, and read.

Sources, of the Marketing Cloud Engagement developer guide: "POST /hub/v1/dataevents/key:{key}/rowset" (all
rows or none), "PUT /data/v1/async/dataextensions/{id}/rows", "GET /data/v1/async/{requestId}/status" and
".../results", "Data Extension Data API"; the limits: Salesforce Help, "API Limits and Guidelines".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.marketing_cloud.access import Access
from chalicelib.gateways.marketing_cloud.refusals import check_results, without_values

MOST_AT_ONCE = 50
"""Rows of a synchronous request."""
MOST_BY_REQUEST = 32_000
"""Rows of an asynchronous request."""
PAGE = 2_500
"""Rows of a page that is read."""

_PASSING = ("deadlock", "timeout expired")
"""The results pass the database's own messages on, and these two tell of the moment."""

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """A row by the names of its columns: what identifies it, and the rest.

    A None empties its column. What isn't named stays as it is.
    """

    keys: Mapping[str, Plain]
    values: Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class UpsertState:
    """How far an asynchronous request is."""

    done: bool
    has_errors: bool = False


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one row of an asynchronous request; no reason means that it was written.

    Attributes:
        passing: whether the reason was a matter of the moment, so that the same row may be written later.
    """

    reason: str = ""
    passing: bool = False


class DataExtensions:
    """Writes and reads rows."""

    def __init__(self, access: Access) -> None:
        """Call with the access."""
        self._access = access

    def upsert_rows(self, data_extension: str, rows: Sequence[ExtensionRow]) -> None:
        """Insert or update at most 50 rows now, all of them or none.

        Raises:
            Rejected: a row can't be saved, or there is no such data extension.
            Retryable, Misconfigured: as `refusals` says.
        """
        content = [{"keys": dict(row.keys), "values": _told(row.values)} for row in rows]
        self._access.call(
            "POST", f"/hub/v1/dataevents/key:{quote(data_extension, safe='')}/rowset", content, what="rowset"
        )

    def upsert_row(self, data_extension: str, row: ExtensionRow) -> None:
        """Insert or update one row by its primary key.

        Raises:
            Rejected: it can't be saved, or there is no such data extension.
        """
        keys = ",".join(
            f"{quote(name, safe='')}:{quote(str(key), safe='')}" for name, key in row.keys.items()
        )
        path = f"/hub/v1/dataevents/key:{quote(data_extension, safe='')}/rows/{keys}"
        self._access.call("PUT", path, {"values": _told(row.values)}, what="row")

    def begin_upsert(self, data_extension: str, rows: Sequence[ExtensionRow]) -> str:
        """Hand over at most 32,000 rows to be inserted or updated; give the request's id.

        Raises:
            Rejected: there is no such data extension.
            Retryable, Misconfigured: as `refusals` says.
        """
        items = [{**row.keys, **_told(row.values)} for row in rows]
        path = f"/data/v1/async/dataextensions/key:{quote(data_extension, safe='')}/rows"
        answer = _object(self._access.call("PUT", path, {"items": items}, what="async rows"))
        check_results(answer, "async rows")
        return _text(answer, "requestId")

    def upsert_state(self, request: str) -> UpsertState:
        """Ask how far a request is.

        Raises:
            Rejected: there is no such request (any more).
        """
        answer = _object(self._access.call("GET", f"/data/v1/async/{quote(request, safe='')}/status"))
        check_results(answer, "async status")
        status = _object(answer.get("status"))
        state = _text(status, "requestStatus")
        return UpsertState(
            done=state != "Pending", has_errors=state == "Error" or bool(status.get("hasErrors"))
        )

    def upsert_results(self, request: str, rows: int) -> list[ItemResult]:
        """Read what became of each of a request's rows, in their order.

        Args:
            request: its id.
            rows: how many it had.

        Raises:
            Rejected: there is no such request (any more), or its results don't tell of each row.
        """
        results: list[ItemResult] = []
        page = 1
        while len(results) < rows:
            query = {"$page": str(page), "$pageSize": str(PAGE)}
            path = f"/data/v1/async/{quote(request, safe='')}/results"
            answer = _object(self._access.call("GET", path, query=query))
            check_results(answer, "async results")
            items = [_object(each) for each in answer.get("items") or ()]
            if not items or answer.get("page", page) != page:
                break
            results += [_result(each) for each in items]
            page += 1
        if len(results) != rows:
            raise Rejected(f"Marketing Cloud async results: {len(results)} of {rows} rows are told")
        return results

    def rows(self, data_extension: str) -> Iterator[Mapping[str, Any]]:
        """Read all rows as they are at the first page, by their columns' names in lower case.

        Raises:
            Rejected: there is no such data extension.
            Retryable: a page is missing, or as `refusals` says.
        """
        path = f"/data/v1/customobjectdata/key/{quote(data_extension, safe='')}/rowset"
        query: Mapping[str, str] | None = {"$page": "1", "$pageSize": str(PAGE)}
        read = 0
        while path:
            answer = _object(self._access.call("GET", path, query=query, what="rowset"))
            for item in answer.get("items") or ():
                read += 1
                yield _columns(item)
            # The link goes on with the same rows, though others are written meanwhile.
            following = (answer.get("links") or {}).get("next")
            path, query = (f"/data{following}", None) if following else ("", None)
        if read != answer.get("count"):
            raise Retryable(f"Marketing Cloud rowset: {read} of {answer.get('count')} rows were read")


def _told(values: Mapping[str, Plain]) -> dict[str, Plain]:
    """The synchronous API refuses null: an empty text empties a column."""
    return {name: "" if value is None else value for name, value in values.items()}


def _columns(item: Mapping[str, Any]) -> dict[str, Any]:
    """Give keys and values of a row; the API tells names in lower case, whatever their case was."""
    both = {**_object(item.get("keys")), **_object(item.get("values"))}
    return {name.lower(): value for name, value in both.items()}


def _result(item: Mapping[str, Any]) -> ItemResult:
    if str(item.get("status", "")).upper() == "OK":
        return ItemResult()
    code, told = str(item.get("errorCode") or "Error"), without_values(item.get("message"))
    passing = any(each in told.lower() for each in _PASSING)
    return ItemResult(f"{code}: {told}".removesuffix(": "), passing)


def _object(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Retryable("Marketing Cloud: the answer is no object")
    return value


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value:
        raise Rejected(f"Marketing Cloud: the answer has no {name}")
    return value
