"""The packaged template keeps what the architecture promises."""

import json

import pytest
from cfnlint.api import ManualArgs, lint

from chalicelib.gateways.store.table import create_table_request
from tests.infra.cloudformation import Template, referred
from tests.infra.conftest import Packaged, transformed

FOURTEEN_DAYS = 14 * 24 * 60 * 60
REGIONS = ["eu-central-1", "eu-west-1", "us-east-1"]


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_cfn_lint_finds_nothing_by_any_settled_rule(packaged: Packaged, stage: str) -> None:
    config = ManualArgs(include_checks=["I"], regions=REGIONS)

    findings = lint(json.dumps(transformed(packaged(stage)).body), config=config)

    assert [str(each) for each in findings] == []


def test_cfn_lint_finds_nothing_before_the_transformation(packaged: Packaged) -> None:
    config = ManualArgs(include_checks=["I"], regions=REGIONS)

    assert [str(each) for each in lint(json.dumps(packaged("prod")), config=config)] == []


def test_both_queues_have_a_function_that_empties_them(template: Template) -> None:
    assert {referred(source["EventSourceArn"]) for source, _, _ in template.queue_sources} == {
        "EngagementQueue",
        "DeliveryQueue",
    }


def test_a_message_stays_hidden_for_six_times_as_long_as_its_function_may_run(template: Template) -> None:
    for _, queue, function in template.queue_sources:
        assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_messages_that_keep_failing_are_set_aside_for_two_weeks(template: Template) -> None:
    for _, queue, _ in template.queue_sources:
        redrive = queue["RedrivePolicy"]
        assert redrive["maxReceiveCount"] >= 5
        dead_letters = template.queues[referred(redrive["deadLetterTargetArn"])]
        assert dead_letters["MessageRetentionPeriod"] == FOURTEEN_DAYS


def test_every_queue_is_encrypted_and_kept_when_the_stack_goes(template: Template) -> None:
    for name, queue in template.queues.items():
        assert queue["SqsManagedSseEnabled"] is True
        assert template.body["Resources"][name]["DeletionPolicy"] == "Retain"


def test_a_function_says_which_messages_of_a_batch_failed(template: Template) -> None:
    for source, _, _ in template.queue_sources:
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_batch_larger_than_ten_waits_for_its_messages_as_sqs_asks(template: Template) -> None:
    for source, _, _ in template.queue_sources:
        window = source["MaximumBatchingWindowInSeconds"]
        assert 1 <= source["BatchSize"] <= (10_000 if window >= 1 else 10)


def test_no_more_batches_run_at_a_time_than_the_function_has_concurrency(template: Template) -> None:
    for source, _, function in template.queue_sources:
        assert source["ScalingConfig"]["MaximumConcurrency"] <= function["ReservedConcurrentExecutions"]


def test_the_table_is_the_one_that_the_store_expects(template: Template) -> None:
    expected = create_table_request("any")
    table = template.properties("Table")

    for name in ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"):
        assert table[name] == expected[name]
    view = expected["StreamSpecification"]["StreamViewType"]
    assert table["StreamSpecification"] == {"StreamViewType": view}


def test_the_table_can_be_restored_to_any_second_and_is_encrypted(template: Template) -> None:
    table = template.properties("Table")

    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert template.body["Resources"]["Table"]["DeletionPolicy"] == "Retain"


@pytest.mark.parametrize(("stage", "is_kept"), [("dev", "false"), ("prod", "true")])
def test_only_prods_table_is_protected_from_deletion(packaged: Packaged, stage: str, is_kept: str) -> None:
    assert packaged(stage)["Mappings"]["Stage"]["Settings"]["KeepTable"] == is_kept


def test_the_stream_passes_on_nothing_but_new_and_changed_commands(template: Template) -> None:
    source = template.properties("RelayOutboxRelayOutboxDynamodbEventSource")

    assert source["EventSourceArn"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert [json.loads(each["Pattern"]) for each in source["FilterCriteria"]["Filters"]] == [
        {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "OUTBOX#"}]}}}}
    ]


