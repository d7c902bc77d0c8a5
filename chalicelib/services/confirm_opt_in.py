"""Confirms a double opt-in by the token of its mail: once, and within its time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from chalicelib.domain.double_opt_in import OptInRequest, confirmed, hash_of
from chalicelib.domain.engagement import Engagement, engagement_id
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.message import pack
from chalicelib.domain.person import Person
from chalicelib.domain.step import OURSELVES

TokenState = Literal["open", "used", "expired", "unknown"]


class Stored(Protocol):
    """A request as it is kept."""

    @property
    def request(self) -> OptInRequest:
        """What was asked for."""

    @property
    def used_at(self) -> Instant | None:
        """When it was confirmed."""


class Tokens(Protocol):
    """Double opt-ins of the store."""

    def find(self, token_hash: str) -> Stored | None:
        """Read a request by its token's hash."""

    def mark_used(self, token_hash: str, now: Instant) -> None:
        """Note that a request was confirmed."""


class Persons(Protocol):
    """The persons of the store."""

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now."""


class Queue(Protocol):
    """The engagement queue."""

    def send(self, bodies: Iterable[str]) -> None:
        """Send message bodies; when this returns they are kept durably."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a token is good for; the request where there is one."""

    state: TokenState
    request: OptInRequest | None = None


def look_at(token: str, tokens: Tokens, now: Instant) -> Looked:
    """Tell what a token would confirm; changes nothing, since programs that scan mails follow links, too."""
    stored = tokens.find(hash_of(token)) if token else None
    if stored is None:
        return Looked("unknown")
    if stored.used_at is not None:
        return Looked("used", stored.request)
    return Looked("expired" if stored.request.expires_at <= now else "open", stored.request)


def confirm(token: str, ip: str, tokens: Tokens, persons: Persons, queue: Queue, now: Instant) -> Looked:
    """Confirm what a token is for; gives what it was good for before.

    The confirmation is on the queue before the token counts as used: after a crash in between, the next click
    tells the same engagement again, which counts once.

    Raises:
        Retryable, Misconfigured, Rejected: store or queue did not take it; the link holds on.
    """
    looked = look_at(token, tokens, now)
    if looked.state == "open" and looked.request is not None:
        person = persons.load([looked.request.person]).get(looked.request.person)
        if person is None:
            return Looked("unknown")  # Their data were erased meanwhile.
        token_hash = hash_of(token)
        engagement = Engagement(
            id=engagement_id(OURSELVES, "confirmed", token_hash),
            kind="opted_in",
            occurred_at=now,
            source=OURSELVES,
            keys=(min(person.keys),),
            consents=confirmed(looked.request, token_hash, now, ip),
        )
        queue.send(pack([engagement]))
        tokens.mark_used(token_hash, now)
    return looked
