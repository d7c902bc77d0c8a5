"""What the endpoints of the Metadata API need of the org's server."""

from collections.abc import Callable
from typing import Protocol

from starlette.responses import Response

from smarketing.sandbox.org.answers import Answer, Call

UserOf = Callable[[str], str | None]
"""Finds the user of an `Authorization` header."""


class PassThrough(Protocol):
    """Lets a call through to what it does; an answer gets the form of its API."""

    async def __call__(
        self, call: Call, act: Callable[[], Answer], shape: Callable[[Answer], Answer] = ...
    ) -> Response:
        """Answer a call."""
