"""How a person's consents stand under the playbook: by purpose, channel and brand."""

from collections.abc import Iterator

from chalicelib.domain.consent import Standing, Subject, standing
from chalicelib.domain.model import Model, Purpose
from chalicelib.domain.person import Person

_CLARITY = ("granted", "requested", "withdrawn", "unproven", "unknown")
"""Which of several standings a single field shows: the one that matters most."""


def permission(model: Model, person: Person, subject: Subject) -> Standing:
    """Tell how a consent stands under the playbook.

    The basis of an existing customer holds for electronic mail alone (UWG 7(3)) and for the purposes that the
    playbook names, since only those advertise similar goods.
    """
    found = standing(person.consents, subject)
    if found.basis != "existing_customer":
        return found
    allowed = subject.channel == "email" and subject.purpose in model.consent.existing_customer
    return found if allowed else Standing("unproven", None, found.since)


def permissions(model: Model, person: Person, purpose: Purpose) -> Iterator[tuple[Subject, Standing]]:
    """Tell how each channel and brand of a purpose stands."""
    for channel in purpose.channels:
        for brand in model.consent.brands:
            subject = Subject(channel, purpose.name, brand.name)
            yield subject, permission(model, person, subject)


def standing_of_purpose(model: Model, person: Person, purpose: Purpose) -> Standing:
    """Tell how a purpose stands in one word: granted where any channel of any brand is."""
    found = [each for _, each in permissions(model, person, purpose)]
    return min(found, key=lambda each: (_CLARITY.index(each.state), -(each.since or 0)))
