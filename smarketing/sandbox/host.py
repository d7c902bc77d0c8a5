"""A process that calls the real handlers of `app.py` for queues, the table's stream and schedules.

Like an instance of a Lambda function it shares nothing with its siblings; each event source polls in a
thread.
"""

import argparse
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from smarketing.sandbox.board import Board, Reporter
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.invocation import load_app
from smarketing.sandbox.lifeline import when_parent_ends
from smarketing.sandbox.processes import announce
from smarketing.sandbox.queue_source import QueueSource
from smarketing.sandbox.schedule_source import ScheduleSource, expression_of
from smarketing.sandbox.stream_source import StreamReader, StreamSource

HURRY = "hurry"
"""While this file is there, nothing more is to come, and no batch waits until its window is over."""

Source = QueueSource | StreamSource | ScheduleSource


def main() -> None:
    """Run the event sources that the command line names until the parent ends."""
    options = _options()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    clock = SandboxClock(options.run / "clock")
    app = load_app(clock)
    stop = threading.Event()
    when_parent_ends(stop.set)
    sources = [make_source(app, name, clock, options) for name in options.sources]
    threads = [threading.Thread(target=_keep_running(source, stop), daemon=True) for source in sources]
    for thread in threads:
        thread.start()
    announce(options.run, options.name)
    for thread in threads:
        thread.join()


def make_source(app: Any, name: str, clock: SandboxClock, options: argparse.Namespace) -> Source:
    """Make the event source of the handler `name` as `app.py` configures it."""
    import boto3

    configuration = {each.name: each for each in app.app.event_sources}[name]
    handler = getattr(app, name)
    reporter = Reporter(Board(options.run / "board"), f"{options.name}.{name}")
    if hasattr(configuration, "schedule_expression"):
        return ScheduleSource(handler, clock, reporter, expression_of(configuration))
    if hasattr(configuration, "stream_arn"):
        reader = StreamReader(options.dynamodb, options.stream, options.position)
        return StreamSource(handler, reader, reporter, batch_size=configuration.batch_size)
    return QueueSource(
        handler,
        boto3.client("sqs"),
        {"record_engagements": options.engagement_queue, "deliver": options.delivery_queue}[name],
        reporter,
        batch_size=configuration.batch_size,
        window=min(configuration.maximum_batching_window_in_seconds, options.longest_window),
        hurry=(options.run / HURRY).exists,
        retry_seconds=options.retry_seconds,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--name", required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--engagement-queue", required=True)
    parser.add_argument("--delivery-queue", required=True)
    parser.add_argument("--dynamodb", required=True, help="endpoint that serves the stream")
    parser.add_argument("--stream", required=True, help="ARN of the table's stream")
    parser.add_argument("--position", type=Path, help="file that keeps how far the stream was read")
    parser.add_argument("--retry-seconds", type=float, default=1.0)
    parser.add_argument("--longest-window", type=float, default=1.0)
    return parser.parse_args()


def _keep_running(source: Source, stop: threading.Event) -> Callable[[], None]:
    """Poll on after a poll that failed, as when AWS was away for a moment."""

    def run() -> None:
        while not stop.is_set():
            try:
                source.run(stop)
            except Exception:  # nothing may end a poller but the end of the sandbox
                if not stop.is_set():
                    logging.getLogger(__name__).exception("polling failed; trying again")
                    stop.wait(1)

    return run


if __name__ == "__main__":
    main()
