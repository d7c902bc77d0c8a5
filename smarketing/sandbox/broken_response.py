"""A connection that breaks while the answer is under way."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class BrokenResponse(Response):
    """Begins and never ends, upon which the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise a byte and do not send it."""
        headers = [(b"content-length", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
