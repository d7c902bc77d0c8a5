"""The Event Notification Service (ENS): callbacks, their handshake, subscriptions, signed arrays of events.

Sources, of the Marketing Cloud Engagement developer guide: createCallback, verifyCallback (within four
hours), createSubscription, "Notification Signing", "Notification Retries".
"""

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import requests

from chalicelib.domain.instant import HOUR, Duration, Instant
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.marketing_cloud.answers import Answer, Call, error

KeyEncoding = Literal["utf8", "base64"]

VERIFY_WITHIN = Duration(4 * HOUR)
MOST_EVENTS = 1000
MOST_SUBSCRIPTIONS = 200
_TRIES = 3
_ANSWER_SECONDS = 3.0
_PROBE_SECONDS = 30.0
_KINDS = frozenset(
    [f"TransactionalSendEvents.Email{each}" for each in ("Sent", "NotSent", "Bounced", "Queued")]
    + [f"TransactionalSendEvents.Sms{each}" for each in ("Sent", "NotSent", "Bounced", "Queued", "TimeOut")]
    + [f"EngagementEvents.Email{each}" for each in ("Open", "Click", "Unsubscribe")]
)


def ens_signature(key: str, body: bytes, encoding: KeyEncoding = "utf8") -> str:
    """Sign a body as ENS does, for the header `x-sfmc-ens-signature`."""
    secret = key.encode() if encoding == "utf8" else base64.b64decode(key)
    return base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()


@dataclass(slots=True)
class Callback:
    """A registered address; events go there once it is verified."""

    id: str
    name: str
    url: str
    signature_key: str
    verification_key: str
    registered_at: Instant
    most_events: int = MOST_EVENTS
    verified: bool = False


