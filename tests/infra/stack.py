"""The packaged stack in moto: its functions run with their own variables only, and every call is noted."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from chalicelib import bootstrap
from chalicelib.gateways.store.table import create_table_request
from tests.infra.cloudformation import Template, listed, referred

Permission = tuple[str, str]
"""An action and what it is done to: a logical id, or `Table/index/due`."""

_WRITES = {
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "Update": "UpdateItem",
    "ConditionCheck": "ConditionCheckItem",
}

PARAMETERS = {
    "SalesforceOrganizationId": "00D5g00000AbCdEEAV",
    "EnsKeyEncoding": "utf8",
    "MaxBodyBytes": "4194304",
    "SalesforceShareForPeople": "0.2",
    "PublicUrl": "https://api.example.com",
    "MailSender": "Musterwerk <news@example.com>",
    "MailIdentity": "example.com",
}


@dataclass(frozen=True)
class Stack:
    """Names by logical id, as CloudFormation's Ref gives them."""

    template: Template
    names: dict[str, str]
    monkeypatch: pytest.MonkeyPatch

    def run(self, function: str, handler: Callable[[], Any]) -> set[Permission]:
        """Run a handler as the function; give what it needed to be allowed, also what it may not do."""
        needed: set[Permission] = set()
        ids = {name: logical_id for logical_id, name in self.names.items()}
        original = BaseClient._make_api_call

        def noted(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
            needed.update((action, ids[name]) for action, name in asked(client, operation, arguments))
            return original(client, operation, arguments)

        with self.monkeypatch.context() as patch:
            for variable, value in self.template.functions[function]["Environment"]["Variables"].items():
                patch.setenv(variable, self.names[referred(value)] if isinstance(value, dict) else value)
            patch.setattr(BaseClient, "_make_api_call", noted)
            bootstrap.forget()
            handler()
        bootstrap.forget()
        return needed

    def allowed(self, function: str) -> set[Permission]:
        """Give what the function's role allows."""
        return {
            (action, _named(resource))
            for statement in self.template.statements(function)
            for action in statement["Action"]
            for resource in listed(statement["Resource"])
        }


_SECRETS = {
    "CallbackSecret": {"intake_keys": {"website": "first secret"}},
    "PrivacySecret": {"link_keys": ["key"], "erasure_key": "key"},
}


def make_stack(template: Template, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Make the template's table, queues and secrets."""
    sqs, secrets = boto3.client("sqs"), boto3.client("secretsmanager")
    queues = {each: sqs.create_queue(QueueName=each)["QueueUrl"] for each in template.queues}
    kept = {each: each for each in template.of_type("AWS::SecretsManager::Secret")}
    for name in kept:
        secrets.create_secret(Name=name, SecretString=json.dumps(_SECRETS.get(name, {})))
    boto3.client("dynamodb").create_table(**create_table_request("Table"))
    index = {"Table/index/due": "Table/index/due"}
    return Stack(template, {"Table": "Table", **index, **queues, **kept, **PARAMETERS}, monkeypatch)


def asked(client: Any, operation: str, arguments: dict[str, Any]) -> set[Permission]:
    """Give the permissions that AWS asks an operation for (Service Authorization Reference)."""
    service = client.meta.service_model.service_name
    match service, operation:
        case "dynamodb", "TransactWriteItems":
            parts = [part for each in arguments["TransactItems"] for part in each.items()]
            return {(f"dynamodb:{_WRITES[kind]}", part["TableName"]) for kind, part in parts}
        case "dynamodb", "BatchGetItem":
            return {("dynamodb:BatchGetItem", table) for table in arguments["RequestItems"]}
        case "dynamodb", _ if "IndexName" in arguments:
            return {(f"dynamodb:{operation}", f"{arguments['TableName']}/index/{arguments['IndexName']}")}
        case "dynamodb", _:
            return {(f"dynamodb:{operation}", arguments["TableName"])}
        case "sqs", "SendMessageBatch":
            return {("sqs:SendMessage", arguments["QueueUrl"])}
        case "sesv2", _:
            return {(f"ses:{operation}", PARAMETERS["MailIdentity"])}
        case "secretsmanager", _:
            return {(f"secretsmanager:{operation}", arguments["SecretId"])}
    return {(f"{service}:{operation}", "unknown")}


def _named(resource: Any) -> str:
    text = resource.get("Fn::Sub", "")
    if "${MailIdentity}" in text:
        return "MailIdentity"
    return text.replace("${Table.Arn}", "Table") if "/" in text else referred(resource)
