"""How the org refuses: the platform's codes and messages (REST API Developer Guide, Error Responses)."""

from collections.abc import Sequence
from typing import Any


class Refusal(Exception):  # noqa: N818 - an answer of the platform, not a fault of ours
    """A request, or one of its records, is refused with a code of the platform's."""

    def __init__(
        self, code: str, message: str, status: int = 400, fields: Sequence[str] = (), **more: Any
    ) -> None:
        """Take the code, the message, the HTTP status and the fields at fault."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.fields = list(fields)
        self.more = more

    def in_rest(self) -> dict[str, Any]:
        """Write it as a REST resource answers it."""
        plain: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        return plain | ({"fields": self.fields} if self.fields else {}) | self.more

    def in_collection(self) -> dict[str, Any]:
        """Write it as one record's error within a collection."""
        return {"statusCode": self.code, "message": self.message, "fields": self.fields} | self.more


def no_such_column(name: str, sobject: str) -> Refusal:
    """Say that an object has no such field."""
    message = f"No such column '{name}' on sobject of type {sobject}"
    return Refusal("INVALID_FIELD", message, fields=[name])


def read_only_fields(names: Sequence[str]) -> Refusal:
    """Say that fields can't be written, by nobody or by this user."""
    advice = (
        "Please check the security settings of this field and verify that it is read/write for your profile"
    )
    message = f"Unable to create/update fields: {', '.join(names)}. {advice} or permission set."
    return Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, fields=names)


def not_found(message: str = "The requested resource does not exist") -> Refusal:
    """Say that there is no such resource."""
    return Refusal("NOT_FOUND", message, 404)
