"""Which record of a group stays, and which of the others' values it takes over, as the playbook says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.duplicates import DuplicateTerms, MainRecord, Survival
from smarketing.cleansing.proposal import Record

CREATED, CHANGED = "CreatedDate", "LastModifiedDate"

_TRUE = "true"


@dataclass(frozen=True, slots=True)
class Survivor:
    """What stays.

    Attributes:
        values: fields of the main record that get another value.
        lost: fields in which another record holds something that does not stay.
    """

    main: Record
    others: tuple[Record, ...]
    values: Mapping[str, str]
    lost: tuple[str, ...]


def survivor(records: Sequence[Record], fields: Sequence[str], terms: DuplicateTerms) -> Survivor:
    """Choose the main record and its values.

    Args:
        records: of one object, with `CreatedDate` and `LastModifiedDate`.
        fields: that may be written.
    """
    main = _main(records, fields, terms.main_record)
    others = tuple(sorted((each for each in records if each is not main), key=_newest_first, reverse=True))
    values, lost = {}, []
    for name in fields:
        kept = _RULES[terms.survival.get(name, "main")](name, main, others)
        if kept != main.get(name):
            values[name] = kept
        if any(_is_lost(each.get(name), kept) for each in (main, *others)):
            lost.append(name)
    return Survivor(main, others, values, tuple(lost))


def _main(records: Sequence[Record], fields: Sequence[str], which: MainRecord) -> Record:
    def filled(record: Record) -> int:
        return sum(1 for name in fields if record.get(name) not in ("", "false"))

    if which == "newest":
        return max(records, key=lambda each: (each.get(CREATED), each.id))
    if which == "oldest":
        return min(records, key=lambda each: (each.get(CREATED), each.id))
    return min(records, key=lambda each: (-filled(each), each.get(CREATED), each.id))


def _newest_first(record: Record) -> tuple[str, str]:
    return record.get(CHANGED), record.id


def _keep_main(name: str, main: Record, others: Sequence[Record]) -> str:
    return next((value for each in (main, *others) if (value := each.get(name))), "")


def _keep_newest(name: str, main: Record, others: Sequence[Record]) -> str:
    ordered = sorted((main, *others), key=_newest_first, reverse=True)
    return next((value for each in ordered if (value := each.get(name))), "")


def _keep_oldest(name: str, main: Record, others: Sequence[Record]) -> str:
    ordered = sorted((main, *others), key=lambda each: (each.get(CREATED), each.id))
    return next((value for each in ordered if (value := each.get(name))), "")


def _keep_longest(name: str, main: Record, others: Sequence[Record]) -> str:
    return max((each.get(name) for each in (main, *others)), key=len)


def _keep_stricter(name: str, main: Record, others: Sequence[Record]) -> str:
    values = [each.get(name) for each in (main, *others)]
    return _TRUE if _TRUE in values else main.get(name)


def _join(name: str, main: Record, others: Sequence[Record]) -> str:
    texts = dict.fromkeys(each.get(name) for each in (main, *others))
    return "\n".join(text for text in texts if text)


_RULES: Mapping[Survival, Callable[[str, Record, Sequence[Record]], str]] = {
    "main": _keep_main,
    "newest": _keep_newest,
    "oldest": _keep_oldest,
    "longest": _keep_longest,
    "stricter": _keep_stricter,
    "joined": _join,
}


def _is_lost(value: str, kept: str) -> bool:
    return value not in ("", "false") and value != kept and value not in kept.split("\n")
