"""Options that the commands of `smarketing sync` share."""

from typing import Annotated

import typer

from chalicelib.domain.sync import Platform

Target = Annotated[
    str | None, typer.Option("--target", help="The org: an alias or user name of sf, or sandbox.")
]
OnePlatform = Annotated[
    Platform | None, typer.Option("--platform", help="Only this marketing automation; all if left out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")]
