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


def invalid(message: str) -> DynamoDBError:
    """The request breaks a rule of the platform."""
    return DynamoDBError("ValidationException", message)


def not_supported(what: str) -> DynamoDBError:
    """The platform has it, the sandbox does not."""
    return DynamoDBError("ValidationException", f"{what} is not supported by the sandbox")
