"""Answers with a page; a failure is a page, too, since people read it."""

import functools
from collections.abc import Callable
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.routes.answers import answering
from chalicelib.routes.consent_pages.pages import apology
from chalicelib.routes.languages import language_of

_HEADERS: dict[str, str | list[str]] = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    # The addresses hold tokens.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

View = Callable[[], Response]


def page(content: str, status: int = 200) -> Response:
    """Answer with a page."""
    return Response(content, status_code=status, headers=dict(_HEADERS))


def see_other(path: str, **query: str) -> Response:
    """Send the browser on to a page beside this one, so that a reload doesn't send the form again."""
    headers = _HEADERS | {"Location": f"{path}?{urlencode(query)}"}
    return Response("", status_code=303, headers=headers)


def showing(request: Callable[[], Request]) -> Callable[[View], View]:
    """Wrap a view of the request at hand, so that a failure becomes a page with the status of `answering`."""

    def wrap(view: View) -> View:
        answered = answering(view)

        @functools.wraps(view)
        def answer() -> Response:
            response = answered()
            if response.headers.get("Content-Type") != "application/json":
                return response
            name = "later" if response.status_code == 503 else "refused"
            return Response(
                apology(language_of(request()), name),
                status_code=response.status_code,
                headers={**response.headers, **_HEADERS},
            )

        return answer

    return wrap
