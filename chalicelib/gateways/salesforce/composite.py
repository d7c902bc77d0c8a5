"""Writes up to 1,000 records in one API call.

Limits and rules (REST API Developer Guide): five sObject Collections go together (`together`); a collection
holds 200 records, whose results come in the records' order. An upsert's collection has one object and one
external id field and takes no record ids; updates by id and creations may mix objects, in at most 10 runs. A
subrequest may have headers of its own (Composite Subrequest), such as the one that saves what a duplicate
rule only alerts about (Duplicate Rule Header).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import Retryable
from chalicelib.gateways.salesforce.errors import ApiError, errors_in, the_cause
from chalicelib.gateways.salesforce.mapping import Value, Write
from chalicelib.gateways.salesforce.together import Reply, Rest, Subrequest, send_together

COLLECTION = 200
_ALLOW = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}


@dataclass(frozen=True, slots=True)
class Saved:
    """Salesforce took the record."""

    id: str


Result = Saved | ApiError


@dataclass(frozen=True, slots=True)
class Collection:
    """Up to 200 writes that one subrequest takes."""

    method: str
    path: str
    writes: tuple[Write, ...]

    @property
    def subrequest(self) -> Subrequest:
        """The subrequest; it keeps what succeeds."""
        body = {"allOrNone": False, "records": [_record(write) for write in self.writes]}
        return Subrequest(self.method, self.path, body, _ALLOW if self.writes[0].alike else {})


def send(rest: Rest, writes: Iterable[Write]) -> Iterator[list[Result]]:
    """Send writes in their order, each kind of them together; gives results in the same order.

    Raises:
        Retryable: a call failed in passing, or its answer doesn't match what was sent; likewise Rejected and
            Misconfigured. What was given before stands.
    """
    parts = list(_collections(writes))
    replies = send_together(rest, [part.subrequest for part in parts])
    for part, reply in zip(parts, replies, strict=True):
        yield results_of(reply, len(part.writes))


def results_of(reply: Reply, records: int) -> list[Result]:
    """Read what a collection of so many records was answered, in their order.

    Raises:
        Retryable: it does not answer for each of them.
    """
    if reply.status != 200:
        errors = errors_in(reply.body)
        if not errors:
            raise Retryable(f"Salesforce: a collection was answered {reply.status}")
        return [the_cause(errors)] * records
    if not isinstance(reply.body, list) or len(reply.body) != records:
        raise Retryable("Salesforce: a collection was answered with another number of results")
    return [_result(each) for each in reply.body]


def _collections(writes: Iterable[Write]) -> Iterator[Collection]:
    part: list[Write] = []
    for write in writes:
        other = part and (_way(write), write.alike) != (_way(part[0]), part[0].alike)
        if other or len(part) == COLLECTION:
            yield _collection(part)
            part = []
        part.append(write)
    if part:
        yield _collection(part)


def _result(plain: Mapping[str, Any]) -> Result:
    if plain.get("success"):
        return Saved(str(plain.get("id") or ""))
    errors = errors_in(plain.get("errors") or [])
    return the_cause(errors) if errors else ApiError("UNKNOWN_EXCEPTION")


def _way(write: Write) -> tuple[str, str]:
    if write.how == "upsert":
        return ("PATCH", f"composite/sobjects/{write.object}/{write.key}")
    return ("PATCH" if write.how == "update" else "POST", "composite/sobjects")


def _collection(part: Sequence[Write]) -> Collection:
    method, path = _way(part[0])
    return Collection(method, path, tuple(part))


def _record(write: Write) -> dict[str, Any]:
    record: dict[str, Any] = {"attributes": {"type": write.object}}
    record["id" if write.how == "update" else write.key] = write.key_value
    for name, value in write.values.items():
        _put(record, name, value)
    return record


def _put(record: dict[str, Any], name: str, value: Value) -> None:
    parent, dot, field = name.partition(".")
    if dot:
        record[parent] = {field: value}
    else:
        record[name] = value
