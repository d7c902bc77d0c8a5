"""Marketing Cloud Engagement as one gateway; what each call means stands in a module of its own."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.errors import Rejected
from chalicelib.gateways.marketing_cloud import callbacks, contacts, journeys, messages, row_deletion
from chalicelib.gateways.marketing_cloud.access import Access, Credentials
from chalicelib.gateways.marketing_cloud.budget import Budget
from chalicelib.gateways.marketing_cloud.callbacks import Callback
from chalicelib.gateways.marketing_cloud.data_extensions import (
    DataExtensions,
    ExtensionRow,
    ItemResult,
    UpsertState,
)
from chalicelib.gateways.marketing_cloud.journeys import Stay

__all__ = ["Credentials", "MarketingCloud"]


class MarketingCloud:
    """Calls the API as the installed package; nothing is called before it is used.

    Every method may raise Retryable (the service does not answer or asks to wait, or our share of the
    minute's calls is used up) and Misconfigured (a missing permission); what is Rejected stands with each.
    """

    def __init__(
        self,
        secret: Callable[[], Mapping[str, Any]],
        seconds: Callable[[], float] = time.monotonic,
        share_for_people: float = 0.2,
    ) -> None:
        """Make a client.

        Args:
            secret: gives the Marketing Cloud secret's value, so that a rotated one is used at once.
            seconds: counts real time, by which the token ages.
            share_for_people: of a minute's calls, left to people and other integrations; 0.2 is a fifth.
        """
        self._access = Access(secret, Budget(share_for_people, seconds), seconds)
        self._rows = DataExtensions(self._access)

    def upsert_rows(self, data_extension: str, rows: Sequence[ExtensionRow]) -> None:
        """Insert or update at most 50 rows now, all or none; Rejected if one can't be saved."""
        self._rows.upsert_rows(data_extension, rows)

    def upsert_row(self, data_extension: str, row: ExtensionRow) -> None:
        """Insert or update one row by its primary key; Rejected if it can't be saved."""
        self._rows.upsert_row(data_extension, row)

    def begin_upsert(self, data_extension: str, rows: Sequence[ExtensionRow]) -> str:
        """Hand over at most 32,000 rows; give the request's id; Rejected without such a data extension."""
        return self._rows.begin_upsert(data_extension, rows)

    def upsert_state(self, request: str) -> UpsertState:
        """Ask how far a request is; Rejected if there is none."""
        return self._rows.upsert_state(request)

    def upsert_results(self, request: str, rows: int) -> list[ItemResult]:
        """Read what became of each of a request's so many rows; Rejected if there is none."""
        return self._rows.upsert_results(request, rows)

    def rows(self, data_extension: str) -> Iterator[Mapping[str, Any]]:
        """Read all rows, by their columns' names in lower case; Rejected without such a data extension."""
        return self._rows.rows(data_extension)

    def delete_rows(self, data_extension: str, keys: Sequence[Mapping[str, str]]) -> dict[int, str]:
        """Delete rows by their primary keys; give why some were not, by position."""
        return row_deletion.delete_rows(self._access, data_extension, keys)

    def delete_contacts(self, contact_keys: Sequence[str]) -> list[str]:
        """Have contacts deleted altogether; Rejected where contact deletion is switched off."""
        return contacts.delete_contacts(self._access, contact_keys)

    def fire_event(self, definition_key: str, contact_key: str, data: Mapping[str, Any] | None = None) -> str:
        """Let a contact into the journeys that wait for an event; Rejected if there is no such event."""
        return journeys.fire_event(self._access, definition_key, contact_key, data)

    def stays(self, contact_keys: Sequence[str]) -> list[Stay]:
        """Find the journeys that hold contacts at the moment."""
        return journeys.stays(self._access, contact_keys)

    def exit_journeys(self, asked: Sequence[Stay]) -> dict[str, str]:
        """Take contacts out of journeys; give why some may still be in one, by contact key."""
        return journeys.exit_journeys(self._access, asked)

    def exit_contact(self, contact_key: str, definition_keys: Sequence[str]) -> None:
        """Take one contact out of journeys; Rejected if the answer, though a 202, holds an error."""
        asked = [(contact_key, definition) for definition in definition_keys]
        for why in self.exit_journeys(asked).values():
            raise Rejected(f"Marketing Cloud contactexit: {why}")

    def callbacks(self) -> list[Callback]:
        """List the registered callbacks, without their keys."""
        return callbacks.callbacks(self._access)

    def register_callback(self, name: str, url: str) -> Callback:
        """Register a URL, which must answer at once; Rejected if it may not be a callback."""
        return callbacks.register_callback(self._access, name, url)

    def verify_callback(self, callback_id: str, verification_key: str) -> None:
        """Confirm that a callback is ours; Rejected if there is no such callback or key."""
        callbacks.verify_callback(self._access, callback_id, verification_key)

    def subscribe(self, callback_id: str, name: str, kinds: Sequence[str]) -> None:
        """Have events of these types sent to a verified callback; Rejected if it isn't verified."""
        callbacks.subscribe(self._access, callback_id, name, kinds)

    def subscriptions(self, callback_id: str) -> set[str]:
        """Give the types of events that a callback is sent."""
        return callbacks.subscriptions(self._access, callback_id)

    def send_transactional(
        self,
        definition_key: str,
        to: str,
        attributes: Mapping[str, str],
        *,
        contact_key: str,
        message_key: str,
    ) -> None:
        """Have one e-mail sent; Rejected if the definition isn't active or the address is none."""
        messages.send_transactional(
            self._access, definition_key, to, attributes, contact_key=contact_key, message_key=message_key
        )
