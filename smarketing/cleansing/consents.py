"""What a record's old opt-in fields say, put together: one word for each subject, the strictest."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.consent import EVERY, Basis, Consent, Subject, missing_evidence
from chalicelib.domain.instant import Instant, iso
from smarketing.cleansing.mapping import CONSTANT, FieldMeaning
from smarketing.cleansing.opt_in_words import STRICTNESS, Answer, Reading, plain, read_answer, read_day
from smarketing.cleansing.proposal import CONSENT, Proposal, Record

_MOST_EVIDENCE = 500
"""Characters of a piece of evidence that the ledger takes."""

CHECKBOX = "boolean"
SEVERAL = "multipicklist"


@dataclass(frozen=True, slots=True)
class Said:
    """What one field of a record says about its subject.

    Attributes:
        permits: whether a yes is a permission; of an opt-out it is a prohibition.
        before: the fields that it was read from.
    """

    meaning: FieldMeaning
    subject: Subject
    answer: Answer
    at: Instant | None
    evidence: Mapping[str, str]
    before: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Word:
    """What a record says about one subject, as the ledger will have it.

    Attributes:
        at: when it was said; None where nobody knows.
        missing: what a proof lacks; a permission that lacks something permits nothing.
        before: the fields that tell it.
    """

    consent: Consent
    at: Instant | None
    missing: tuple[str, ...]
    why: str
    before: Mapping[str, str] = field(default_factory=dict)


def words_of(
    record: Record, meanings: Sequence[FieldMeaning], types: Mapping[str, str], now: Instant
) -> list[Word]:
    """Put together what the fields of a record say.

    Where they contradict each other the stricter stands: a no beats what is unclear, which beats a yes, and a
    no to everything over a channel beats each yes below it.

    Args:
        types: of the object's fields, by name.
        now: what lies after it was never said.
    """
    by_subject: dict[Subject, list[Said]] = defaultdict(list)
    for meaning in meanings:
        said = _said(record, meaning, types, now)
        if said.answer != "nothing":
            by_subject[said.subject].append(said)
    refused = [subject for subject, some in by_subject.items() if _strictest(some) == "no"]
    return [
        _word(subject, some)
        for subject, some in by_subject.items()
        if subject in refused or not any(_covers(each, subject) for each in refused)
    ]


def proposals_of(record: Record, words: Iterable[Word], keys: Sequence[tuple[str, str]]) -> list[Proposal]:
    """Propose what goes into the ledger; `keys` are those under which the person is known."""
    return [_proposal(record, word, keys) for word in words]


def _said(record: Record, meaning: FieldMeaning, types: Mapping[str, str], now: Instant) -> Said:
    text = record.get(meaning.field)
    word = (
        _chosen(text, meaning) if types.get(meaning.field) == SEVERAL else read_answer(text, meaning.values)
    )
    # A box that nobody ticked says nothing.
    unticked = meaning.no or ("nothing" if types.get(meaning.field) == CHECKBOX else "withdrawn")
    answer = _permission(word.answer) if meaning.meaning == "opt_out" else word.answer
    if meaning.meaning == "opt_in" and answer == "no" and unticked == "nothing":
        answer = "nothing"
    at = word.at or read_day(record.get(meaning.since))
    if at is not None and at > now:
        # A day to come proves nothing.
        at, answer = None, "unclear" if answer == "yes" else answer
    return Said(
        meaning=meaning,
        subject=meaning.subject,
        answer=answer,
        at=at,
        evidence=_evidence(record, meaning, at),
        before={name: record.get(name) for name in meaning.fields},
    )


def _chosen(text: str, meaning: FieldMeaning) -> Reading:
    """Read a field that holds several values: those that the mapping names count, and no others.

    Values are parted by semicolons (Object Reference, "Field Types", multipicklist).
    """
    parts = text.split(";")
    named = [each for each in parts if plain(each) in meaning.values] if meaning.values else parts
    answers = [read_answer(each, meaning.values) for each in named]
    return max(answers, key=lambda each: STRICTNESS.index(each.answer), default=Reading("nothing"))


def _permission(answer: Answer) -> Answer:
    """Read an opt-out: its yes is a no, its no says nothing, and in doubt the person wants no more."""
    return "no" if answer in ("yes", "unclear") else "nothing"


def _evidence(record: Record, meaning: FieldMeaning, at: Instant | None) -> dict[str, str]:
    told = {
        name: source.removeprefix(CONSTANT) if source.startswith(CONSTANT) else record.get(source)
        for name, source in meaning.evidence.items()
    }
    for name in told.keys() & {"clicked_at", "collected_at", "requested_at"}:
        day = read_day(told[name])
        told[name] = "" if day is None else iso(day)
    if at is not None and meaning.basis == "double_opt_in" and "clicked_at" not in told:
        told["requested_at"] = iso(at)
    value = record.get(meaning.field).strip()
    told["record"] = f"{record.object} {record.id} {meaning.field}={value}"
    return {name: text.strip()[:_MOST_EVIDENCE] for name, text in told.items() if text.strip()}


def _strictest(some: Sequence[Said]) -> Answer:
    return max((each.answer for each in some), key=STRICTNESS.index)


def _covers(refused: Subject, subject: Subject) -> bool:
    return (
        refused.channel == subject.channel
        and refused.purpose in (EVERY, subject.purpose)
        and refused.brand in (EVERY, subject.brand)
    )


def _word(subject: Subject, some: Sequence[Said]) -> Word:
    answer = _strictest(some)
    deciding = [each for each in some if each.answer == answer]
    said = ", ".join(f"{each.meaning.field} says {_spoken(each)}" for each in some)
    why = said if len({each.answer for each in some}) == 1 else f"{said}; the stricter stands"
    at = max((each.at for each in deciding if each.at is not None), default=None)
    before = {name: value for each in some for name, value in each.before.items()}
    if answer == "no":
        return Word(Consent(subject, "withdrawn", None, deciding[0].evidence), at, (), why, before)
    # Halves of two proofs make no whole one: the best of them stands for all.
    claims = [_claim(each) for each in deciding]
    best = min(claims, key=lambda each: len(_missing(each, answer)))
    return Word(best, deciding[claims.index(best)].at, _missing(best, answer), why, before)


def _claim(said: Said) -> Consent:
    basis: Basis | None = said.meaning.basis if said.answer == "yes" else None
    return Consent(said.subject, "imported", basis, said.evidence)


def _missing(consent: Consent, answer: Answer) -> tuple[str, ...]:
    if answer == "unclear":
        return ("a clear answer",)
    return ("a legal basis",) if consent.basis is None else missing_evidence(consent)


def _spoken(said: Said) -> str:
    return {"yes": "yes", "no": "no", "unclear": "something unclear", "nothing": "nothing"}[said.answer]


def _proposal(record: Record, word: Word, keys: Sequence[tuple[str, str]]) -> Proposal:
    consent, subject = word.consent, word.consent.subject
    if consent.kind == "withdrawn":
        rule, why = "consent_withdrawn", word.why
    elif word.missing:
        rule, why = "consent_unproven", f"{word.why}; re-permission needed: lacks {', '.join(word.missing)}"
    else:
        rule, why = "consent_proven", word.why
    detail = {
        "at": word.at,
        "basis": consent.basis,
        "evidence": dict(sorted(consent.evidence.items())),
        "keys": [list(each) for each in keys],
    }
    return Proposal(
        object=record.object,
        record=record.id,
        field=f"{CONSENT} {subject.channel}/{subject.purpose}/{subject.brand}",
        before=_json(dict(sorted(word.before.items()))),
        after=consent.kind,
        rule=rule,
        confidence="high",
        why=why,
        decision="apply",
        detail=_json(detail),
    )


def _json(plain: Mapping[str, object]) -> str:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
