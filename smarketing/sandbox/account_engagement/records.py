"""Rows over HTTP: query, read, create, update and delete, alike for all objects.

Source: Account Engagement API v5, "Version 5 Overview". Without `fields`, creating answers the id alone and
updating 204.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from chalicelib.domain.instant import Instant
from smarketing.sandbox.account_engagement.answers import (
    EMPTY_BODY,
    INVALID_ACTION,
    INVALID_JSON,
    INVALID_QUERY,
    Answer,
    Call,
    Refused,
)
from smarketing.sandbox.account_engagement.database import PROSPECTS, Database
from smarketing.sandbox.account_engagement.faults import Faults
from smarketing.sandbox.account_engagement.page_token import (
    LIFE,
    MOST_RECORDS,
    WALL_WARNING,
    PageToken,
    read_token,
)
from smarketing.sandbox.account_engagement.query import only, read_fields, read_query
from smarketing.sandbox.account_engagement.rules import Rules
from smarketing.sandbox.account_engagement.schema import Object
from smarketing.sandbox.account_engagement.table import Place, Row

_DELETED = {"true": True, "false": False, "all": None}


class Records:
    """The handlers of `/api/v5/objects/{object}`."""

    def __init__(self, database: Database, rules: Rules, faults: Faults) -> None:
        """Serve the rows of a database."""
        self.most_records = MOST_RECORDS
        self._database = database
        self._rules = rules
        self._faults = faults

    def query(self, call: Call) -> Answer:
        """Give a page of rows."""
        thing = self._object(call)
        parameters = dict(call.query)
        fields = read_fields(thing, parameters.pop("fields", None))
        now = self._database.clock()
        place, given = None, 0
        if (text := parameters.pop("nextPageToken", None)) is not None:
            if parameters:
                raise Refused(INVALID_QUERY, f"with a nextPageToken only fields: {', '.join(parameters)}")
            token = read_token(text, thing.name, now)
            parameters, place, given = dict(token.parameters), token.place, token.given
        rows, last = self._page(thing, parameters, place, now)
        given += len(rows)
        following = None
        headers: dict[str, str] = {}
        if last is not None and given >= self.most_records:
            headers = WALL_WARNING
        elif last is not None:
            following = str(PageToken(thing.name, parameters, last, given, Instant(now + LIFE)))
        url = None if following is None else _page_url(call, fields, following)
        values = [only(fields, row) for row in rows]
        return Answer(200, {"nextPageToken": following, "nextPageUrl": url, "values": values}, headers)

    def read(self, call: Call) -> Answer:
        """Give one row."""
        thing = self._object(call)
        fields = read_fields(thing, call.query.get("fields"))
        deleted = _DELETED.get(call.query.get("deleted", "false"), False)
        return Answer(
            200, only(fields, self._database.seen(thing.name, call.parameters["id"], deleted=deleted))
        )

    def create(self, call: Call) -> Answer:
        """Add a row."""
        thing = self._object(call, "POST")
        fields = self._answered_fields(thing, call) or ["id"]
        values = self._rules.values(thing, body_of(call), None)
        self._meet_fault(thing, values)
        row = self._database.insert(thing.name, values)
        location = {"Location": f"{call.base_url}api/{call.path.split('/api/', 1)[-1]}/{row['id']}"}
        return Answer(201, only(fields, row), location)

    def update(self, call: Call) -> Answer:
        """Change a row."""
        thing = self._object(call, "PATCH")
        fields = self._answered_fields(thing, call)
        row = self._database.to_change(thing.name, call.parameters["id"])
        values = self._rules.values(thing, body_of(call), row)
        self._meet_fault(thing, {**row, **values})
        changed = self._database.change(thing.name, row, values)
        return Answer(200, only(fields, changed)) if fields else Answer(204)

    def delete(self, call: Call) -> Answer:
        """Delete a row."""
        thing = self._object(call, "DELETE")
        self._database.remove(thing.name, self._database.current(thing.name, call.parameters["id"]))
        return Answer(204)

    def _page(
        self, thing: Object, parameters: dict[str, str], place: Place | None, now: Instant
    ) -> tuple[list[Row], Place | None]:
        """Give the rows of a page and, if there are more, the place of its last one."""
        query = read_query(thing, parameters)
        rows: list[Row] = []
        last: Place | None = None
        table = self._database.tables[thing.name]
        for at, row in table.from_place(query.order_by, descending=query.descending, after=place, now=now):
            if not query.takes(row):
                continue
            if len(rows) == query.limit:
                return rows, last
            rows.append(row)
            last = at
        return rows, None

    def _object(self, call: Call, method: str = "") -> Object:
        """Find the object that is called.

        Raises:
            Refused: there is none, or it can't be called so.
        """
        thing = self._database.objects.get(call.parameters["object"])
        if thing is None or (method and method not in thing.methods):
            raise Refused(INVALID_ACTION)
        return thing

    def _meet_fault(self, thing: Object, values: dict[str, Any]) -> None:
        if thing.name == PROSPECTS:
            self._faults.refuse_row(str(values["email"]))

    @staticmethod
    def _answered_fields(thing: Object, call: Call) -> list[str]:
        return read_fields(thing, call.query["fields"]) if call.query.get("fields") else []


def body_of(call: Call) -> dict[str, Any]:
    """Give the JSON object that a call sends.

    Raises:
        Refused: it sends none.
    """
    if not call.raw:
        raise Refused(EMPTY_BODY)
    if not isinstance(call.body, dict):
        raise Refused(INVALID_JSON)
    return call.body


def _page_url(call: Call, fields: Sequence[str], token: str) -> str:
    path = call.path.split("/api/", 1)[-1]
    return f"{call.base_url}api/{path}?fields={','.join(fields)}&nextPageToken={quote(token)}"
