"""What the operations check of a request: its parameters, its expressions, its condition."""

from collections.abc import Iterable, Mapping
from typing import Any

from smarketing.sandbox.dynamodb.errors import invalid, not_supported
from smarketing.sandbox.dynamodb.expressions import holds, placeholders
from smarketing.sandbox.dynamodb.table import Ordered, Table
from smarketing.sandbox.dynamodb.values import Item, kept

Parameters = Mapping[str, Any]

FAILED = "The conditional request failed"
_REPORTS = frozenset({"ReturnConsumedCapacity", "ReturnItemCollectionMetrics"})


def only_operation(item: Parameters) -> tuple[str, Parameters]:
    """Read an item of a transaction: what to do, and with what."""
    if len(item) != 1:
        raise invalid(
            "TransactItems can only contain one of Check, Put, Update or Delete"
            if item
            else "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"
        )
    ((name, part),) = item.items()
    return name, part


def reason(part: Parameters, before: Item | None, unfit: str | None = None) -> dict[str, Any]:
    """Evaluate a condition; give the reason in the form of a cancelled transaction's."""
    names, values = substitutes(part, ("ConditionExpression",))
    expression = part.get("ConditionExpression")
    passed = expression is None or holds(expression, before, names, values)
    if unfit is not None:
        return {"Code": "ValidationError", "Message": unfit}
    if passed:
        return {"Code": "None"}
    reason: dict[str, Any] = {"Code": "ConditionalCheckFailed", "Message": FAILED}
    if part.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and before is not None:
        reason["Item"] = before
    return reason


def substitutes(part: Parameters, expressions: Iterable[str]) -> tuple[dict[str, str], dict[str, Any]]:
    """Give what placeholders stand for, having seen that each is used."""
    names, values = part.get("ExpressionAttributeNames", {}), part.get("ExpressionAttributeValues", {})
    if names or values:
        used = {token for each in expressions if each in part for token in placeholders(part[each])}
        for kind, given in (("Names", names), ("Values", values)):
            if unused := sorted(given.keys() - used):
                raise invalid(
                    f"Value provided in ExpressionAttribute{kind} unused in expressions: "
                    f"keys: {{{', '.join(unused)}}}"
                )
    return dict(names), kept(values)


def index(table: Table, request: Parameters) -> Ordered:
    """Give the index that a request names, or the table itself."""
    name = request.get("IndexName")
    if name is None:
        return table.primary
    if name not in table.indexes:
        raise invalid(f"The table does not have the specified index: {name}")
    if request.get("ConsistentRead"):
        raise invalid("Consistent reads are not supported on global secondary indexes")
    return table.indexes[name]


def check_known(request: Parameters, known: set[str]) -> None:
    """Refuse a parameter that would be passed over."""
    for name in request.keys() - known - _REPORTS:
        raise not_supported(name)
    for name in request.keys() & _REPORTS:
        if request[name] != "NONE":
            raise not_supported(name)
