"""sObject Collections: up to 200 records in one call (REST API Developer Guide, sObject Collections)."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from smarketing.sandbox.org.answers import Answer, Call, body_object
from smarketing.sandbox.org.ids import read_id
from smarketing.sandbox.org.records import Records
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import SObject

MOST = 200

One = Callable[[Mapping[str, Any]], dict[str, Any]]
Routes = list[tuple[str, Mapping[str, Callable[..., Answer]]]]


def collections(records: Records) -> Routes:
    """Give the routes of the collections."""
    resource = _Collections(records)
    return [
        (
            r"composite/sobjects",
            {"POST": resource.create, "PATCH": resource.update, "DELETE": resource.delete},
        ),
        (r"composite/sobjects/([A-Za-z_0-9]+)/([A-Za-z_0-9]+)", {"PATCH": resource.upsert}),
    ]


class _Collections:
    def __init__(self, records: Records) -> None:
        self._records = records

    def create(self, call: Call) -> Answer:
        def one(record: Mapping[str, Any]) -> dict[str, Any]:
            return _saved(self._records.create(self._typed(record, call.user), record, call.user))

        return self._all(call, one)

    def update(self, call: Call) -> Answer:
        def one(record: Mapping[str, Any]) -> dict[str, Any]:
            record_id = read_id(record.get("id") or record.get("Id"))
            self._records.update(self._typed(record, call.user), record_id, record, call.user)
            return _saved(record_id)

        return self._all(call, one)

    def upsert(self, call: Call, name: str, field: str) -> Answer:
        sobject = self._records.sobject(name, call.user)

        def key_of(record: Mapping[str, Any]) -> Any:
            return next((value for name, value in record.items() if name.lower() == field.lower()), None)

        named = Counter(str(key_of(each)).lower() for each in _records_of(call))

        def one(record: Mapping[str, Any]) -> dict[str, Any]:
            key = key_of(record)
            if key is not None and named[str(key).lower()] > 1:
                raise Refusal("DUPLICATE_VALUE", f"Duplicate external id specified: {key}", fields=[field])
            done = self._records.upsert(sobject, field, key, record, call.user)
            return _saved(done.id) | {"created": done.created}

        return self._all(call, one)

    def delete(self, call: Call) -> Answer:
        ids = [each for each in call.query.get("ids", "").split(",") if each]
        whole = call.query.get("allOrNone", "false").lower() == "true"

        def one(record: Mapping[str, Any]) -> dict[str, Any]:
            record_id = read_id(record["id"])
            sobject = self._records.schema.by_prefix(record_id)
            if sobject is None:
                raise Refusal("MALFORMED_ID", f"malformed id {record_id}")
            self._records.delete(self._records.sobject(sobject.name, call.user), record_id, call.user)
            return _saved(record_id)

        return self._run([{"id": each} for each in ids], one, whole=whole)

    def _typed(self, record: Mapping[str, Any], user: str) -> SObject:
        kind = (record.get("attributes") or {}).get("type")
        if not kind:
            raise Refusal("INVALID_INPUT", "Must provide attributes with type for each record")
        return self._records.sobject(kind, user)

    def _all(self, call: Call, one: One) -> Answer:
        return self._run(_records_of(call), one, whole=bool(body_object(call).get("allOrNone")))

    def _run(self, records: list[dict[str, Any]], one: One, *, whole: bool) -> Answer:
        if len(records) > MOST:
            message = f"The number of records ({len(records)}) exceeds the limit of {MOST}"
            raise Refusal("EXCEEDED_MAX_SIZE_REQUEST", message)
        try:
            with self._records.database.transaction():
                results = [self._try(record, one) for record in records]
                _undo_if(whole and not all(each["success"] for each in results), results)
        except _UndoneError as undone:
            results = [each if not each["success"] else _rolled_back() for each in undone.results]
        return Answer(200, results)

    def _try(self, record: Mapping[str, Any], one: One) -> dict[str, Any]:
        try:
            with self._records.database.transaction():
                return one(record)
        except Refusal as refusal:
            return {"success": False, "errors": [refusal.in_collection()]}


def _records_of(call: Call) -> list[dict[str, Any]]:
    records = body_object(call).get("records")
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise Refusal("INVALID_INPUT", "records: a list of records is required")
    return records


class _UndoneError(Exception):
    def __init__(self, results: list[dict[str, Any]]) -> None:
        super().__init__()
        self.results = results


def _undo_if(wanted: bool, results: list[dict[str, Any]]) -> None:
    if wanted:
        raise _UndoneError(results)


def _saved(record_id: str) -> dict[str, Any]:
    return {"id": record_id, "success": True, "errors": []}


def _rolled_back() -> dict[str, Any]:
    message = (
        "Record rolled back because not all records were valid and the request was using AllOrNone header"
    )
    error = {"statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK", "message": message, "fields": []}
    return {"success": False, "errors": [error]}
