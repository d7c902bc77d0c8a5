"""The process of the emulated org."""

import argparse
import json
from pathlib import Path

from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.front_door import serve
from smarketing.sandbox.org.oauth import ConnectedApp
from smarketing.sandbox.org.org import Org, Setup
from smarketing.sandbox.org.server import make_server
from smarketing.sandbox.processes import listen

ORG_FILE = "org.sqlite"


def main() -> None:
    """Serve the org until the parent ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument(
        "--configuration", type=Path, required=True, help="credentials, for nobody else to read"
    )
    parser.add_argument("--data", type=Path, help="folder that keeps the records")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    plain = json.loads(options.configuration.read_text())
    setup = Setup(
        metadata=Path(plain["metadata"]) if plain["metadata"] else None,
        app=ConnectedApp(plain["consumer_key"], plain["public_key"]),
        integration_user=plain["username"],
        callback=plain.get("callback"),
        file=options.data / ORG_FILE if options.data else None,
        field_access=plain.get("field_access", True),
    )
    org = Org(setup, SandboxClock(options.run / "clock"))
    listener = listen(options.port)
    org.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        serve(make_server(org), options.run, "org", listener, organization_id=org.organization_id)
    finally:
        org.close()


if __name__ == "__main__":
    main()
