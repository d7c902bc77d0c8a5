"""What the sandbox repeats of the infrastructure is the same there."""

import json
from typing import Any

import pytest
import yaml

from smarketing.sandbox.aws import QUEUES_MADE
from smarketing.sandbox.stream_source import passes_filter
from smarketing.sandbox.surroundings import project_folder


def infra(name: str) -> dict[str, Any]:
    resources: dict[str, Any] = yaml.safe_load((project_folder() / "infra" / name).read_text())["Resources"]
    return resources


def test_messages_are_received_as_often_before_they_are_set_aside() -> None:
    queues = infra("queues.yaml")

    told = {
        name: queues[resource]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
        for name, resource in {"engagements": "EngagementQueue", "delivery": "DeliveryQueue"}.items()
    }

    assert told == QUEUES_MADE


@pytest.mark.parametrize("event", ["INSERT", "MODIFY", "REMOVE"])
@pytest.mark.parametrize("sort_key", ["OUTBOX#person#1", "STATE", "PARKED#person#1"])
def test_the_stream_is_filtered_alike(event: str, sort_key: str) -> None:
    source = infra("functions.yaml")["RelayOutbox"]["Properties"]["Events"]["RelayOutboxDynamodbEventSource"]
    (pattern,) = source["Properties"]["FilterCriteria"]["Filters"]
    wanted = json.loads(pattern["Pattern"])
    prefix = wanted["dynamodb"]["Keys"]["sk"]["S"][0]["prefix"]
    record = {"eventName": event, "dynamodb": {"Keys": {"pk": {"S": "PERSON#1"}, "sk": {"S": sort_key}}}}

    expected = event in wanted["eventName"] and sort_key.startswith(prefix)

    assert passes_filter(record) is expected
