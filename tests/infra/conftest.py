import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from samtranslator.translator.transform import transform

from smarketing.package.build import package_app
from tests.infra.cloudformation import Template

PROJECT = Path(__file__).parents[2]

Packaged = Callable[[str], dict[str, Any]]


class NoManagedPolicies:
    """Roles have policies of their own only, so that SAM need not look AWS's up."""

    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Packaged:
    """The template as `make package` writes it, by stage; each stage is packaged once."""

    @cache
    def package(stage: str) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp(stage)
        return json.loads(package_app(PROJECT, stage, folder / "app", folder / "contents").read_text())

    return package


@pytest.fixture(scope="session")
def template(packaged: Packaged) -> Template:
    """What CloudFormation makes of the stage prod."""
    return transformed(packaged("prod"))


def transformed(sam: dict[str, Any]) -> Template:
    """Do what SAM does to a template when CloudFormation gets it."""
    sam = copy.deepcopy(sam)
    for resource in sam["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # What `aws cloudformation package` puts there when it uploads the zip.
            resource["Properties"]["CodeUri"] = "s3://bucket/deployment.zip"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        return Template(transform(sam, {}, NoManagedPolicies()))
