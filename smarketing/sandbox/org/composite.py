"""Composite requests: several calls in one (REST API Developer Guide, Composite)."""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from smarketing.sandbox.org.answers import Answer, Call, body_object
from smarketing.sandbox.org.refusals import Refusal

MOST = 25
MOST_COLLECTIONS = 5
_BELOW = re.compile(r"/services/data/v(\d+\.0)/(.*)")
_REFERENCE = re.compile(r"@\{([A-Za-z]\w*)\.([^}]+)\}")


def composite(
    call: Call, answer: Callable[[Call], Answer], transaction: Callable[[], AbstractContextManager[None]]
) -> Answer:
    """Answer each subrequest in order, later ones using the results of earlier ones.

    With `allOrNone` a subrequest that fails undoes the others.

    Raises:
        Refusal: the request as a whole is not in order.
    """
    body = body_object(call)
    requests = body.get("compositeRequest")
    if not isinstance(requests, list) or not requests or not all(isinstance(each, dict) for each in requests):
        raise Refusal("INVALID_INPUT", "compositeRequest: a list of subrequests is required")
    if len(requests) > MOST:
        raise Refusal("LIMIT_EXCEEDED", f"Composite request has more than {MOST} subrequests")
    large = sum(_is_large(str(each.get("url", ""))) for each in requests)
    if large > MOST_COLLECTIONS:
        message = (
            f"The composite request has more than {MOST_COLLECTIONS} query or sObject Collections subrequests"
        )
        raise Refusal("LIMIT_EXCEEDED", message)
    whole = bool(body.get("allOrNone"))
    answers: list[dict[str, Any]] = []
    try:
        with transaction():
            results: dict[str, Any] = {}
            for each in requests:
                answers.append(_one(each, call, answer, results))
                _undo_if(whole and answers[-1]["httpStatusCode"] >= 300)
    except _UndoneError:
        failed = len(answers) - 1
        answers = [
            answers[at] if at == failed else _halted(str(each.get("referenceId", "")))
            for at, each in enumerate(requests)
        ]
    return Answer(200, {"compositeResponse": answers})


class _UndoneError(Exception):
    pass


def _undo_if(wanted: bool) -> None:
    if wanted:
        raise _UndoneError


def _halted(name: str) -> dict[str, Any]:
    message = "The transaction was rolled back since another operation in the same transaction failed."
    return _answered(name, Answer(400, [Refusal("PROCESSING_HALTED", message).in_rest()]))


def _one(
    request: Mapping[str, Any], call: Call, answer: Callable[[Call], Answer], results: dict[str, Any]
) -> dict[str, Any]:
    name = str(request.get("referenceId", ""))
    try:
        url = urlsplit(_filled(str(request.get("url", "")), results))
        body = _filled(request.get("body"), results)
    except KeyError as missing:
        message = f"Invalid reference specified. No value for {missing.args[0]} found"
        refusal = Refusal("PROCESSING_HALTED", message)
        return _answered(name, Answer(400, [refusal.in_rest()]))
    match = _BELOW.fullmatch(url.path)
    if match is None or match[2].strip("/") == "composite":
        return _answered(name, Answer(404, [Refusal("NOT_FOUND", "no such resource").in_rest()]))
    inner = Call(
        str(request.get("method", "GET")).upper(),
        unquote(match[2]).strip("/"),
        dict(parse_qsl(url.query)),
        body,
        call.user,
        match[1],
        {str(key).lower(): str(value) for key, value in (request.get("httpHeaders") or {}).items()},
    )
    given = answer(inner)
    if given.status < 300:
        results[name] = given.body
    return _answered(name, given)


def _answered(name: str, given: Answer) -> dict[str, Any]:
    return {
        "body": given.body,
        "httpHeaders": dict(given.headers),
        "httpStatusCode": given.status,
        "referenceId": name,
    }


def _is_large(url: str) -> bool:
    return "/query" in url or "/composite/sobjects" in url


def _filled(value: Any, results: Mapping[str, Any]) -> Any:
    """Put results of earlier subrequests in place of `@{name.path}`."""
    if isinstance(value, dict):
        return {key: _filled(each, results) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, results) for each in value]
    if isinstance(value, str) and "@{" in value:
        return _REFERENCE.sub(lambda match: str(_looked_up(results, match[1], match[2])), value)
    return value


def _looked_up(results: Mapping[str, Any], name: str, path: str) -> Any:
    found = results.get(name)
    for part in re.findall(r"[^.\[\]]+", path):
        try:
            found = found[int(part)] if isinstance(found, list) else found[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError, ValueError):
            raise KeyError(f"{name}.{path}") from None
    return found
