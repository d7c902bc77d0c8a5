"""Rows over HTTP: written at once, read page by page.

Sources, of the Marketing Cloud Engagement developer guide: "POST /hub/v1/dataevents/key:{key}/rowset", "PUT
/hub/v1/dataevents/key:{key}/rows/{primaryKeys}", "Data Extension Data API" (`customobjectdata`, whose
first page makes a token for the rows as they are then).
"""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from smarketing.sandbox.marketing_cloud.answers import UNSAVED_ROWS, Answer, Call, error, invalid
from smarketing.sandbox.marketing_cloud.data_extension import DataExtension, NotSaved
from smarketing.sandbox.marketing_cloud.faults import Faults

USUAL_PAGE, MOST_PAGE = 50, 2_500
_NOT_SAVED = 10000


class Rows:
    """The rows of the account's data extensions."""

    def __init__(
        self, data_extensions: dict[str, DataExtension], faults: Faults, settle: Callable[[], None]
    ) -> None:
        """Serve rows; `settle` works off the asynchronous requests that are due, before anything is read."""
        self._extensions = data_extensions
        self._faults = faults
        self._settle = settle
        self._snapshots: dict[str, tuple[DataExtension, list[dict[str, str]], int]] = {}

    def upsert(self, call: Call) -> Answer:
        """Save all rows of a rowset or none; that 50 are enough is a recommendation, and no bound."""
        extension = self._extensions.get(call.parameters["key"])
        rows = call.body
        if extension is None:
            return invalid("key")
        if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
            return invalid("rows")
        return self._save(extension, rows) or Answer(200, rows)

    def upsert_one(self, call: Call) -> Answer:
        """Save the row whose primary key the path names."""
        extension = self._extensions.get(call.parameters["key"])
        if extension is None:
            return invalid("key")
        pairs = [each.partition(":") for each in call.parameters["primary"].split(",")]
        keys = {unquote(name): unquote(value) for name, _, value in pairs}
        row = {"keys": keys, "values": call.object().get("values") or {}}
        return self._save(extension, [row]) or Answer(200, row)

    def _save(self, extension: DataExtension, rows: list[dict[str, Any]]) -> Answer | None:
        prepared, wrong = [], []
        for row in rows:
            try:
                ready = extension.prepare({**(row.get("keys") or {}), **(row.get("values") or {})})
            except NotSaved as problem:
                wrong += problem.reasons
                continue
            if (reason := self._faults.row(",".join(ready[0]))) is not None:
                wrong.append(reason)
            prepared.append(ready)
        if wrong:
            told = [{"message": each, "errorcode": _NOT_SAVED, "documentation": ""} for each in wrong]
            message = f"Unable to save rows for data extension ID {extension.key}"
            return error(400, message, UNSAVED_ROWS, additionalErrors=told)
        for key, values in prepared:
            extension.save(key, values)
        return None

    def read(self, call: Call) -> Answer:
        """Read a first page, and remember the rows as they are now for the pages after it."""
        extension = self._extensions.get(call.parameters["key"])
        if extension is None:
            return invalid("key")
        if set(call.query) - {"$page", "$pageSize"}:
            return invalid(next(iter(set(call.query) - {"$page", "$pageSize"})))
        self._settle()
        size = call.query.get("$pageSize", str(USUAL_PAGE))
        if not size.isdigit() or not 0 < int(size) <= MOST_PAGE:
            return invalid("$pageSize")
        token = str(uuid.uuid4())
        self._snapshots[token] = (extension, list(extension.rows.values()), int(size))
        return self._page(token, call.query.get("$page", "1"))

    def read_on(self, call: Call) -> Answer:
        """Read a further page of what a first page began."""
        if call.parameters["token"] not in self._snapshots:
            return error(400, "The token is invalid or has expired.", 0)
        return self._page(call.parameters["token"], call.query.get("$page", "1"))

    def _page(self, token: str, number: str) -> Answer:
        if not number.isdigit() or int(number) < 1:
            return invalid("$page")
        extension, rows, size = self._snapshots[token]
        page = int(number)
        part = rows[(page - 1) * size : page * size]
        base = f"/v1/customobjectdata/token/{token}/rowset?$page="
        links = {"self": f"{base}{page}"}
        if page * size < len(rows):
            links["next"] = f"{base}{page + 1}"
        else:
            del self._snapshots[token]
        return Answer(
            200,
            {
                "links": links,
                "requestToken": token,
                "customObjectKey": extension.key,
                "pageSize": size,
                "page": page,
                "count": len(rows),
                "items": [extension.in_lower_case(each) for each in part],
            },
        )
