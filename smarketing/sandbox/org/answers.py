"""What a resource of the org answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smarketing.sandbox.org.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a REST resource, from outside or from within a composite request.

    Attributes:
        path: below `/services/data/vXX.X/`, without the query.
        body: parsed JSON, or text where the content is CSV.
        user: id of the user whose token it carries.
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    user: str
    version: str = "66.0"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `body` is JSON, or text if `content_type` says so."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json;charset=UTF-8"


def refused(refusal: Refusal) -> Answer:
    """Answer a refusal."""
    if refusal.status == 300:
        return Answer(300, refusal.more["choices"])
    return Answer(refusal.status, [refusal.in_rest()])


def body_object(call: Call) -> dict[str, Any]:
    """Give a call's body as an object.

    Raises:
        Refusal: JSON_PARSER_ERROR.
    """
    if not isinstance(call.body, dict):
        raise Refusal(
            "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body."
        )
    return call.body
