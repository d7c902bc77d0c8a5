"""Who may be synced to a marketing automation, and on which legal basis."""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.domain.consent import Basis, Standing, Subject
from chalicelib.domain.instant import Instant
from chalicelib.domain.permission import permissions
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a person may be synced to a marketing automation, and why.

    Attributes:
        subject: the consent that permits it; its proof is the ledger's entry captured, or confirmed by a
            click, at `since`.
        reason: in words without personal data.
    """

    eligible: bool
    reason: str
    basis: Basis | None = None
    subject: Subject | None = None
    since: Instant | None = None


_REFUSALS = {
    "requested": "a double opt-in is not confirmed yet",
    "withdrawn": "withdrawn",
    "unproven": "no sufficient proof: re-permission needed",
    "unknown": "no opt-in and no other legal basis",
}
"""By the standing of the consents, the one that tells most first."""

_NO_PURPOSE = "the playbook has no purpose that mailings are sent about"


def eligible(compiled: Compiled, person: Person) -> Decision:
    """Decide whether a person may be synced.

    Some purpose that mailings are sent about has to permit e-mail, and there has to be an address for it.
    """
    if not any(key.kind == "email" for key in person.keys):
        return Decision(False, "no e-mail address")
    states = set()
    for subject, each in _mailings(compiled, person):
        if each.granted:
            return Decision(True, f"{subject.purpose}: {each.basis}", each.basis, subject, each.since)
        states.add(each.state)
    return Decision(False, next((why for state, why in _REFUSALS.items() if state in states), _NO_PURPOSE))


def permitted_purposes(compiled: Compiled, person: Person) -> tuple[str, ...]:
    """Name the purposes about which some brand may send the person mailings."""
    granted = (subject.purpose for subject, each in _mailings(compiled, person) if each.granted)
    return tuple(dict.fromkeys(granted))


def _mailings(compiled: Compiled, person: Person) -> Iterator[tuple[Subject, Standing]]:
    for purpose in compiled.model.purposes:
        if purpose.marketing:
            for subject, each in permissions(compiled.model, person, purpose):
                if subject.channel == "email":
                    yield subject, each
