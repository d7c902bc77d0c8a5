"""The person whom an operator names: by our id, an e-mail address, or a record of one of the platforms."""

from typing import cast

from chalicelib import bootstrap
from chalicelib.domain.engagement import KEY_KINDS, KeyKind, PersonKey, person_key
from chalicelib.domain.interest import PersonId
from chalicelib.domain.person import Person
from chalicelib.errors import Rejected

FORMS = "a person id, an e-mail address, lead:00Q..., contact:003..., prospect:... or subscriber:..."


def find_person(named: str) -> Person:
    """Find a person in the store, as who they are by now.

    Raises:
        Rejected: the name has none of the forms, or the store knows nobody by it. What was given is not
            repeated: it may be an e-mail address, and messages get logged.
    """
    key = key_of(named)
    persons = bootstrap.persons()
    owner = PersonId(named.strip().upper()) if key is None else persons.find([key]).get(key)
    found = persons.load([owner]) if owner is not None else {}
    for person in found.values():
        return person
    raise Rejected(f"PERSON: nobody in the store is known by this; name {FORMS}")


def key_of(named: str) -> PersonKey | None:
    """Read the key that names a person; None where it is a person id.

    Raises:
        Rejected: it has none of the forms.
    """
    text = named.strip()
    kind, colon, value = text.partition(":")
    if colon and kind in KEY_KINDS and value:
        return person_key(cast("KeyKind", kind), value)
    if "@" in text:
        return person_key("email", text)
    if not text.isalnum():
        raise Rejected(f"PERSON: name {FORMS}")
    return None
