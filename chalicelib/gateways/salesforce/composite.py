"""Writes up to 1,000 records in one API call.

Limits and rules (REST API Developer Guide): a composite request has at most 25 subrequests, of which 5 may be
sObject Collections; a collection holds 200 records, whose results come in the records' order; without
collation the subrequests run in theirs. An upsert's collection has one object and one external id field and
takes no record ids; updates by id and creations may mix objects, in at most 10 runs. A subrequest may have
headers of its own (Composite Subrequest), such as the one that saves what a duplicate rule only alerts about
(Duplicate Rule Header).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.errors import Retryable
from chalicelib.gateways.salesforce.errors import ApiError, errors_in, the_cause
from chalicelib.gateways.salesforce.mapping import Value, Write

COLLECTION = 200
COLLECTIONS = 5
_ALLOW = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}


@dataclass(frozen=True, slots=True)
class Saved:
    """Salesforce took the record."""

    id: str


Result = Saved | ApiError


class Rest(Protocol):
    """The calls that are needed."""

    version: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call a REST resource and give its JSON."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Up to 200 writes that one subrequest takes."""

    method: str
    path: str
    writes: tuple[Write, ...]

    def subrequest(self, version: str, number: int) -> dict[str, Any]:
        """Give the subrequest; it keeps what succeeds."""
        request: dict[str, Any] = {
            "method": self.method,
            "url": f"/services/data/v{version}/{self.path}",
            "referenceId": f"collection{number}",
            "body": {"allOrNone": False, "records": [_record(write) for write in self.writes]},
        }
        return request | {"httpHeaders": _ALLOW} if self.writes[0].alike else request


def send(rest: Rest, writes: Iterable[Write]) -> Iterator[list[Result]]:
    """Send writes in their order, each kind of them together; gives results in the same order.

    Raises:
        Retryable: a call failed in passing, or its answer doesn't match what was sent; likewise Rejected and
            Misconfigured. What was given before stands.
    """
    parts = list(_collections(writes))
    for start in range(0, len(parts), COLLECTIONS):
        some = parts[start : start + COLLECTIONS]
        requests = [part.subrequest(rest.version, number) for number, part in enumerate(some)]
        body = {"allOrNone": False, "collateSubrequests": False, "compositeRequest": requests}
        answer = rest.call("POST", "composite", body) or {}
        replies = {each["referenceId"]: each for each in answer.get("compositeResponse", ())}
        for number, part in enumerate(some):
            yield _results(part, replies.get(f"collection{number}", {}))


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


def _results(part: Collection, reply: Mapping[str, Any]) -> list[Result]:
    body = reply.get("body")
    if reply.get("httpStatusCode") != 200:
        errors = errors_in(body)
        if not errors:
            raise Retryable(f"Salesforce: a collection was answered {reply.get('httpStatusCode')}")
        return [the_cause(errors)] * len(part.writes)
    if not isinstance(body, list) or len(body) != len(part.writes):
        raise Retryable("Salesforce: a collection was answered with another number of results")
    return [_result(each) for each in body]


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
