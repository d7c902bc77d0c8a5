"""Comparisons and functions of expressions, on the values of an item."""

from typing import Any

from smarketing.sandbox.dynamodb.errors import invalid
from smarketing.sandbox.dynamodb.values import Value, equal, order


def compare(operator: str, left: Value | None, right: Value | None) -> bool:
    """Compare two values of a type that has an order; of others only equality holds."""
    if operator == "=":
        return equal(left, right)
    if operator == "<>":
        return not equal(left, right)
    if left is None or right is None or left.keys() != right.keys() or not left.keys() <= {"S", "N", "B"}:
        return False
    one: Any = order(left)
    other: Any = order(right)
    results = {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}
    return bool(results[operator])


def between(value: Value | None, low: Value | None, high: Value | None) -> bool:
    """Tell whether a value lies between two others."""
    if compare(">", low, high):
        raise invalid(
            "Invalid ConditionExpression: The BETWEEN operator requires upper bound to be greater than "
            "or equal to lower bound"
        )
    return compare(">=", value, low) and compare("<=", value, high)


def begins_with(value: Value | None, beginning: Value | None) -> bool:
    """Tell whether a text begins with another."""
    if value is None or beginning is None or "S" not in value or "S" not in beginning:
        return False
    return str(value["S"]).startswith(beginning["S"])


def contains(value: Value | None, part: Value | None) -> bool:
    """Tell whether a text, list or set contains something."""
    if value is None or part is None:
        return False
    ((kind, content),) = value.items()
    if kind == "S":
        return "S" in part and part["S"] in content
    if kind == "L":
        return any(equal(each, part) for each in content)
    return kind in ("SS", "NS", "BS") and any(equal({kind[0]: each}, part) for each in content)


def size(value: Value | None) -> Value | None:
    """Measure a text by its bytes, anything else by its members."""
    if value is None:
        return None
    ((kind, content),) = value.items()
    return {"N": str(len(content.encode()) if kind == "S" else len(content))}
