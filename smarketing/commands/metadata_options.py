"""Options that several commands of the metadata share."""

from pathlib import Path
from typing import Annotated

import typer

from smarketing.metadata.org_calls import OrgCalls
from smarketing.metadata.project import default_root, read_project
from smarketing.org_login import Org, find_org

Target = Annotated[
    str | None, typer.Option("--target", help="The org: an alias or user name of sf, or sandbox.")
]
Project = Annotated[
    Path | None, typer.Option("--project", help="Folder of the Salesforce project.", file_okay=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]


def logged_in(target: str | None, project: Path | None) -> tuple[Org, OrgCalls]:
    """Find the org and give its calls, in the project's version of the API; raises as `find_org` does."""
    org = find_org(target)
    return org, OrgCalls(org, read_project(project or default_root(), ()).api_version)
