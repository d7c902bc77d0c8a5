"""Several queries or sObject Collections in one API call.

A composite request counts as one call and has at most 25 subrequests, of which 5 may be queries or sObject
Collections (REST API Developer Guide, Composite). Without collation they run in their order, and each
succeeds or fails by itself. `@{name.field}` anywhere in a body stands for what an earlier subrequest was
answered; there is no way to write it as plain text, so what people typed loses that form.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

MOST = 5


class Rest(Protocol):
    """The calls that are needed."""

    version: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call a REST resource and give its JSON."""


@dataclass(frozen=True, slots=True)
class Subrequest:
    """A call within the call; `path` is below `/services/data/vXX.X/`."""

    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a subrequest was answered; status 0 where the answer does not tell."""

    status: int
    body: Any


def send_together(rest: Rest, subrequests: Sequence[Subrequest]) -> Iterator[Reply]:
    """Send subrequests in their order, five to a call; gives a reply to each.

    Raises:
        Retryable, Rejected, Misconfigured: a call failed as a whole; what was given before stands.
    """
    for start in range(0, len(subrequests), MOST):
        some = subrequests[start : start + MOST]
        parts = [_part(each, rest.version, number) for number, each in enumerate(some)]
        body = {"allOrNone": False, "collateSubrequests": False, "compositeRequest": parts}
        answer = rest.call("POST", "composite", body) or {}
        replies = {each["referenceId"]: each for each in answer.get("compositeResponse", ())}
        for part in parts:
            reply = replies.get(part["referenceId"], {})
            yield Reply(reply.get("httpStatusCode", 0), reply.get("body"))


def _part(subrequest: Subrequest, version: str, number: int) -> dict[str, Any]:
    part: dict[str, Any] = {
        "method": subrequest.method,
        "url": f"/services/data/v{version}/{subrequest.path}",
        "referenceId": f"part{number}",
    }
    if subrequest.body is not None:
        part["body"] = _inert(subrequest.body)
    if subrequest.headers:
        part["httpHeaders"] = subrequest.headers
    return part


def _inert(value: Any) -> Any:
    """Take the form of a reference from texts: one that names nothing fails its whole subrequest."""
    if isinstance(value, str):
        return value.replace("@{", "@ {")
    if isinstance(value, Mapping):
        return {key: _inert(each) for key, each in value.items()}
    return [_inert(each) for each in value] if isinstance(value, list) else value
