"""No role may do more than its function does, and no more with anything than with its own."""

from collections.abc import Iterator
from typing import Any

from tests.infra.cloudformation import Template, listed, referred


def statements(template: Template) -> Iterator[dict[str, Any]]:
    for name in template.functions:
        yield from template.statements(name)
    for policy in template.of_type("AWS::SQS::QueuePolicy").values():
        yield from policy["PolicyDocument"]["Statement"]


def test_no_statement_has_a_wildcard(template: Template) -> None:
    for statement in statements(template):
        assert "*" not in str(statement["Action"])
        assert "*" not in str(statement["Resource"])
        assert statement["Effect"] == "Allow"
        assert {"NotAction", "NotResource", "NotPrincipal"}.isdisjoint(statement)


def test_every_statement_is_about_a_resource_of_this_stack(template: Template) -> None:
    for statement in statements(template):
        if statement["Action"] == ["ses:SendEmail"]:
            continue  # The company's own sender, which SES verified before there was a stack.
        for resource in listed(statement["Resource"]):
            assert referred(resource) in template.body["Resources"]


def test_mail_goes_out_in_the_name_of_one_sender(template: Template) -> None:
    (sending,) = (each for each in statements(template) if "ses:SendEmail" in each["Action"])
    assert sending["Resource"]["Fn::Sub"].endswith(":identity/${MailIdentity}")


def test_no_role_is_anothers_and_none_has_a_policy_of_aws(template: Template) -> None:
    roles = [referred(function["Role"]) for function in template.functions.values()]

    assert len(set(roles)) == len(roles)
    assert set(roles) == set(template.of_type("AWS::IAM::Role"))
    assert not any("ManagedPolicyArns" in each for each in template.of_type("AWS::IAM::Role").values())


def test_a_function_writes_to_no_log_but_its_own(template: Template) -> None:
    for name, function in template.functions.items():
        groups = [referred(each["Resource"]) for each in template.statements(name) if "logs:" in str(each)]
        assert groups == [referred(function["LoggingConfig"]["LogGroup"])]


def test_a_function_takes_messages_from_its_own_queue_only(template: Template) -> None:
    for name in template.functions:
        taken = {
            referred(each["Resource"])
            for each in template.statements(name)
            if "sqs:ReceiveMessage" in each["Action"]
        }
        sources = template.of_type("AWS::Lambda::EventSourceMapping").values()
        emptied = {
            referred(source["EventSourceArn"])
            for source in sources
            if referred(source["FunctionName"]) == name
        }
        assert taken == emptied & set(template.queues)


def test_a_function_may_set_aside_what_it_fails_on(template: Template) -> None:
    mappings = [
        *template.of_type("AWS::Lambda::EventSourceMapping").values(),
        *template.of_type("AWS::Lambda::EventInvokeConfig").values(),
    ]
    for each in (each for each in mappings if "DestinationConfig" in each):
        queue = referred(each["DestinationConfig"]["OnFailure"]["Destination"])
        assert queue in sendable(template, referred(each["FunctionName"]))


def test_a_function_may_send_to_the_queues_that_it_is_told_of(template: Template) -> None:
    for name, function in template.functions.items():
        variables = function["Environment"]["Variables"].items()
        told = {referred(value) for variable, value in variables if variable.endswith("_QUEUE_URL")}
        assert told == {queue for queue in sendable(template, name) if not queue.endswith("DeadLetters")}


def test_the_event_rules_alone_may_write_to_the_events_dead_letters(template: Template) -> None:
    [policy] = template.of_type("AWS::SQS::QueuePolicy").values()
    [statement] = policy["PolicyDocument"]["Statement"]

    sources = {referred(each) for each in statement["Condition"]["ArnEquals"]["aws:SourceArn"]}
    assert sources == set(template.of_type("AWS::Events::Rule"))
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}


def sendable(template: Template, function: str) -> set[str]:
    return {
        referred(each["Resource"])
        for each in template.statements(function)
        if "sqs:SendMessage" in each["Action"]
    }
