"""The process that callers talk to: API Gateway, the event bus and a few pages about the sandbox itself."""

import argparse
import asyncio
import json
import logging
import socket
import threading
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chalicelib.domain.instant import iso
from smarketing.sandbox.api_gateway import ApiGateway
from smarketing.sandbox.board import Board, Reporter
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.invocation import LambdaContext, load_app
from smarketing.sandbox.lifeline import when_parent_ends
from smarketing.sandbox.processes import announce
from smarketing.sandbox.schedule_source import scheduled_event

_EVENT_TRIES = 3
"""Lambda tries an asynchronous invocation three times before it goes to the dead-letter queue."""
_METHODS = ["DELETE", "GET", "PATCH", "POST", "PUT"]
_log = logging.getLogger(__name__)


class SandboxPages:
    """`/sandbox/...`: what no caller of the real system has, for the demo, tests and a person with curl."""

    def __init__(self, app: Any, clock: SandboxClock, board: Board, dead_events: Path) -> None:
        """Serve the handlers of `app`; events that fail for good are appended to `dead_events`."""
        self._app = app
        self._clock = clock
        self._board = board
        self._dead_events = dead_events
        self._reporters: dict[str, Reporter] = {}
        self._instance = threading.Lock()

    async def status(self, _: Request) -> Response:
        """Tell the time and how far each event source is."""
        progress = {
            name: {"invocations": each.invocations, "records": each.records, "failures": each.failures}
            for name, each in sorted(self._board.read().items())
        }
        return JSONResponse({"time": iso(self._clock()), "speed": self._clock.speed, "sources": progress})

    async def put_events(self, request: Request) -> Response:
        """Take one event of the bus or a list of them and pass each to `take_change_events`."""
        try:
            events = json.loads(await request.body())
        except ValueError:
            return JSONResponse(
                {"message": "body: send an EventBridge event or a list of them"}, status_code=400
            )
        failed = await run_in_threadpool(self._pass_on, events if isinstance(events, list) else [events])
        return JSONResponse({"FailedEntryCount": failed})

    async def run_schedule(self, request: Request) -> Response:
        """Call a scheduled handler now."""
        name = request.path_params["name"]
        if name not in {
            each.name for each in self._app.app.event_sources if hasattr(each, "schedule_expression")
        }:
            return JSONResponse({"message": f"{name}: no such schedule"}, status_code=404)
        await run_in_threadpool(self._invoke, name, scheduled_event(self._clock()))
        return JSONResponse({"invoked": name})

    def _pass_on(self, events: list[Any]) -> int:
        failed = 0
        for event in events:
            for attempt in range(1, _EVENT_TRIES + 1):
                try:
                    self._invoke("take_change_events", event)
                except Exception:  # a function may fail in any way; the event is tried again
                    _log.exception("take_change_events failed, try %d", attempt)
                else:
                    break
            else:
                failed += 1
                with self._dead_events.open("a") as file:
                    file.write(json.dumps(event) + "\n")
        return failed

    def _invoke(self, name: str, event: Any) -> Any:
        with self._instance:
            if name not in self._reporters:
                self._reporters[name] = Reporter(self._board, f"front_door.{name}")
            try:
                result = getattr(self._app, name)(event, LambdaContext(name))
            except Exception:
                self._reporters[name].worked(0, 1)
                raise
            self._reporters[name].worked(1)
            return result


def make_front_door(app: Any, clock: SandboxClock, run: Path) -> Starlette:
    """Put the pages and API Gateway behind one address."""
    pages = SandboxPages(app, clock, Board(run / "board"), run / "dead-events.jsonl")
    gateway = ApiGateway(app.app, app.app.routes, app.app.api.binary_types)
    return Starlette(
        routes=[
            Route("/sandbox/status", pages.status),
            Route("/sandbox/events", pages.put_events, methods=["POST"]),
            Route("/sandbox/schedules/{name}", pages.run_schedule, methods=["POST"]),
            Route("/{path:path}", gateway.__call__, methods=_METHODS),
        ]
    )


def serve(application: Any, run: Path, name: str, listener: socket.socket, **facts: str) -> None:
    """Serve an application until the parent ends; announce its port and further facts."""
    config = uvicorn.Config(application, log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)

    def end() -> None:
        server.should_exit = True

    when_parent_ends(end)
    announce(run, name, port=listener.getsockname()[1], **facts)
    asyncio.run(server.serve(sockets=[listener]))


def main() -> None:
    """Serve until the parent ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--listener", type=int, required=True, help="file number of the open socket")
    options = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    clock = SandboxClock(options.run / "clock")
    serve(
        make_front_door(load_app(clock), clock, options.run),
        options.run,
        "front_door",
        socket.socket(fileno=options.listener),
    )


if __name__ == "__main__":
    main()
