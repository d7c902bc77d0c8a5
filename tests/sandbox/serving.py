"""Serves an ASGI application from a thread, on a free port."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from smarketing.sandbox.processes import listen


@contextmanager
def served(application: Any) -> Iterator[str]:
    """Give the application's address while it is served."""
    listener = listen()
    server = uvicorn.Server(uvicorn.Config(application, log_level="error"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
