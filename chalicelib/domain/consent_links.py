"""Links by which a person manages consents without a login: signed, so that nobody can make one for another.

They never expire: whoever finds an old mail has to be able to unsubscribe by it. They hold the person's id,
which tells nothing, and no address. What a link is for is signed, too: RFC 8058 (section 3.1) wants a part
that is hard to forge, for the recipient as well as for what they unsubscribe from.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import quote

from chalicelib.domain.interest import PersonId

PREFERENCES = "preferences"
_SIGNATURE_BYTES = 16
_PERSON_LENGTH = 26


def unsubscribing(purpose: str) -> str:
    """Give the scope of a link that unsubscribes from a purpose; without one: from all e-mail."""
    return f"unsubscribe {purpose}"


def signed(person: PersonId, scope: str, key: str) -> str:
    """Sign a person's id for a link: 26 characters of the id, then the signature."""
    return f"{person}{_signature(person, scope, key)}"


def read_signed(text: str, scope: str, keys: Sequence[str]) -> PersonId | None:
    """Read an id signed for a scope; None where none of the keys, of which old ones stay valid, signed it."""
    person, signature = PersonId(text[:_PERSON_LENGTH]), text[_PERSON_LENGTH:].encode("utf-8", "replace")
    # All are compared, so that the time tells nothing about which one came close.
    matches = [hmac.compare_digest(signature, _signature(person, scope, key).encode()) for key in keys]
    return person if any(matches) else None


def unsubscribe_url(base: str, person: PersonId, key: str, purpose: str = "") -> str:
    """Give the address for `List-Unsubscribe` and the link below a mail; without a purpose: all e-mail."""
    about = f"&purpose={quote(purpose)}" if purpose else ""
    return f"{base}/consent/unsubscribe?person={signed(person, unsubscribing(purpose), key)}{about}"


def preferences_url(base: str, person: PersonId, key: str) -> str:
    """Give the address of the page on which a person sees and changes what they get."""
    return f"{base}/consent/preferences?person={signed(person, PREFERENCES, key)}"


def _signature(person: PersonId, scope: str, key: str) -> str:
    text = f"consent link {person} {scope}".encode("utf-8", "replace")
    made = hmac.new(key.encode(), text, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made[:_SIGNATURE_BYTES]).rstrip(b"=").decode()
