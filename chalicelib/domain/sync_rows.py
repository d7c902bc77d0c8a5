"""The row of a person's record as a marketing automation should hold it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from chalicelib.domain.changed_record import ChangedRecord
from chalicelib.domain.command import FieldValue
from chalicelib.domain.commands import stage_of
from chalicelib.domain.eligibility import permitted_purposes
from chalicelib.domain.engagement import KeyKind, PersonKey, person_key
from chalicelib.domain.instant import Instant, iso
from chalicelib.domain.may_send import barred_lines, paused_purposes
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled, grade_of
from chalicelib.domain.sales_verdict import sales_verdict
from chalicelib.domain.salesforce_ids import in_18
from chalicelib.domain.scoring import score_at
from chalicelib.domain.sync import Platform, Row
from chalicelib.domain.sync_fields import written_words

Links = Callable[[Person], Mapping[str, str]]
"""Gives `preferences_url` and `unsubscribe_url`."""

_LINKS = frozenset({"preferences_url", "unsubscribe_url"})
_RANK = {"contact": 0, "lead": 1}


def record_name(key: PersonKey) -> str:
    """Name a record by its key: `contact:003...`."""
    return f"{key.kind}:{key.value}"


def name_of(record: ChangedRecord) -> str:
    """Name a record: `contact:003...`, with 15 characters of the id."""
    return f"{record.object.lower()}:{record.id[:15]}"


def key_of(record: str) -> PersonKey:
    """Give the key of a person by the name of their record."""
    kind, _, record_id = record.partition(":")
    kinds: Mapping[str, KeyKind] = {"contact": "contact", "lead": "lead"}
    return person_key(kinds[kind], record_id)


def records_of(person: Person) -> list[str]:
    """Name all records that a person is or was known by, as `in_preference` orders them."""
    return in_preference([record_name(key) for key in person.keys if key.kind in _RANK])


def in_preference(records: Sequence[str]) -> list[str]:
    """Order a person's records: the first of those that Salesforce still has gets the one row they share.

    A Contact before a Lead, since a Lead may be converted; then the lowest id, which is the oldest.
    """
    return sorted(records, key=lambda record: (_RANK[record.partition(":")[0]], record))


def row_of(
    compiled: Compiled,
    person: Person,
    record: ChangedRecord,
    platform: Platform,
    links: Links,
    remote_id: str | None = None,
) -> Row:
    """Build the row of a record on a platform.

    The score is that of the time for which Salesforce was last told it, so that it is the same on all sides
    and doesn't change by being looked at.
    """
    words = written_words(compiled.model.sync, platform)
    told = dict(_told(compiled, person))
    if not _LINKS.isdisjoint(words):
        told |= links(person)
    ids = _ids(record)
    values: dict[str, FieldValue] = {}
    for word in words:
        values[word] = ids[word] if word in ids else told.get(word, record.values.get(word))
    email = str(record.values.get("email") or "").strip()
    return Row(person.id, name_of(record), email, remote_id, values)


def _ids(record: ChangedRecord) -> Mapping[str, FieldValue]:
    ours = in_18(record.id)
    account = record.values.get("account_id")
    return {
        "lead_id": ours if record.object == "Lead" else None,
        "contact_id": ours if record.object == "Contact" else None,
        "account_id": in_18(str(account)) if account else None,
    }


def _told(compiled: Compiled, person: Person) -> Iterator[tuple[str, FieldValue]]:
    yield "person_id", person.id
    yield "grade", grade_of(compiled, person).grade
    yield "stage", stage_of(compiled, person)
    yield from _outcome(compiled, person)
    # As of when Salesforce was last told of the person: a row does not change by being looked at.
    at = person.told_at or Instant(0)
    yield "barred_lines", ";".join(sorted(barred_lines(compiled.model.journeys, person.mailing, at))) or None
    yield "paused_purposes", ";".join(paused_purposes(compiled, person.mailing, at)) or None
    if "language" in person.profile:
        yield "language", person.profile["language"].value
    yield "score", _score(compiled, person)
    permitted = permitted_purposes(compiled, person)
    for purpose in compiled.model.purposes:
        yield f"opt_in_{purpose.name}", purpose.name in permitted


def _outcome(compiled: Compiled, person: Person) -> Iterator[tuple[str, FieldValue]]:
    """Tell what sales last said of the person; its day is that of UTC."""
    verdict = sales_verdict(compiled.model.lifecycle, person)
    if verdict is None:
        return
    yield "outcome", verdict.stage
    yield "outcome_line", verdict.product_line
    yield "outcome_reason", verdict.reason
    yield "outcome_amount", verdict.amount
    yield "outcome_at", iso(verdict.at)[:10]


def _score(compiled: Compiled, person: Person) -> FieldValue:
    if person.told_at is None:
        return None
    # What happened since then and changed nothing must not move the moment that the score is computed for.
    as_told = replace(person.score, last=None)
    return round(score_at(compiled.scoring, as_told, person.told_at).total, 1)
