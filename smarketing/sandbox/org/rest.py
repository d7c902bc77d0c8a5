"""The org's REST resources: versions, limits, objects, records and queries."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from smarketing.sandbox.org.answers import Answer, Call, body_object, refused
from smarketing.sandbox.org.bulk import Bulk
from smarketing.sandbox.org.bulk_query import BulkQueries
from smarketing.sandbox.org.collections_resource import collections
from smarketing.sandbox.org.composite import composite
from smarketing.sandbox.org.describe import brief, describe
from smarketing.sandbox.org.limits import Limits
from smarketing.sandbox.org.query import PAGE, Queries
from smarketing.sandbox.org.records import Records
from smarketing.sandbox.org.refusals import Refusal, no_such_column, not_found
from smarketing.sandbox.org.same_address import alerts_seen

VERSIONS = tuple(f"{number}.0" for number in range(31, 69))
"""Earlier ones are retired (REST API Developer Guide, API End-of-Life Policy); the sf CLI asks for 51.0."""

Resource = Callable[..., Answer]


class Rest:
    """Finds the resource that a call is for, and answers in the platform's form."""

    def __init__(self, records: Records, queries: Queries, limits: Limits) -> None:
        """Serve one org."""
        self._records = records
        self._queries = queries
        self._limits = limits
        self._bulk = Bulk(records)
        self._bulk_queries = BulkQueries(queries)
        self._routes: tuple[tuple[re.Pattern[str], Mapping[str, Resource]], ...] = tuple(
            (re.compile(pattern), methods) for pattern, methods in self._table()
        )

    def answer(self, call: Call) -> Answer:
        """Answer a call; what it asks for in vain is refused as the platform does."""
        for pattern, methods in self._routes:
            if match := pattern.fullmatch(call.path):
                method = methods.get(call.method)
                if method is None:
                    message = f"HTTP Method '{call.method}' not allowed. Allowed are {','.join(methods)}"
                    return refused(Refusal("METHOD_NOT_ALLOWED", message, 405))
                try:
                    with self._records.database.lock, alerts_seen(call.headers):
                        return method(call, *match.groups())
                except Refusal as refusal:
                    return refused(refusal)
        return refused(not_found())

    def _table(self) -> list[tuple[str, Mapping[str, Resource]]]:
        name, word = r"([A-Za-z_0-9]+)", r"([^/]+)"
        return [
            (r"", {"GET": self._resources}),
            (r"limits", {"GET": lambda call: Answer(200, self._limits.describe())}),
            (r"query", {"GET": self._query}),
            (r"queryAll", {"GET": self._query_all}),
            (rf"query(?:All)?/{word}", {"GET": self._more}),
            (r"sobjects", {"GET": self._sobjects}),
            (rf"sobjects/{name}", {"GET": self._about, "POST": self._create}),
            (rf"sobjects/{name}/describe", {"GET": self._describe}),
            (rf"sobjects/{name}/{word}", {"GET": self._get, "PATCH": self._update, "DELETE": self._delete}),
            (rf"sobjects/{name}/{name}/{word}", {"GET": self._get_by_external_id, "PATCH": self._upsert}),
            (r"composite", {"POST": self._composite}),
            *collections(self._records),
            *self._bulk.routes(),
            *self._bulk_queries.routes(),
        ]

    def _resources(self, call: Call) -> Answer:
        base = f"/services/data/v{call.version}"
        return Answer(
            200, {each: f"{base}/{each}" for each in ("sobjects", "query", "limits", "composite", "jobs")}
        )

    def _query(self, call: Call, *, deleted: bool = False) -> Answer:
        text = call.query.get("q")
        if text is None:
            raise Refusal("MALFORMED_QUERY", "A query string has to be specified")
        if call.query.get("columns") == "true":
            columns = self._queries.columns(text, call.user)
            return Answer(
                200,
                {
                    "columnMetadata": columns,
                    "entityName": "",
                    "groupBy": False,
                    "idSelected": True,
                    "keyPrefix": "",
                },
            )
        answer = self._queries.run(text, call.user, deleted=deleted, version=call.version, page=_page(call))
        return Answer(200, answer)

    def _more(self, call: Call, locator: str) -> Answer:
        return Answer(200, self._queries.more(locator, call.version, _page(call)))

    def _composite(self, call: Call) -> Answer:
        return composite(call, self.answer, self._records.database.transaction)

    def _query_all(self, call: Call) -> Answer:
        return self._query(call, deleted=True)

    def _sobjects(self, call: Call) -> Answer:
        everything = self._records.access.schema(call.user).objects.values()
        listed = [brief(each, call.version) for each in everything]
        return Answer(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": listed})

    def _about(self, call: Call, name: str) -> Answer:
        sobject = self._records.sobject(name, call.user)
        return Answer(200, {"objectDescribe": brief(sobject, call.version), "recentItems": []})

    def _describe(self, call: Call, name: str) -> Answer:
        sobject = self._records.sobject(name, call.user)
        found = self._records.database.find(self._records.sobject("RecordType"), "SobjectType", sobject.name)
        record_types = {each["DeveloperName"]: each["Id"] for each in found}
        return Answer(200, describe(sobject, call.version, record_types))

    def _create(self, call: Call, name: str) -> Answer:
        sobject = self._records.sobject(name, call.user)
        record_id = self._records.create(sobject, body_object(call), call.user)
        return Answer(201, {"id": record_id, "success": True, "errors": []})

    def _get(self, call: Call, name: str, record_id: str) -> Answer:
        sobject = self._records.sobject(name, call.user)
        record = self._records.get(sobject, record_id)
        return Answer(200, self._shown(call, sobject.name, record))

    def _get_by_external_id(self, call: Call, name: str, field: str, value: str) -> Answer:
        sobject = self._records.sobject(name, call.user)
        known = sobject.get(field)
        if known is None or not known.external_id:
            raise not_found("Provided external ID field does not exist or is not accessible: " + field)
        found = self._records.database.find(sobject, known.name, value)
        if not found:
            raise not_found()
        return Answer(200, self._shown(call, sobject.name, found[0]))

    def _shown(self, call: Call, name: str, record: Mapping[str, Any]) -> dict[str, Any]:
        url = f"/services/data/v{call.version}/sobjects/{name}/{record['Id']}"
        sobject = self._records.sobject(name, call.user)
        wanted = [each for each in call.query.get("fields", "").split(",") if each]
        for each in wanted:
            if sobject.get(each) is None:
                raise no_such_column(each, name)
        names = {each.lower() for each in wanted} or sobject.fields.keys()
        record = self._records.with_formulas(sobject, record)
        chosen = {key: value for key, value in record.items() if key.lower() in names}
        return {"attributes": {"type": name, "url": url}, **chosen}

    def _update(self, call: Call, name: str, record_id: str) -> Answer:
        sobject = self._records.sobject(name, call.user)
        self._records.update(sobject, record_id, body_object(call), call.user)
        return Answer(204)

    def _delete(self, call: Call, name: str, record_id: str) -> Answer:
        self._records.delete(self._records.sobject(name, call.user), record_id, call.user)
        return Answer(204)

    def _upsert(self, call: Call, name: str, field: str, value: str) -> Answer:
        sobject, given = self._records.sobject(name, call.user), body_object(call)
        if field.lower() in (each.lower() for each in given):
            message = f"The {field} field should not be specified in the sobject data."
            raise Refusal("INVALID_FIELD", message, fields=[field])
        done = self._records.upsert(sobject, field, value, given, call.user)
        body = {"id": done.id, "success": True, "errors": [], "created": done.created}
        return Answer(201 if done.created else 200, body)


def _page(call: Call) -> int:
    size = re.search(r"batchSize=(\d+)", call.headers.get("sforce-query-options", ""))
    return int(size[1]) if size else PAGE
