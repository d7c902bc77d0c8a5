"""Sets what differs from org to org: where outbound messages go, and as whom they are sent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

from chalicelib.errors import Rejected
from smarketing.metadata.package import Component
from smarketing.metadata.xml import children, parse, text_of
from smarketing.org_login import SANDBOX

CALLBACK_URL = "https://smarketing.example/salesforce/outbound-messages"
INTEGRATION_USER = "integration@smarketing.example"
VALUES = frozenset({CALLBACK_URL, INTEGRATION_USER})
"""What stands in the project's files."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PREFIX = "Smarketing_"


@dataclass(frozen=True, slots=True)
class Places:
    """What to put in the place of the placeholders; None is not known yet."""

    callback_url: str | None = None
    integration_user: str | None = None

    def __or__(self, other: "Places") -> "Places":
        """Take from another one what is not known here."""
        return Places(
            self.callback_url or other.callback_url, self.integration_user or other.integration_user
        )


def checked_places(callback_url: str | None, integration_user: str | None) -> Places:
    """Take what somebody typed.

    Raises:
        Rejected: the address is not https (on this machine it may be http), the user name is none.
    """
    if callback_url is not None:
        url = urlsplit(callback_url)
        if url.scheme != "https" and not (url.scheme == "http" and url.hostname in _LOOPBACK):
            raise Rejected("--callback-url: write it as https://<host>/salesforce/outbound-messages?key=...")
    if integration_user is not None and "@" not in integration_user:
        raise Rejected("--integration-user: a Salesforce user name looks like an e-mail address")
    return Places(callback_url, integration_user)


def sandbox_places(target: str | None) -> Places:
    """Take what the sandbox says, where the target is one.

    Raises:
        Misconfigured: it is not running.
    """
    name, _, folder = (target or "").partition(":")
    if name != SANDBOX:
        return Places()
    # Only for who uses it: it brings an emulated AWS along.
    from smarketing.sandbox import notice

    found = notice.read(Path(folder) if folder else None)
    secret = quote(found.keys["outbound_message_secret"])
    url = f"{found.front_door}/salesforce/outbound-messages?key={secret}"
    return Places(url, found.keys["salesforce_username"])


def places_in(components: Iterable[Component]) -> Places:
    """Read what an org has already, where the project was deployed to it before."""
    found = Places()
    for each in components:
        for message in _messages(each):
            url, user = text_of(message, "endpointUrl"), text_of(message, "integrationUser")
            # Where the address was set, so was the user.
            if (text_of(message, "fullName") or "").startswith(_PREFIX) and url != CALLBACK_URL:
                found |= Places(url, user)
    return found


def filled(components: Iterable[Component], places: Places) -> tuple[Component, ...]:
    """Put values in the place of the placeholders.

    Raises:
        Rejected: a component needs one that is not known; the message names the option.
    """
    return tuple(_filled(each, places) for each in components)


def _filled(component: Component, places: Places) -> Component:
    content = component.content
    for placeholder, value, option in (
        (CALLBACK_URL, places.callback_url, "--callback-url"),
        (INTEGRATION_USER, places.integration_user, "--integration-user"),
    ):
        if component.type != "Workflow" or placeholder.encode() not in content:
            continue
        if value is None:
            raise Rejected(f"{option}: say it, {component.file_name} needs it and the org has none yet")
        content = content.replace(f">{placeholder}<".encode(), f">{escape(value)}<".encode())
    return replace(component, content=content)


def _messages(component: Component) -> Iterator[Any]:
    if component.type == "Workflow":
        yield from children(parse(component.content, component.file_name), "outboundMessages")
