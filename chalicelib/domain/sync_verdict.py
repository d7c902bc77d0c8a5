"""Whether a changed record's row may be in a marketing automation."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.changed_record import ChangedRecord
from chalicelib.domain.eligibility import eligible
from chalicelib.domain.engagement import PersonKey, person_key
from chalicelib.domain.interest import PersonId
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled
from chalicelib.domain.sync_state import Verdict, verdict_of

CONVERTED = "converted to a Contact"
DELETED = "deleted in Salesforce"
MERGED = "merged into another record"
NO_ADDRESS = "no e-mail address on the record"
NOT_THEIRS = "the record's e-mail address is not known to be the person's"
OPTED_OUT = "opted out in Salesforce"
UNKNOWN = "nobody in the store is known by it"
ABOUT_THE_RECORD = frozenset({NO_ADDRESS, NOT_THEIRS, OPTED_OUT})
"""Reasons that stand whatever the person may permit."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of the people behind some records.

    Attributes:
        owners: by key of a record or an e-mail address, whose it is.
        persons: by the ids that `owners` gives, each as who they are by now.
    """

    owners: Mapping[PersonKey, PersonId]
    persons: Mapping[PersonId, Person]

    def by(self, key: PersonKey | None) -> Person | None:
        """Give whose key it is."""
        owner = self.owners.get(key) if key is not None else None
        return self.persons.get(owner) if owner is not None else None


def verdict(compiled: Compiled, record: ChangedRecord, person: Person | None, known: Known) -> Verdict:
    """Judge a record.

    Salesforce may restrict what the ledger permits, never permit more. An address that somebody put on the
    record counts once the store knows that it is the same person's: consent was given for their own address.
    """
    owner = None if person is None else person.id
    if why := _gone(record):
        return Verdict(owner, False, why, gone=True)
    if person is None:
        return Verdict(None, False, UNKNOWN)
    if record.values.get("opted_out"):
        return Verdict(owner, False, OPTED_OUT)
    address = email_key(record)
    if address is None:
        return Verdict(owner, False, NO_ADDRESS)
    theirs = known.by(address)
    if theirs is None or theirs.id != person.id:
        return Verdict(owner, False, NOT_THEIRS)
    return verdict_of(person.id, eligible(compiled, person))


def email_key(record: ChangedRecord) -> PersonKey | None:
    """Give the key of the address on a record."""
    address = str(record.values.get("email") or "").strip()
    return person_key("email", address) if address else None


def _gone(record: ChangedRecord) -> str:
    if record.converted_contact is not None:
        return CONVERTED
    if record.merged_into is not None:
        return MERGED
    return DELETED if record.deleted else ""
