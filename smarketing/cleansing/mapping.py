"""The mapping: what each of an org's own opt-in fields means, in the words of the playbook.

fields:
- field: Lead.Newsletter__c
  meaning: opt_in             # opt_in: a yes permits; opt_out: a yes forbids; ignore: no word about a consent
  purpose: newsletter         # of the playbook; "*" for all of them, with opt_out only
  channel: email              # left out: email
  brand: main                 # left out: the playbook's first
  basis: double_opt_in        # what a yes is claimed to rest on; left out: nothing is known
  since: Newsletter_Date__c   # a field of the same record: when it was said
  no: withdrawn               # or nothing; left out: withdrawn, of a checkbox nothing
  values: {mdl.: unclear}     # what the org's own words mean: yes, no, unclear or nothing; of a field with
                              # several values only those that stand here count
  evidence:                   # from a field of the same record, or, with an equals sign, a constant
    document: Newsletter_Source__c
    wording_version: "=2018-05"
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from chalicelib.domain.consent import BASES, CHANNELS, EVERY, EVIDENCE, Basis, Channel, Subject
from chalicelib.domain.model import Model
from chalicelib.errors import Rejected
from smarketing.cleansing.opt_in_words import STRICTNESS, Answer, plain

Meaning = Literal["opt_in", "opt_out", "ignore"]
MEANINGS: tuple[Meaning, ...] = get_args(Meaning)

NOT_SAID = "?"
"""As a purpose: to be filled in by whoever reads a suggested mapping."""

CONSTANT = "="

_KEYS = frozenset("field meaning purpose channel brand basis since no values evidence".split())
_OBJECTS = ("Lead", "Contact")


@dataclass(frozen=True, slots=True)
class FieldMeaning:
    """What one field means.

    Attributes:
        no: whether a no takes the consent away or says nothing; None where the field's type decides.
        values: the org's own words, in the form of `plain`.
        evidence: by name, a field of the same record or, after an equals sign, a constant.
    """

    object: str
    field: str
    meaning: Meaning
    subject: Subject
    basis: Basis | None = None
    since: str = ""
    no: Literal["withdrawn", "nothing"] | None = None
    values: Mapping[str, Answer] = dataclasses.field(default_factory=dict)
    evidence: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the record that are read for it."""
        told = (each for each in self.evidence.values() if not each.startswith(CONSTANT))
        return tuple(dict.fromkeys(each for each in (self.field, self.since, *told) if each))


Mapped = tuple[FieldMeaning, ...]

STANDARD: Mapped = tuple(
    FieldMeaning(name, field_name, "opt_out", subject)
    for name in _OBJECTS
    for field_name, subject in (
        ("HasOptedOutOfEmail", Subject("email", EVERY, EVERY)),
        ("DoNotCall", Subject("phone", EVERY, EVERY)),
    )
)
"""What Salesforce's own boxes mean, unless a mapping says otherwise."""


def read_mapping(path: Path, model: Model) -> Mapped:
    """Read a mapping file; the standard boxes are added where it says nothing of them.

    Raises:
        Rejected: it is no mapping, or names what the playbook does not have.
    """
    # Editors and people write `no` as a key and as a value; YAML 1.2 leaves it a word.
    from smarketing.playbook_yaml import Unreadable, compose, plain_value

    try:
        content = plain_value(compose(path))
    except Unreadable as error:
        raise Rejected(f"{path.name}: {error}") from None
    items = content.get("fields") if isinstance(content, dict) else None
    if not isinstance(items, list):
        raise Rejected(f"{path.name}: fields: list the fields; smarketing cleanse plan writes an example")
    read = tuple(_item(each, f"{path.name}: fields[{at}]", model) for at, each in enumerate(items))
    _refuse_repetition(read, path.name)
    return with_standard(tuple(each for each in read if each.meaning != "ignore"), read)


def with_standard(mapped: Mapped, said: Mapped) -> Mapped:
    """Add Salesforce's own boxes, unless something is said of them."""
    known = {(each.object, each.field) for each in said}
    return (*mapped, *(each for each in STANDARD if (each.object, each.field) not in known))


def _item(item: Any, place: str, model: Model) -> FieldMeaning:
    if not isinstance(item, dict) or set(item) - _KEYS:
        raise Rejected(f"{place}: write {', '.join(sorted(_KEYS))} and nothing else")
    object_name, _, field_name = str(item.get("field", "")).partition(".")
    if object_name not in _OBJECTS or not field_name.isidentifier():
        raise Rejected(f"{place}.field: name a field of Lead or Contact, as Lead.Newsletter__c")
    meaning: Meaning = _one_of(item.get("meaning"), MEANINGS, f"{place}.meaning")
    if meaning == "ignore":
        return FieldMeaning(object_name, field_name, meaning, Subject("email", EVERY, EVERY))
    basis: Basis | None = _one_of(item["basis"], BASES, f"{place}.basis") if item.get("basis") else None
    no: Any = _one_of(item["no"], ("withdrawn", "nothing"), f"{place}.no") if "no" in item else None
    return FieldMeaning(
        object=object_name,
        field=field_name,
        meaning=meaning,
        subject=_subject(item, meaning, place, model),
        basis=basis,
        since=_field_name(item.get("since", ""), f"{place}.since"),
        no=no,
        values={
            plain(str(word)): _one_of(answer, STRICTNESS, f"{place}.values.{word}")
            for word, answer in _object(item.get("values"), f"{place}.values").items()
        },
        evidence=_evidence(item.get("evidence"), f"{place}.evidence"),
    )


def _subject(item: Mapping[str, Any], meaning: Meaning, place: str, model: Model) -> Subject:
    channel: Channel = _one_of(item.get("channel", "email"), CHANNELS, f"{place}.channel")
    every = (EVERY,) if meaning == "opt_out" else ()
    purposes = tuple(each.name for each in model.purposes)
    purpose = _one_of(item.get("purpose"), (*purposes, *every), f"{place}.purpose")
    brands = tuple(each.name for each in model.consent.brands)
    first = EVERY if purpose == EVERY else brands[0]
    brand = _one_of(item.get("brand", first), (*brands, *every), f"{place}.brand")
    return Subject(channel, purpose, brand)


def _evidence(given: Any, place: str) -> dict[str, str]:
    told = {}
    for name, source in _object(given, place).items():
        _one_of(name, tuple(sorted(EVIDENCE)), place)
        text = str(source)
        told[name] = text if text.startswith(CONSTANT) else _field_name(text, f"{place}.{name}")
    return told


def _field_name(value: Any, place: str) -> str:
    if not isinstance(value, str) or (value and not value.isidentifier()):
        raise Rejected(f"{place}: name a field of the same object, as Newsletter_Date__c")
    return value


def _object(value: Any, place: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Rejected(f"{place}: write name: value")
    return value


def _one_of(value: Any, words: tuple[Any, ...], place: str) -> Any:
    if value not in words:
        raise Rejected(f"{place}: write one of {', '.join(words)}")
    return value


def _refuse_repetition(read: Mapped, name: str) -> None:
    seen: set[tuple[str, str, Subject]] = set()
    for each in read:
        key = (each.object, each.field, each.subject)
        if key in seen:
            raise Rejected(f"{name}: fields: {each.object}.{each.field} stands there twice for one subject")
        seen.add(key)
