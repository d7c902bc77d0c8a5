"""What a person changes about their own consents, by a link from a mail or on the preference page."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.consent import EVERY, Consent, Standing, Subject, withdrawal
from chalicelib.domain.engagement import Engagement, PersonKey, engagement_id, person_key
from chalicelib.domain.instant import HOUR, SECOND, Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.message import pack
from chalicelib.domain.model import Model
from chalicelib.domain.permission import permissions
from chalicelib.domain.person import Person
from chalicelib.domain.step import OURSELVES


class Persons(Protocol):
    """The persons of the store."""

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now."""


class Queue(Protocol):
    """The engagement queue."""

    def send(self, bodies: Iterable[str]) -> None:
        """Send message bodies; when this returns they are kept durably."""


@dataclass(frozen=True, slots=True)
class Form:
    """What every change has in common.

    Attributes:
        evidence: what proves it, such as the form's URL and the address that it was sent from.
    """

    queue: Queue
    now: Instant
    evidence: Mapping[str, str]


def choices(model: Model, person: Person | None) -> list[tuple[Subject, Standing]]:
    """List what a person may choose: each purpose of mailings, of each brand, and how it stands."""
    return [
        (subject, standing)
        for purpose in model.purposes
        if purpose.marketing
        for subject, standing in permissions(model, person or _NOBODY, purpose)
        if subject.channel == "email"
    ]


_NOBODY = Person(id=PersonId(""), version=0, playbook="", keys=frozenset())


def request(
    address: str,
    subjects: Collection[Subject],
    evidence_of: Callable[[Subject], Mapping[str, str]],
    form: Form,
) -> None:
    """Ask for consents in the name of an address; the same request within the hour counts once.

    Raises:
        Retryable, Misconfigured: the queue did not take it.
    """
    consents = tuple(
        Consent(each, "requested", None, {**form.evidence, **evidence_of(each)}) for each in subjects
    )
    key = person_key("email", address)
    about = ",".join(sorted(f"{each.purpose}/{each.brand}" for each in subjects))
    _tell(form, "opt_in_requested", (key,), consents, key.value, about, str(form.now // HOUR))


def unsubscribe(person: PersonId, purpose: str, persons: Persons, form: Form) -> None:
    """Withdraw a purpose, or all e-mail; somebody who is not there any more has nothing to withdraw.

    Raises:
        Retryable, Misconfigured: store or queue did not take it.
    """
    found = persons.load([person]).get(person)
    if found is not None:
        taken = withdrawal(purpose=purpose or EVERY, evidence=form.evidence)
        keys = (min(found.keys),)
        # A repeated click is one; whoever opted in again meanwhile unsubscribes again.
        _tell(form, "email_unsubscribed", keys, (taken,), person, purpose, str(form.now // SECOND))


def choose(
    person: Person,
    wanted: Collection[Subject],
    model: Model,
    evidence_of: Callable[[Subject], Mapping[str, str]],
    form: Form,
) -> tuple[int, int]:
    """Withdraw what isn't wanted any more, and ask for what is wanted anew; gives how many of each.

    A tick on a page proves nothing: what is wanted anew is confirmed by a mail.

    Raises:
        Retryable, Misconfigured: the queue did not take it.
    """
    offered = choices(model, person)
    gone = [
        subject
        for subject, each in offered
        if subject not in wanted and each.state in ("granted", "requested")
    ]
    new = [subject for subject, each in offered if subject in wanted and not each.granted]
    withdrawn = tuple(
        withdrawal(purpose=each.purpose, brand=each.brand, evidence=form.evidence) for each in gone
    )
    asked = tuple(Consent(each, "requested", None, {**form.evidence, **evidence_of(each)}) for each in new)
    address = min((key for key in person.keys if key.kind == "email"), default=min(person.keys))
    if gone:
        _tell(form, "opted_out", (address,), withdrawn, person.id, str(form.now))
    if new:
        _tell(form, "opt_in_requested", (address,), asked, person.id, str(form.now))
    return len(gone), len(new)


def _tell(
    form: Form, kind: str, keys: tuple[PersonKey, ...], consents: tuple[Consent, ...], *unique: str
) -> None:
    engagement = Engagement(
        id=engagement_id(OURSELVES, kind, *unique),
        kind=kind,
        occurred_at=form.now,
        source=OURSELVES,
        keys=keys,
        consents=consents,
    )
    form.queue.send(pack([engagement]))
