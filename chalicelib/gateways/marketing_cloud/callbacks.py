"""The callback of the Event Notification Service (ENS): register it, prove it, subscribe to events.

Sources, of the Marketing Cloud Engagement developer guide: "POST /platform/v1/ens-callbacks",
"POST /platform/v1/ens-verify" (within four hours), "POST /platform/v1/ens-subscriptions".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.marketing_cloud.access import Access

MOST_EVENTS = 1_000
"""Of one notification; the platform's own default."""


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback as it is registered; the key signs what it is sent and is told only once."""

    id: str
    name: str
    url: str
    verified: bool
    signature_key: str = ""


def callbacks(access: Access) -> list[Callback]:
    """List the registered callbacks, without their keys.

    Raises:
        Rejected, Retryable, Misconfigured: as `refusals` says.
    """
    answer = access.call("GET", "/platform/v1/ens-callbacks")
    return [_callback(each) for each in answer or ()]


def register_callback(access: Access, name: str, url: str, most_events: int = MOST_EVENTS) -> Callback:
    """Register a URL; before it answers, the platform posts the verification key there.

    Raises:
        Rejected: the URL isn't https, has a port or a query, doesn't answer 200, or is registered.
        Retryable, Misconfigured: as `refusals` says.
    """
    content = [{"callbackName": name, "url": url, "maxBatchSize": most_events}]
    answer = access.call("POST", "/platform/v1/ens-callbacks", content)
    if not isinstance(answer, list) or not answer:
        raise Retryable("Marketing Cloud ens-callbacks: the answer holds no callback")
    return _callback(answer[0])


def verify_callback(access: Access, callback_id: str, verification_key: str) -> None:
    """Confirm that a callback is ours; it waits four hours for it.

    Raises:
        Rejected: there is no such callback or key (404), or they are malformed (400).
        Misconfigured: the package may not do it (401, 403).
        Retryable: the service does not answer or asks to wait.
    """
    content = {"callbackId": callback_id, "verificationKey": verification_key}
    try:
        access.call("POST", "/platform/v1/ens-verify", content)
    except Rejected as error:
        raise Rejected(f"{error}; create the callback again") from None


def subscribe(access: Access, callback_id: str, name: str, kinds: Sequence[str]) -> None:
    """Have events of these types sent to a verified callback; the same subscription again changes nothing.

    Raises:
        Rejected: the callback isn't verified, or a type is unknown (400, 404).
        Retryable, Misconfigured: as `refusals` says.
    """
    content = [{"callbackId": callback_id, "subscriptionName": name, "eventCategoryTypes": list(kinds)}]
    access.call("POST", "/platform/v1/ens-subscriptions", content)


def subscriptions(access: Access, callback_id: str) -> set[str]:
    """Give the types of events that a callback is sent.

    Raises:
        Rejected, Retryable, Misconfigured: as `refusals` says.
    """
    answer = access.call("GET", f"/platform/v1/ens-subscriptions-by-cb/{callback_id}")
    return {kind for each in answer or () for kind in each.get("eventCategoryTypes") or ()}


def _callback(content: Any) -> Callback:
    return Callback(
        id=str(content["callbackId"]),
        name=str(content.get("callbackName", "")),
        url=str(content.get("url", "")),
        verified=content.get("status") == "verified",
        signature_key=str(content.get("signatureKey", "")),
    )
