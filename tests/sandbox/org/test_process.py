"""The org as a process of the sandbox."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.processes import Child, python
from tests.sandbox.org.running_org import CONSUMER_KEY, INTEGRATION, METADATA, VERSION, key_pair


@contextmanager
def org_process(run: Path, metadata: Path | None) -> Iterator[str]:
    """Run the org and give its address."""
    clock = SandboxClock.start(run / "clock")
    configuration = run / "org.json"
    plain = {"consumer_key": CONSUMER_KEY, "public_key": key_pair().public, "username": INTEGRATION}
    configuration.write_text(json.dumps({**plain, "metadata": metadata and str(metadata)}))
    options = ("--run", str(run), "--configuration", str(configuration))
    child = Child("org", python("smarketing.sandbox.org", *options), run, {})
    try:
        yield f"http://127.0.0.1:{child.wait_ready()['port']}"
    finally:
        child.stop()
        clock.close()


@pytest.mark.parametrize(("metadata", "status"), [(METADATA, 200), (None, 404)], ids=["ours", "empty"])
def test_an_org_starts_with_our_metadata_or_without(
    tmp_path: Path, metadata: Path | None, status: int
) -> None:
    with org_process(tmp_path, metadata) as url:
        session = requests.post(f"{url}/sandbox/token", timeout=10).json()["access_token"]
        page = f"{url}/services/data/v{VERSION}/sobjects/Interest__c/describe"
        answer = requests.get(page, headers={"Authorization": f"Bearer {session}"}, timeout=10)
        assert answer.status_code == status
