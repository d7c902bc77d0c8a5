"""HTTP requests as API Gateway's REST API passes them to a function, and the function's answers as HTTP.

Form: https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html; the gateway's own answers (403
for an unknown path, 413 above 10 MB, 502 for a function that failed):
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html.
"""

import base64
import logging
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from smarketing.sandbox.invocation import LambdaContext

_MOST_BYTES = 10 * 1024 * 1024
_log = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


class ApiGateway:
    """Passes requests to one function, one at a time as one instance of a function works."""

    def __init__(self, handler: Handler, resources: Iterable[str], binary_types: Iterable[str]) -> None:
        """Serve the resources (`/intake/{source}`); bodies of `binary_types` travel in base64."""
        self._handler = handler
        self._resources = sorted(resources)
        self._binary = frozenset(binary_types)
        self._instance = threading.Lock()

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        resource = match(self._resources, request.url.path)
        if resource is None:
            return _gateway_answer(403, "Missing Authentication Token")
        body = await request.body()
        if len(body) > _MOST_BYTES:
            return _gateway_answer(413, "Request Too Long")
        event = proxy_event(request, *resource, body, self._binary)
        try:
            return http_response(await run_in_threadpool(self._invoke, event))
        except Exception:  # whatever a function raises or answers amiss, the gateway makes a 502 of it
            _log.exception("the function failed")
            return _gateway_answer(502, "Internal server error")

    def _invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        with self._instance:
            return self._handler(event, LambdaContext("api", timeout=30))


def match(resources: Iterable[str], path: str) -> tuple[str, dict[str, str]] | None:
    """Find the resource of a path and what its placeholders stand for."""
    parts = path.rstrip("/").split("/")
    for resource in resources:
        names = resource.rstrip("/").split("/")
        pairs = list(zip(names, parts, strict=False))
        if len(names) == len(parts) and all(name == part or _is_placeholder(name) for name, part in pairs):
            return resource, {name[1:-1]: part for name, part in pairs if _is_placeholder(name)}
    return None


def proxy_event(
    request: Request, resource: str, parameters: Mapping[str, str], body: bytes, binary: frozenset[str]
) -> dict[str, Any]:
    """Build the event (payload version 1.0) of a request."""
    headers = dict(request.headers.items())
    query = parse_qs(request.url.query, keep_blank_values=True)
    in_base64 = headers.get("content-type", "").split(";")[0].strip() in binary
    text = base64.b64encode(body).decode() if in_base64 else body.decode("utf-8", errors="replace")
    return {
        "resource": resource,
        "path": request.url.path,
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": {name: request.headers.getlist(name) for name in headers},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(parameters) or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": request.method,
            "path": request.url.path,
            "requestId": str(uuid.uuid4()),
            "stage": "sandbox",
            "identity": {"sourceIp": request.client.host if request.client else "127.0.0.1"},
        },
        "body": text if body else None,
        "isBase64Encoded": in_base64,
    }


def http_response(answer: Mapping[str, Any]) -> Response:
    """Turn a function's answer into HTTP."""
    body = answer.get("body") or ""
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    response = Response(content, status_code=answer["statusCode"])
    for name, value in (answer.get("headers") or {}).items():
        response.headers[name] = str(value)
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        for value in values:
            response.headers.append(name, str(value))
    return response


def _is_placeholder(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")


def _gateway_answer(status: int, message: str) -> Response:
    return Response(f'{{"message": "{message}"}}', status_code=status, media_type="application/json")
