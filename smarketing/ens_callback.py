"""Have Marketing Cloud send its events here: register the callback, keep its key, wait, subscribe.

Each step is skipped where it is done already, so that the whole may be repeated after a break.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.marketing_cloud.callbacks import Callback
from chalicelib.gateways.marketing_cloud.notifications import KINDS

PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Seconds between two looks at whether the callback is verified."""

Step = str


class Account(Protocol):
    """What of Marketing Cloud is needed here."""

    def callbacks(self) -> list[Callback]:
        """List the registered callbacks."""

    def register_callback(self, name: str, url: str) -> Callback:
        """Register a URL; the platform calls it before this ends."""

    def subscribe(self, callback_id: str, name: str, kinds: Sequence[str]) -> None:
        """Have events of these types sent."""

    def subscriptions(self, callback_id: str) -> set[str]:
        """Give the types that are sent."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do."""

    callback: Callback | None
    kinds: tuple[str, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Say it in words."""
        made = () if self.callback else ("register the callback and keep its signature key",)
        verified = () if self.callback and self.callback.verified else ("wait until it is verified",)
        subscribed = (f"subscribe to {len(self.kinds)} types of events",) if self.kinds else ()
        return (*made, *verified, *subscribed)


def plan(account: Account, url: str) -> Plan:
    """See what there is to do for a callback at a URL.

    Raises:
        Rejected: the URL can't be a callback.
        Retryable, Misconfigured: as the gateway says.
    """
    _check(url)
    callback = next((each for each in account.callbacks() if each.url == url), None)
    known = account.subscriptions(callback.id) if callback is not None and callback.verified else set()
    return Plan(callback, tuple(kind for kind in KINDS if kind not in known))


def set_up(
    account: Account,
    name: str,
    url: str,
    keep_key: Callable[[str], None],
    pause: Callable[[float], None],
    doing: Callable[[Step], None] = lambda _: None,
) -> Callback:
    """Do what `plan` says; give the callback as it is then.

    Args:
        account: Marketing Cloud.
        name: of the callback and, with it, of its subscription.
        url: where the front door takes events.
        keep_key: puts the signature key, which is told only once, where the front door finds it.
        pause: waits so many seconds.
        doing: is told each step before it is done.

    Raises:
        Rejected: the URL can't be a callback or doesn't answer.
        Retryable: nobody confirmed the callback in time.
        Misconfigured: as the gateway says.
    """
    todo = plan(account, url)
    callback = todo.callback
    if callback is None:
        doing("Registering the callback ...")
        callback = account.register_callback(name, url)
        keep_key(callback.signature_key)
    doing("Waiting until the worker has confirmed it ...")
    callback = _verified(account, callback, pause)
    if todo.kinds:
        doing("Subscribing ...")
        account.subscribe(callback.id, name, todo.kinds)
    return callback


def keep_in_secret(client: Any, secret_id: str, key: str) -> None:
    """Put a signature key before the others of the callbacks' secret; all of them hold from now on.

    Raises:
        Misconfigured: the secret can't be read or written. The key is lost then, and has to be made anew.
    """
    try:
        secret = json.loads(client.get_secret_value(SecretId=secret_id)["SecretString"])
        secret["ens_signature_keys"] = [key, *secret.get("ens_signature_keys", [])]
        client.put_secret_value(SecretId=secret_id, SecretString=json.dumps(secret))
    except (BotoCoreError, ClientError, ValueError) as error:
        raise Misconfigured(
            f"the callbacks' secret: {type(error).__name__}; let yourself write it, make the key anew by"
            " PUT /platform/v1/ens-regenerate, and put it into ens_signature_keys"
        ) from None


def _verified(account: Account, callback: Callback, pause: Callable[[float], None]) -> Callback:
    for seconds in (0.0, *PAUSES):
        pause(seconds)
        found = next((each for each in account.callbacks() if each.id == callback.id), None)
        if found is None:
            raise Rejected("callback: it was deleted meanwhile; run this again")
        if found.verified:
            return found
    raise Retryable("callback: the worker has not confirmed it; see the function record_engagements")


def _check(url: str) -> None:
    """The platform takes https without port and query; loopback is for a sandbox."""
    parts = urlsplit(url)
    is_loopback = parts.hostname in ("127.0.0.1", "localhost")
    if is_loopback and parts.scheme in ("http", "https"):
        return
    if parts.scheme != "https" or not parts.hostname or parts.query or ":" in parts.netloc:
        raise Rejected("--url: write https://host/path, without a port and a query")
