"""AWS of the sandbox as a process of its own: moto's server with queues and secrets."""

import argparse
import functools
import json
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from smarketing.sandbox.lifeline import when_parent_ends
from smarketing.sandbox.moto_queues import make_queues_deep
from smarketing.sandbox.processes import announce

REGION = "eu-central-1"
QUEUES = "queues.json"


def save_queues(data: Path) -> None:
    """Write what the queues hold, for the next start."""
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.sqs.models import sqs_backends

    queues = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues
    part = data / f"{QUEUES}.part"
    part.write_text(
        json.dumps({name: [each.body for each in queue._messages] for name, queue in queues.items()})
    )
    part.replace(data / QUEUES)


def spare_repetition() -> None:
    """Keep what moto 5.2.5 finds out anew at every request: its folders on disk, its handlers' methods."""
    from moto import backends
    from moto.core import responses

    modules: Any = backends
    handlers: Any = responses
    names = tuple(backends.list_of_moto_modules())
    modules.list_of_moto_modules = lambda: names
    handlers.method_names_from_class = functools.cache(handlers.method_names_from_class)


def main() -> None:
    """Serve until the parent ends, then save if there is a folder to save to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()

    make_queues_deep()
    spare_repetition()
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )

    class KeepAlive(MotoRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, *_: Any) -> None:
            """Write no line per request."""

    application = DomainDispatcherApplication(create_backend_app)
    server: Any = make_server("127.0.0.1", 0, application, threaded=True, request_handler=KeepAlive)
    server.daemon_threads = True
    when_parent_ends(server.shutdown)
    announce(options.run, "aws", port=server.port)
    server.serve_forever()
    if options.data is not None:
        save_queues(options.data)


if __name__ == "__main__":
    main()
