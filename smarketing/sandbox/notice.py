"""Where the sandbox that `smarketing sandbox` runs can be found, for commands in another terminal."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.errors import Misconfigured
from smarketing.sandbox.sandbox import Sandbox
from smarketing.sandbox.surroundings import CACHE, project_folder


@dataclass(frozen=True, slots=True)
class Notice:
    """The addresses and keys of a running sandbox."""

    pid: int
    front_door: str
    salesforce: str
    marketing_cloud: str
    account_engagement: str
    keys: dict[str, str]
    salesforce_access_token: str
    environment: dict[str, str]


def notice_of(sandbox: Sandbox) -> Notice:
    """Say where a sandbox listens and what its callers sign and log in with."""
    secrets = sandbox.credentials
    return Notice(
        pid=os.getpid(),
        front_door=sandbox.url,
        salesforce=sandbox.org_url,
        marketing_cloud=sandbox.marketing_cloud_url,
        account_engagement=sandbox.account_engagement_url,
        keys={
            "ens_signature_key": secrets.ens_signature_key,
            "intake_key_id": secrets.intake_key_id,
            "intake_secret": secrets.intake_secret,
            "outbound_message_secret": secrets.outbound_message_secret,
            "salesforce_username": secrets.salesforce_username,
            "salesforce_consumer_key": secrets.salesforce_consumer_key,
            "account_engagement_business_unit": secrets.account_engagement_business_unit,
            "account_engagement_access_token": secrets.account_engagement_access_token,
        },
        salesforce_access_token=sandbox.salesforce_access_token(),
        environment=dict(sandbox.environment),
    )


def put_up(notice: Notice, data: Path | None) -> Path:
    """Write the notice, for its owner alone to read; give the file to take down at the end."""
    path = _path(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{notice.pid}")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        json.dump(as_json(notice), file)
    part.replace(path)
    return path


def read(data: Path | None = None) -> Notice:
    """Read the notice of the running sandbox: the one that keeps its state in `data`, or in no folder.

    Raises:
        Misconfigured: none runs.
    """
    try:
        notice = Notice(**json.loads(_path(data).read_text()))
        os.kill(notice.pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        start = "smarketing sandbox" if data is None else f"smarketing sandbox --data {data}"
        raise Misconfigured(f"sandbox: none is running; start one with: {start}") from None
    return notice


def as_json(notice: Notice) -> dict[str, Any]:
    """Give the notice as plain values."""
    return {name: getattr(notice, name) for name in Notice.__slots__}


def _path(data: Path | None) -> Path:
    return (data or project_folder() / CACHE) / "sandbox.json"
