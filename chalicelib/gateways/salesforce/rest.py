"""The calls that are made of Salesforce, with its refusals turned into our three exceptions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote

from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.salesforce.errors import ApiError, classify, errors_in, reason, the_cause
from chalicelib.gateways.salesforce.session import Session
from chalicelib.gateways.salesforce.together import Reply, Subrequest, send_together

if TYPE_CHECKING:
    from simple_salesforce.api import Salesforce

API_VERSION = "66.0"
"""Spring '26; pinned, so that a release of Salesforce changes nothing for us."""

SOQL_BYTES = 12_000
"""A query travels in the address, which holds 16,384 bytes (Limits and Allocations Quick Reference)."""

Row = Mapping[str, Any]


class Rest:
    """simple-salesforce over our session, made at the first call: to import it takes time."""

    version = API_VERSION

    def __init__(self, session: Session) -> None:
        self._session = session

    @cached_property
    def _salesforce(self) -> "Salesforce":
        from simple_salesforce.api import Salesforce

        token = self._session.log_in()
        return Salesforce(
            session_id=token.value,
            instance_url=token.instance_url,
            session=self._session,
            version=API_VERSION,
            object_pairs_hook=None,
        )

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call a resource below `/services/data/vXX.X/` and give its JSON.

        Raises:
            Rejected: Salesforce refuses the request.
            Misconfigured: ... for want of a right or setting.
            Retryable: ... in passing.
        """
        sent = {} if body is None else {"json": body}
        with _refusals():
            return self._salesforce.restful(path, method=method, **sent)

    def upload(self, path: str, data: bytes) -> None:
        """Put CSV in UTF-8; raises as `call` does."""
        with _refusals():
            self._salesforce._call_salesforce(
                "PUT",
                self._salesforce.base_url + path,
                data=data,
                headers={"Content-Type": "text/csv; charset=UTF-8"},
            )

    def download(self, path: str) -> str:
        """Get CSV; raises as `call` does."""
        with _refusals():
            answer = self._salesforce._call_salesforce(
                "GET", self._salesforce.base_url + path, headers={"Accept": "text/csv"}
            )
        return str(answer.content.decode("utf-8"))

    def download_part(self, path: str) -> tuple[TextIO, str]:
        """Get a part of a bulk query's CSV, and the locator of the next one; empty where it was the last.

        Raises as `call` does.
        """
        with _refusals():
            answer = self._salesforce._call_salesforce(
                "GET", self._salesforce.base_url + path, headers={"Accept": "text/csv"}
            )
        locator = answer.headers.get("Sforce-Locator", "null")
        text = TextIOWrapper(BytesIO(answer.content), "utf-8", newline="")
        return text, "" if locator == "null" else locator

    def page(self, soql: str, *, deleted: bool = False) -> Row:
        """Run a query made by `format_soql` and give its first page, which tells the number of all records.

        Raises as `rows` does.
        """
        answer: Row = _page(self._salesforce.query, soql, include_deleted=deleted)
        return answer

    def next_page(self, url: str) -> Row:
        """Give the page that the one before named as its next; raises as `rows` does."""
        answer: Row = _page(self._salesforce.query_more, url, identifier_is_url=True)
        return answer

    def rows(
        self, soql: str, values: Iterable[str] | datetime | None = None, *, deleted: bool = False
    ) -> Iterator[Row]:
        """Run a query, `{values}` in it replaced by the given ones, in as many calls as they need.

        Args:
            soql: constant text; whatever comes from outside goes into `values` and is quoted.
            values: any number of texts for an `IN`, or a time; None where the query takes none.
            deleted: whether to see deleted, merged and archived records as well.

        Raises:
            Misconfigured: the org refuses the query, as it lacks a field or the right to read it.
            Retryable: it does so in passing.
        """
        from simple_salesforce.format import format_soql

        chunks = [values] if values is None or isinstance(values, datetime) else _chunks(values)
        for query in [format_soql(soql, values=some) for some in chunks]:
            yield from self.query(query, deleted=deleted)

    def query(self, soql: str, *, deleted: bool = False) -> Iterator[Row]:
        """Run a query made by `format_soql` and give all its records, page by page; raises as `rows` does."""
        yield from self._from(self.page(soql, deleted=deleted))

    def queries(self, several: Sequence[str]) -> Iterator[list[Row]]:
        """Run queries made by `format_soql`, five to a call, and give the records of each.

        Raises as `rows` does.
        """
        for reply in send_together(self, [Subrequest("GET", f"query/?q={quote(each)}") for each in several]):
            yield list(self._from(_answered(reply)))

    def _from(self, page: Row) -> Iterator[Row]:
        """Give the records of a page and of all that follow it."""
        yield from page["records"]
        while not page["done"]:
            page = self.next_page(page["nextRecordsUrl"])
            yield from page["records"]


def _answered(reply: Reply) -> Row:
    """Read the first page of a query that was sent with others."""
    if reply.status != 200 and errors_in(reply.body):
        error = refusal(reply.status, reply.body)
        raise Misconfigured(str(error)) if isinstance(error, Rejected) else error
    if reply.status != 200 or not isinstance(reply.body, Mapping):
        raise Retryable(f"Salesforce: a query was answered {reply.status}")
    return reply.body


def _page(query: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    try:
        with _refusals():
            return query(*arguments, **options)
    except Rejected as error:
        raise Misconfigured(str(error)) from None


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    part: list[str] = []
    size = 0
    for value in values:
        weight = len(quote(f"'{value}',"))
        if part and size + weight > SOQL_BYTES:
            yield part
            part, size = [], 0
        part.append(value)
        size += weight
    if part:
        yield part


@contextmanager
def _refusals() -> Iterator[None]:
    from simple_salesforce.exceptions import SalesforceError

    try:
        yield
    except SalesforceError as error:
        raise refusal(error.status, error.content) from None


def refusal(status: int, content: Any) -> Rejected | Misconfigured | Retryable:
    """Turn a refused request into what can be done about it."""
    errors = errors_in(content)
    if status == 300:
        cause = ApiError("MULTIPLE_CHOICES")
    elif errors:
        cause = the_cause(errors)
    else:
        cause = ApiError("NOT_FOUND" if status == 404 else f"HTTP_{status}")
    fault = classify(cause)
    line = f"Salesforce: {reason(cause, fault)}"
    if fault.kind == "configuration":
        return Misconfigured(line)
    return Retryable(line) if fault.kind == "transient" else Rejected(line)
