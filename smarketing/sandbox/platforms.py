"""The process of the two marketing platforms."""

import argparse
import json
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount

from smarketing.sandbox.account_engagement import AccountEngagement
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.front_door import serve
from smarketing.sandbox.marketing_cloud import MarketingCloud
from smarketing.sandbox.processes import listen


def main() -> None:
    """Serve `/marketing-cloud` and `/account-engagement` until the parent ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument(
        "--configuration", type=Path, required=True, help="credentials, for nobody else to read"
    )
    options = parser.parse_args()
    configuration = json.loads(options.configuration.read_text())
    clock = SandboxClock(options.run / "clock")
    marketing_cloud = MarketingCloud(clock=clock, **configuration["marketing_cloud"])
    account_engagement = AccountEngagement(clock=clock, **configuration["account_engagement"])
    application = Starlette(
        routes=[
            Mount("/marketing-cloud", routes=marketing_cloud.routes()),
            Mount("/account-engagement", routes=account_engagement.routes()),
        ]
    )
    serve(application, options.run, "platforms", listen())


if __name__ == "__main__":
    main()
