"""What the org does for a flow."""

from collections.abc import Mapping
from typing import Any, Protocol

from smarketing.sandbox.org.database import Record
from smarketing.sandbox.org.schema import SObject


class Platform(Protocol):
    """What a flow can do besides looking at its record; nobody's field-level security binds it."""

    def sobject(self, name: str) -> SObject:
        """Find an object."""

    def find(self, sobject: SObject, name: str, value: Any) -> list[Record]:
        """Read an object's records whose field has a value."""

    def create(self, sobject: SObject, values: Mapping[str, Any], user: str) -> str:
        """Create a record."""

    def update(self, sobject: SObject, record_id: str, values: Mapping[str, Any], user: str) -> None:
        """Change a record."""

    def send(self, message: str, record_id: str, user: str) -> None:
        """Send an outbound message."""