@dataclass(slots=True)
class EventNotifications:
    """The account's callbacks and subscriptions."""

    clock: SandboxClock
    signature_key: str
    key_encoding: KeyEncoding = "utf8"
    callbacks: dict[str, Callback] = field(default_factory=dict)
    subscriptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    deferred: list[dict[str, Any]] = field(default_factory=list)

    def list_callbacks(self, _: Call) -> Answer:
        """Give the registered callbacks."""
        return Answer(200, [_public(each) for each in self.callbacks.values()])

    def create_callbacks(self, call: Call) -> Answer:
        """Register callbacks; each gets its verification key by a post to it, at once."""
        asked = call.body
        if not isinstance(asked, list) or not all(
            isinstance(each, dict) and each.get("url") for each in asked
        ):
            return error(400, "callbackName and url are required.")
        made = []
        for each in asked:
            if any(known.url == each["url"] for known in self.callbacks.values()):
                return error(400, f"Callback url '{each['url']}' is already registered.")
            callback = self._make(str(each.get("callbackName", "")), each["url"], each.get("maxBatchSize"))
            if not _probe(callback):
                return error(
                    400,
                    f"MCMS_UWH_Runtime_GeneralFailure_probeCallbackLiveness: CallbackId is {callback.id}. "
                    f"Could not verify callback url '{callback.url}'.",
                )
            self.callbacks[callback.id] = callback
            made.append(_public(callback) | {"signatureKey": callback.signature_key})
        return Answer(201, made)

    def verify(self, call: Call) -> Answer:
        """Confirm a callback by its single-use verification key."""
        asked = call.object()
        if not asked:
            return error(400, "callbackId and verificationKey are required.")
        callback = self.callbacks.get(str(asked.get("callbackId")))
        in_time = callback is not None and self.clock() <= callback.registered_at + VERIFY_WITHIN
        if callback is None or not in_time or asked.get("verificationKey") != callback.verification_key:
            return error(404, "Incorrect callback ID, verification key, or both.")
        callback.verified = True
        callback.verification_key = secrets.token_hex(16)
        return Answer(200, {})

    def subscribe(self, call: Call) -> Answer:
        """Have events of some types sent to a verified callback; their name is known once."""
        asked = call.body
        if not isinstance(asked, list) or not asked or not all(isinstance(each, dict) for each in asked):
            return error(400, "A list of subscriptions is required.")
        made = []
        for each in asked:
            if (problem := self._problem(each)) is not None:
                return problem
            if any(known["subscriptionName"] == each["subscriptionName"] for known in self._of_all()):
                return Answer(304)
            subscription = self._subscription(each)
            self.subscriptions[subscription["subscriptionId"]] = subscription
            made.append(subscription)
        return Answer(201, made)

    def subscriptions_of(self, call: Call) -> Answer:
        """Give a callback's subscriptions."""
        callback = call.parameters["callback"]
        if callback not in self.callbacks:
            return error(404, "Callback ID doesn't exist.")
        return Answer(200, [each for each in self._of_all() if each["callbackId"] == callback])

    def send(self, events: Sequence[dict[str, Any]]) -> dict[str, int]:
        """Send events to every verified callback; what stays unanswered after three tries is deferred."""
        delivered = deferred = 0
        for callback in [each for each in self.callbacks.values() if each.verified]:
            for start in range(0, len(events), callback.most_events):
                batch = events[start : start + callback.most_events]
                if _post(callback, json.dumps(batch).encode(), self.key_encoding):
                    delivered += len(batch)
                else:
                    deferred += len(batch)
                    self.deferred += batch
        return {"delivered": delivered, "deferred": deferred}

    def _make(self, name: str, url: str, most_events: int | None) -> Callback:
        return Callback(
            id=str(uuid.uuid4()),
            name=name,
            url=url,
            signature_key=self.signature_key,
            verification_key=secrets.token_hex(16),
            registered_at=self.clock(),
            most_events=most_events or MOST_EVENTS,
        )

    def _problem(self, asked: dict[str, Any]) -> Answer | None:
        callback = self.callbacks.get(str(asked.get("callbackId")))
        kinds = asked.get("eventCategoryTypes")
        if callback is None:
            return error(404, "Callback ID doesn't exist.")
        if not callback.verified:
            return error(400, "The callback is not verified.")
        if not asked.get("subscriptionName") or not isinstance(kinds, list) or not kinds:
            return error(400, "subscriptionName and eventCategoryTypes are required.")
        if unknown := [each for each in kinds if each not in _KINDS]:
            return error(400, f"Event type {unknown[0]} is not supported.")
        of_callback = sum(each["callbackId"] == callback.id for each in self._of_all())
        if of_callback >= MOST_SUBSCRIPTIONS:
            return error(400, f"A callback may have {MOST_SUBSCRIPTIONS} subscriptions.")
        return None

    def _subscription(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {
            "callbackId": asked["callbackId"],
            "callbackName": self.callbacks[asked["callbackId"]].name,
            "subscriptionName": asked["subscriptionName"],
            "eventCategoryTypes": asked["eventCategoryTypes"],
            "subscriptionId": str(uuid.uuid4()),
            "filters": asked.get("filters") or [],
            "status": "active",
        }

    def _of_all(self) -> list[dict[str, Any]]:
        return list(self.subscriptions.values())


def _probe(callback: Callback) -> bool:
    """Post the verification details; the callback is not created unless it answers 200."""
    details = {"callbackId": callback.id, "verificationKey": callback.verification_key}
    try:
        return requests.post(callback.url, json=details, timeout=_PROBE_SECONDS).status_code == 200
    except requests.RequestException:
        return False


def _post(callback: Callback, body: bytes, encoding: KeyEncoding) -> bool:
    """Send one signed array, three times at most, each with three seconds to answer."""
    headers = {
        "Content-Type": "application/json",
        "x-sfmc-ens-signature": ens_signature(callback.signature_key, body, encoding),
    }
    for _ in range(_TRIES):
        try:
            if requests.post(callback.url, data=body, headers=headers, timeout=_ANSWER_SECONDS).ok:
                return True
        except requests.RequestException:
            continue
    return False


def _public(callback: Callback) -> dict[str, Any]:
    return {
        "callbackName": callback.name,
        "callbackId": callback.id,
        "url": callback.url,
        "maxBatchSize": callback.most_events,
        "status": "verified" if callback.verified else "unverified",
    }
