"""What a merge would do, group by group, before anything is done."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.duplicates import DuplicateTerms, Survival
from chalicelib.domain.model import Model
from smarketing.cleansing import org_records
from smarketing.cleansing.org_fields import OrgField, OrgObject
from smarketing.cleansing.proposal import OBJECTS, Record
from smarketing.duplicates import guards
from smarketing.duplicates.groups import Group
from smarketing.duplicates.guards import Guard, Raised
from smarketing.duplicates.survivorship import CHANGED, CREATED, Survivor, survivor

_BATCH = 500
"""Groups whose records are read at a time."""
_NEVER = frozenset({"Id", "OwnerId", "MasterRecordId", "IsConverted", "RecordTypeId"})
_NOT_WRITTEN = frozenset({"address", "location", "base64", "complexvalue"})


class Rest(org_records.Rest, guards.Rest, Protocol):
    """The calls that are needed."""


@dataclass(frozen=True, slots=True)
class Merge:
    """One group.

    Attributes:
        held_back: guards that nobody let pass; empty: it is to be merged.
        objections: of the others, which the main record takes over.
    """

    object: str
    survivor: Survivor
    held_back: tuple[Raised, ...]
    objections: tuple[str, ...]

    @property
    def main(self) -> str:
        """Id of the record that stays."""
        return self.survivor.main.id

    @property
    def others(self) -> tuple[str, ...]:
        """Ids of the records that are merged into it."""
        return tuple(each.id for each in self.survivor.others)


def plan_merges(
    rest: Rest,
    described: Mapping[str, OrgObject],
    groups: Iterable[Group],
    model: Model,
    allowed: Collection[Guard] = (),
) -> Iterator[Merge]:
    """Look at every group's records as they are now; those of which fewer than two are left are passed over.

    Args:
        allowed: guards that are let pass.

    Raises:
        Misconfigured, Retryable: as `Rest` does.
    """
    by_object = {name: [each for each in groups if each.object == name] for name in OBJECTS}
    for name, some in by_object.items():
        fields = writable(described[name], model) if some else ()
        for start in range(0, len(some), _BATCH):
            yield from _batch(rest, described[name], fields, some[start : start + _BATCH], model, allowed)


def writable(described: OrgObject, model: Model) -> tuple[str, ...]:
    """Name the fields that a merge decides on: those that can be written, without Smarketing's own."""
    ours = {each.partition(".")[2] for each in model.owned_fields if each.startswith(f"{described.name}.")}

    def decides(field: OrgField) -> bool:
        return field.updateable and field.name not in _NEVER | ours and field.type not in _NOT_WRITTEN

    return tuple(each.name for each in described.fields.values() if decides(each))


def _batch(
    rest: Rest,
    described: OrgObject,
    fields: Sequence[str],
    groups: Sequence[Group],
    model: Model,
    allowed: Collection[Guard],
) -> Iterator[Merge]:
    ids = [record for each in groups for record in each.records]
    more = [each for each in (CREATED, CHANGED, guards.OWNER) if each in described.fields]
    read = org_records.read_some(rest, described.name, described.types, [*fields, *more], ids)
    in_opportunity = guards.in_open_opportunities(rest, described.name, ids)
    for each in groups:
        there = [read[record] for record in each.records if record in read]
        there = [record for record in there if record.get("IsConverted") != "true"]
        if len(there) > 1:
            yield _merge(there, fields, model.duplicates, in_opportunity, allowed)


def _merge(
    records: Sequence[Record],
    fields: Sequence[str],
    terms: DuplicateTerms,
    in_opportunity: frozenset[str],
    allowed: Collection[Guard],
) -> Merge:
    found = survivor(records, fields, _with_objections(terms))
    held_back = guards.raised(found.main, found.others, in_opportunity)
    return Merge(
        records[0].object,
        found,
        tuple(each for each in held_back if each.guard not in allowed),
        guards.objections(found.main, found.others),
    )


def _with_objections(terms: DuplicateTerms) -> DuplicateTerms:
    """Have objections stay whatever the playbook leaves out."""
    strict: dict[str, Survival] = dict.fromkeys(guards.OBJECTIONS, "stricter")
    return DuplicateTerms(
        terms.bounds, terms.doubtful, terms.certain, terms.main_record, {**terms.survival, **strict}
    )
