"""The process of the two marketing platforms and of the company-data service."""

import argparse
import json
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount

from smarketing.sandbox.account_engagement import AccountEngagement
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.company_data import CompanyData
from smarketing.sandbox.front_door import serve
from smarketing.sandbox.marketing_cloud import MarketingCloud
from smarketing.sandbox.processes import listen


def main() -> None:
    """Serve `/marketing-cloud`, `/account-engagement` and `/enrichment` until the parent ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument(
        "--configuration", type=Path, required=True, help="credentials, for nobody else to read"
    )
    options = parser.parse_args()
    configuration = json.loads(options.configuration.read_text())
    clock = SandboxClock(options.run / "clock")
    marketing_cloud = MarketingCloud(clock=clock, **configuration["marketing_cloud"])
    account_engagement = AccountEngagement(
        clock=clock, org_url=lambda: _org_url(options.run), **configuration["account_engagement"]
    )
    application = Starlette(
        routes=[
            Mount("/marketing-cloud", routes=marketing_cloud.routes()),
            Mount("/account-engagement", routes=account_engagement.routes()),
            Mount("/enrichment", routes=CompanyData(**configuration["enrichment"]).routes()),
        ]
    )
    serve(application, options.run, "platforms", listen())


def _org_url(run: Path) -> str:
    """Say where the Salesforce org listens, once it does."""
    return f"http://127.0.0.1:{json.loads((run / 'org.ready').read_text())['port']}"


if __name__ == "__main__":
    main()