def test_one_bad_record_of_the_stream_is_parted_from_the_rest_and_set_aside(template: Template) -> None:
    source = template.properties("RelayOutboxRelayOutboxDynamodbEventSource")

    assert source["BisectBatchOnFunctionError"] is True
    assert source["MaximumRecordAgeInSeconds"] < 24 * 60 * 60
    assert referred(source["DestinationConfig"]["OnFailure"]["Destination"]) == "RelayDeadLetters"


def test_events_that_reach_no_function_are_retried_and_then_set_aside(template: Template) -> None:
    rules = template.of_type("AWS::Events::Rule")

    assert len(rules) == 6
    for rule in rules.values():
        for target in rule["Targets"]:
            assert target["RetryPolicy"]["MaximumRetryAttempts"] >= 1
            assert referred(target["DeadLetterConfig"]["Arn"]) == "EventDeadLetters"


def test_events_that_a_function_fails_on_are_set_aside(template: Template) -> None:
    failures = {
        referred(each["FunctionName"]): referred(each["DestinationConfig"]["OnFailure"]["Destination"])
        for each in template.of_type("AWS::Lambda::EventInvokeConfig").values()
    }

    assert failures == dict.fromkeys(
        [
            *("TakeChangeEvents", "ReviewDue", "CheckLock", "SyncRecords"),
            *("PollAccountEngagement", "PollSalesforceActivities"),
        ],
        "EventDeadLetters",
    )


def test_change_events_come_from_salesforces_bus(template: Template) -> None:
    rule = template.properties("TakeChangeEventsTakeChangeEventsEvent")

    assert referred(rule["EventBusName"]) == "SalesforceBus"
    assert {"prefix": "aws.partner/salesforce.com/"} in rule["EventPattern"]["source"]


def test_every_function_logs_to_a_group_of_its_own_that_forgets(template: Template) -> None:
    groups = [referred(each["LoggingConfig"]["LogGroup"]) for each in template.functions.values()]

    assert len(set(groups)) == len(template.functions)
    for group in groups:
        assert template.properties(group)["RetentionInDays"] == {
            "Fn::FindInMap": ["Stage", "Settings", "LogDays"]
        }


def test_no_log_of_the_api_holds_a_query_string_or_a_body(template: Template) -> None:
    [stage] = template.of_type("AWS::ApiGateway::Stage").values()

    access = json.loads(stage["AccessLogSetting"]["Format"])
    assert set(access.values()) == {
        "$context.requestId",
        "$context.requestTime",
        "$context.identity.sourceIp",
        "$context.httpMethod",
        "$context.resourcePath",
        "$context.status",
        "$context.responseLatency",
        "$context.responseLength",
        "$context.error.responseType",
    }
    for method in stage["MethodSettings"]:
        assert (method["LoggingLevel"], method["DataTraceEnabled"]) == ("OFF", False)


def test_the_api_takes_only_so_many_requests_a_second(template: Template) -> None:
    [stage] = template.of_type("AWS::ApiGateway::Stage").values()

    assert all("ThrottlingRateLimit" in method for method in stage["MethodSettings"])


def test_no_template_knows_a_secrets_value(template: Template) -> None:
    secrets = template.of_type("AWS::SecretsManager::Secret")

    assert len(secrets) == 6
    assert not any({"SecretString", "GenerateSecretString"} & set(each) for each in secrets.values())


def test_every_dead_letter_queue_has_an_alarm_that_tells_somebody(template: Template) -> None:
    alarms = template.of_type("AWS::CloudWatch::Alarm").values()

    watched = {
        referred(dimension["Value"])
        for each in alarms
        if each["MetricName"] == "ApproximateNumberOfMessagesVisible"
        for dimension in each["Dimensions"]
    }
    assert watched == {name for name in template.queues if name.endswith("DeadLetters")}
    assert all(referred(action) == "AlarmTopic" for each in alarms for action in each["AlarmActions"])
