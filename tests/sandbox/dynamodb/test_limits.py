"""What DynamoDB Local leaves out or does otherwise, and what the sandbox refuses."""

import uuid
from typing import Any

import pytest

from chalicelib.gateways.store.table import create_table_request
from smarketing.sandbox.dynamodb.errors import DynamoDBError
from smarketing.sandbox.dynamodb.operations import Database

TABLE = "table"


@pytest.fixture
def database() -> Database:
    made = Database()
    made.create_table(create_table_request(TABLE))
    return made


def item(sk: str, **more: Any) -> dict[str, Any]:
    return {"pk": {"S": "a"}, "sk": {"S": sk}, **more}


def put(sk: str, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": item(sk, **more)}}


def transact(database: Database, *operations: dict[str, Any], token: str | None = None) -> None:
    parameters = {"TransactItems": list(operations), "ClientRequestToken": token or uuid.uuid4().hex}
    database.transact_write_items(parameters)


def refusal(call: Any) -> tuple[str, str]:
    with pytest.raises(DynamoDBError) as caught:
        call()
    return caught.value.code, str(caught.value)


def test_a_transaction_repeated_under_its_token_is_done_once(database: Database) -> None:
    fresh = {"ConditionExpression": "attribute_not_exists(pk)"}
    operation = {"Put": {"TableName": TABLE, "Item": item("x"), **fresh}}

    transact(database, operation, token="t")
    transact(database, operation, token="t")

    assert len(database.tables[TABLE].items) == 1


def test_a_transaction_under_another_one_s_token_is_refused(database: Database) -> None:
    transact(database, put("x"), token="t")

    assert (
        refusal(lambda: transact(database, put("y"), token="t"))[0] == "IdempotentParameterMismatchException"
    )


def test_a_failed_transaction_may_be_tried_again_under_its_token(database: Database) -> None:
    exists = {"ConditionExpression": "attribute_exists(pk)"}
    operation = {"Put": {"TableName": TABLE, "Item": item("x", n={"N": "2"}), **exists}}
    assert refusal(lambda: transact(database, operation, token="t"))[0] == "TransactionCanceledException"
    transact(database, put("x"))

    transact(database, operation, token="t")

    assert database.get_item({"TableName": TABLE, "Key": item("x")})["Item"]["n"] == {"N": "2"}


def test_two_operations_on_one_item_are_refused(database: Database) -> None:
    code, message = refusal(lambda: transact(database, put("x"), put("x")))

    assert (code, message) == (
        "ValidationException",
        "Transaction request cannot include multiple operations on one item",
    )


def test_more_than_a_hundred_operations_are_refused(database: Database) -> None:
    operations = [put(str(number)) for number in range(101)]

    assert refusal(lambda: transact(database, *operations))[0] == "ValidationException"
    assert database.tables[TABLE].items == {}


def test_an_item_above_400_kilobytes_is_refused(database: Database) -> None:
    large = item("x", body={"S": "x" * 410_000})

    code, message = refusal(lambda: database.put_item({"TableName": TABLE, "Item": large}))

    assert (code, message) == ("ValidationException", "Item size has exceeded the maximum allowed size")


def test_pages_end_at_a_megabyte(database: Database) -> None:
    for number in range(5):
        row = item(str(number), body={"S": "x" * 300_000})
        database.put_item({"TableName": TABLE, "Item": row})
    query = {
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "a"}},
    }

    first = database.query(query)
    second = database.query(query | {"ExclusiveStartKey": first["LastEvaluatedKey"]})

    assert [len(page["Items"]) for page in (first, second)] == [4, 1]
    assert "LastEvaluatedKey" not in second


def test_a_scan_goes_on_behind_its_last_key_though_partitions_come_and_go(database: Database) -> None:
    for name in "bdfh":
        database.put_item({"TableName": TABLE, "Item": item("x", pk={"S": name})})
    first = database.scan({"TableName": TABLE, "Limit": 2})
    for name in "ae":
        database.put_item({"TableName": TABLE, "Item": item("x", pk={"S": name})})
    database.delete_item({"TableName": TABLE, "Key": item("x", pk={"S": "f"})})

    second = database.scan({"TableName": TABLE, "ExclusiveStartKey": first["LastEvaluatedKey"]})

    read = [[each["pk"]["S"] for each in page["Items"]] for page in (first, second)]
    assert read == [["b", "d"], ["e", "h"]]


@pytest.mark.parametrize(
    "more", [{"Expected": {}}, {"ReturnConsumedCapacity": "TOTAL"}, {"ConditionalOperator": "AND"}]
)
def test_a_parameter_that_would_be_passed_over_is_refused(database: Database, more: dict[str, Any]) -> None:
    request = {"TableName": TABLE, "Item": item("x"), **more}

    code, message = refusal(lambda: database.put_item(request))

    assert code == "ValidationException"
    assert "not supported by the sandbox" in message
    assert database.tables[TABLE].items == {}


@pytest.mark.parametrize("name", ["UpdateItem", "ExecuteStatement"])
def test_an_operation_that_it_does_not_have_is_unknown(database: Database, name: str) -> None:
    assert refusal(lambda: database.operation(name))[0] == "UnknownOperationException"


@pytest.mark.parametrize(
    ("written", "kept"),
    [("1.50", "1.5"), ("1e2", "100"), ("-0.0", "0"), ("0.10", "0.1"), ("1e-7", "0.0000001"), ("12", "12")],
)
def test_numbers_are_kept_in_one_form_at_every_depth(database: Database, written: str, kept: str) -> None:
    number = {"N": written}
    database.put_item({"TableName": TABLE, "Item": item("x", n=number, m={"M": {"l": {"L": [number]}}})})

    found = database.get_item({"TableName": TABLE, "Key": item("x")})["Item"]

    assert found["n"] == {"N": kept}
    assert found["m"] == {"M": {"l": {"L": [{"N": kept}]}}}


def test_a_number_of_more_than_38_digits_is_refused(database: Database) -> None:
    row = item("x", n={"N": "1" * 39})

    assert refusal(lambda: database.put_item({"TableName": TABLE, "Item": row}))[0] == "ValidationException"
