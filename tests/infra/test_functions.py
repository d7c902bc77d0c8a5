"""app.py, .chalice/ and infra/ speak of the same functions, and each has what it needs."""

import json
from pathlib import Path
from typing import Any

import pytest
from chalice.utils import to_cfn_resource_name

import app
from tests.infra.cloudformation import Template, listed, referred
from tests.infra.conftest import PROJECT
from tests.infra.environment import variables_of

HANDLERS = sorted(["api_handler", *(source.name for source in app.app.event_sources)])


def logical_id(handler: str) -> str:
    return "APIHandler" if handler == "api_handler" else to_cfn_resource_name(handler)


def config(stage: str) -> dict[str, Any]:
    whole = json.loads((PROJECT / ".chalice" / "config.json").read_text())
    return whole["stages"][stage]["lambda_functions"]


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_every_handler_has_its_size_time_concurrency_and_policy(stage: str) -> None:
    settings = config(stage)

    assert sorted(settings) == HANDLERS
    for handler, setting in settings.items():
        assert setting["iam_policy_file"] == f"policy-{handler}.json"
        assert setting["lambda_memory_size"] >= 256
        assert 15 <= setting["lambda_timeout"] <= 900
        assert setting["reserved_concurrency"] >= 1


def test_the_api_answers_before_api_gateway_gives_up() -> None:
    gateway_seconds = 29

    assert config("prod")["api_handler"]["lambda_timeout"] < gateway_seconds


def test_every_policy_file_belongs_to_a_handler() -> None:
    files = {file.name for file in Path(PROJECT, ".chalice").glob("policy-*.json")}

    assert files == {f"policy-{handler}.json" for handler in HANDLERS}


def test_the_template_has_exactly_the_handlers_functions(template: Template) -> None:
    assert set(template.functions) == {logical_id(handler) for handler in HANDLERS}


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_function_has_exactly_the_variables_that_it_reads(template: Template, handler: str) -> None:
    given = set(template.functions[logical_id(handler)]["Environment"]["Variables"])

    assert given - {"SMARKETING_STAGE"} == variables_of(handler)


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_function_may_read_exactly_the_secrets_that_it_is_told_of(template: Template, handler: str) -> None:
    function = logical_id(handler)
    variables = template.functions[function]["Environment"]["Variables"]
    told = {referred(value) for name, value in variables.items() if name.endswith("_SECRET_ID")}

    allowed = {
        referred(resource)
        for statement in template.statements(function)
        if "secretsmanager:GetSecretValue" in statement["Action"]
        for resource in listed(statement["Resource"])
    }

    assert allowed == told
