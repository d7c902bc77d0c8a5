"""The store beside the org that a command is told to work on."""

import os
from pathlib import Path

from chalicelib import bootstrap
from chalicelib.errors import Misconfigured
from smarketing.org_login import SANDBOX


def use_store_of(target: str | None) -> None:
    """Have the store of a sandbox used along with its org; for any other org the environment names it.

    Raises:
        Misconfigured: the sandbox is not running.
    """
    name, _, folder = (target or "").partition(":")
    if name == SANDBOX:
        # Only for who uses it: it brings an emulated AWS along.
        from smarketing.sandbox import notice

        os.environ.update(notice.read(Path(folder) if folder else None).environment)


def reach_store() -> None:
    """See that the store can be reached, before anything is done that has to be noted there.

    Raises:
        Misconfigured: the environment names no table, no region, or no account that may read it.
        Retryable: AWS is out of reach.
    """
    from botocore.exceptions import BotoCoreError

    try:
        bootstrap.locks().current()
    except BotoCoreError as error:
        raise Misconfigured(f"AWS: {error} Set AWS_DEFAULT_REGION and AWS_PROFILE for the account") from None
