"""DynamoDB's errors, by the names that clients know them by.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from typing import Any


class DynamoDBError(Exception):
    """An answer with status 400: `code` is its `__type`, `more` is what stands beside the message."""

    def __init__(self, code: str, message: str, **more: Any) -> None:
        """Say what is wrong in the platform's words."""
        super().__init__(message)
        self.code = code
        self.more = more


class UnfitItem(DynamoDBError):  # noqa: N818 - said of the item
    """An item that the table can't keep: alone a ValidationException, in a transaction one of its reasons."""

    def __init__(self, message: str) -> None:
        """Say what is wrong with the item."""
        super().__init__("ValidationException", message)


def invalid(message: str) -> DynamoDBError:
    """The request breaks a rule of the platform."""
    return DynamoDBError("ValidationException", message)


def not_supported(what: str) -> DynamoDBError:
    """The platform has it, the sandbox does not."""
    return DynamoDBError("ValidationException", f"{what} is not supported by the sandbox")
