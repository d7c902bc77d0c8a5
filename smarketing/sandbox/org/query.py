"""Runs SOQL and gives records in the REST API's form, page by page."""

from collections.abc import Callable
from typing import Any

from lark import Token, Tree

from chalicelib.domain.instant import Instant
from smarketing.sandbox.org.database import Database
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.security.access import Access
from smarketing.sandbox.org.soql import Column, Compiler, Select, parse
from smarketing.sandbox.org.soql_conditions import unknown_type

PAGE = 2_000
_INNER = ("hidden", "parent", "any parent")
"""Columns that nobody selected."""


class Queries:
    """Answers queries; remembers those of which more pages follow."""

    def __init__(self, database: Database, now: Callable[[], Instant], access: Access) -> None:
        """Query a database by a clock, as far as users may read it."""
        self._database = database
        self._access = access
        self._now = now
        self._waiting: dict[str, list[dict[str, Any]]] = {}

    def run(
        self, text: str, user: str, *, deleted: bool = False, version: str = "66.0", page: int = PAGE
    ) -> dict[str, Any]:
        """Answer a user's query with its first page.

        Raises:
            Refusal: MALFORMED_QUERY, INVALID_FIELD or INVALID_TYPE.
        """
        records, total = self.records(text, user, deleted=deleted, version=version)
        if total is not None:
            return {"totalSize": total, "done": True, "records": []}
        return self._page(records, len(records), 0, version, max(200, min(page, PAGE)))

    def more(self, locator: str, version: str, page: int = PAGE) -> dict[str, Any]:
        """Answer the next page.

        Raises:
            Refusal: INVALID_QUERY_LOCATOR.
        """
        key, _, start = locator.partition("-")
        if key not in self._waiting or not start.isdigit():
            raise Refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
        records = self._waiting[key]
        return self._page(
            records[int(start) :], len(records), int(start), version, max(200, min(page, PAGE)), key
        )

    def records(
        self, text: str, user: str, *, deleted: bool = False, version: str = "66.0"
    ) -> tuple[list[dict[str, Any]], int | None]:
        """Give all records of a user's query, or the number that COUNT() asks for."""
        tree = parse(text)
        with self._database.lock:
            select = self._compile(tree, user, deleted=deleted)
            rows = self._database.connection.execute(select.sql, select.parameters).fetchall()
            if select.count_only:
                return [], int(rows[0][0])
            return [self._shape(select, tuple(row), version) for row in rows], None

    def names(self, text: str, user: str) -> list[str]:
        """Name the columns of a user's query, parents' ones with their path."""
        chosen = self._compile(parse(text), user)
        if chosen.children or chosen.count_only:
            raise Refusal("INVALIDJOB", "InvalidJob : a bulk query takes no child queries and no COUNT()")
        return [".".join(column.path) for column in chosen.columns if column.kind not in _INNER]

    def columns(self, text: str, user: str) -> list[dict[str, Any]]:
        """Describe the columns of a user's query, as `columns=true` asks for."""
        select = self._compile(parse(text), user)
        return [
            {
                "aggregate": column.kind == "aggregate",
                "apexType": "String",
                "booleanType": column.kind == "boolean",
                "columnName": ".".join(column.path),
                "custom": column.path[-1].endswith("__c"),
                "displayName": ".".join(column.path),
                "foreignKeyName": None,
                "insertable": True,
                "joinColumns": [],
                "numberType": column.kind in ("int", "double", "currency", "percent"),
                "textType": column.kind in ("string", "textarea", "email", "phone", "url", "picklist"),
                "updatable": True,
            }
            for column in select.columns
            if column.kind not in _INNER
        ]

    def _compile(self, tree: Tree[Token], user: str, *, deleted: bool = False) -> Select:
        name = str(tree.children[1].children[0])  # type: ignore[union-attr]
        schema = self._access.schema(user)
        sobject = schema.get(name)
        if sobject is None:
            raise unknown_type(name)
        return Compiler(schema, sobject, self._now).compile(tree, deleted=deleted)

    def _page(
        self, rest: list[dict[str, Any]], total: int, start: int, version: str, size: int, key: str = ""
    ) -> dict[str, Any]:
        done = len(rest) <= size
        answer: dict[str, Any] = {"totalSize": total, "done": done, "records": rest[:size]}
        if not done:
            key = key or f"01g{len(self._waiting):012d}"
            if start == 0:
                self._waiting[key] = rest
            answer["nextRecordsUrl"] = f"/services/data/v{version}/query/{key}-{start + size}"
        return answer

    def _shape(self, select: Select, row: tuple[Any, ...], version: str) -> dict[str, Any]:
        name = "AggregateResult" if select.aggregate else select.sobject.name
        record: dict[str, Any] = {"attributes": {"type": name}}
        for column, value in zip(select.columns, row, strict=True):
            if column.kind in ("parent", "any parent"):
                _put(record, column.path, self._parent(column, value, version))
            elif column.kind != "hidden":
                _put(record, column.path, bool(value) if column.kind == "boolean" else value)
            if column.path == ("Id",):
                record["attributes"]["url"] = f"/services/data/v{version}/sobjects/{name}/{value}"
        for relationship, tree in select.children:
            record[relationship] = self._children(select, relationship, tree, row, version)
        return record

    def _parent(self, column: Column, record_id: Any, version: str) -> dict[str, Any] | None:
        sobject = self._database.schema.by_prefix(record_id) if record_id else None
        if sobject is None:
            return None
        # What may be of several objects is shown as the Name that they have in common.
        name = sobject.name if column.kind == "parent" else "Name"
        url = f"/services/data/v{version}/sobjects/{sobject.name}/{record_id}"
        return {"attributes": {"type": name, "url": url}}

    def _children(
        self, select: Select, relationship: str, tree: Tree[Token], row: tuple[Any, ...], version: str
    ) -> dict[str, Any] | None:
        found = select.schema.children(select.sobject, relationship)
        if found is None:
            message = f"Didn't understand relationship '{relationship}' in FROM part of query call."
            raise Refusal("INVALID_TYPE", message)
        child, reference = found
        parent = next(
            value for column, value in zip(select.columns, row, strict=True) if column.path == ("Id",)
        )
        compiler = Compiler(select.schema, child, self._now)
        # The id comes from the org's own table.
        inner = compiler.compile(tree, only=f"t.\"{reference.name}\" = '{parent}'")
        rows = self._database.connection.execute(inner.sql, inner.parameters).fetchall()
        records = [self._shape(inner, tuple(each), version) for each in rows]
        return {"totalSize": len(records), "done": True, "records": records} if records else None


def _put(record: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    *parents, name = path
    inner: dict[str, Any] | None = record
    for parent in parents:
        inner = inner.get(parent) if inner is not None else None
    if inner is not None:
        inner[name] = value
