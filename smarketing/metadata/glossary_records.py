"""Brings the glossary's records in an org in step with the playbook."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.errors import Misconfigured, Rejected, Retryable
from smarketing.metadata.generated.glossary import KEY, OBJECT

MOST = 200
"""Records a call (REST API Developer Guide, SObject Collections)."""

_READ = "SELECT Term_Key__c, Name, Term_De__c, Definition_En__c, Definition_De__c FROM Glossary_Term__c"


class Org(Protocol):
    """The calls that are needed; `Rest` has them."""

    def rows(self, soql: str) -> Iterator[Mapping[str, Any]]:
        """Run a query."""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call a REST resource and give its JSON."""


@dataclass(frozen=True, slots=True)
class GlossaryPlan:
    """What differs between the playbook and the org.

    Attributes:
        write: records that are missing or say something else.
        strangers: keys of records that the playbook doesn't know; people may have written them, they stay.
    """

    write: tuple[Mapping[str, str], ...]
    same: int
    strangers: tuple[str, ...]


def plan_glossary(org: Org, records: Sequence[Mapping[str, str]]) -> GlossaryPlan:
    """Compare the org's records with the playbook's.

    Raises:
        Misconfigured: the org has no glossary yet, or doesn't show it.
        Retryable: Salesforce is busy or out of reach.
    """
    try:
        held = {str(row[KEY]): row for row in org.rows(_READ)}
    except Misconfigured:
        mend = "deploy the metadata, and give yourself the role Smarketing: Admins"
        raise Misconfigured(f"{OBJECT}: the org doesn't show you all its fields; {mend}") from None
    write = tuple(each for each in records if not _is_held(each, held.get(each[KEY])))
    known = {each[KEY] for each in records}
    return GlossaryPlan(write, len(records) - len(write), tuple(sorted(held.keys() - known)))


def write_glossary(org: Org, records: Iterable[Mapping[str, str]]) -> int:
    """Write records by their external id and say how many; a repetition does no harm.

    Raises:
        Rejected: Salesforce refuses one; the others are written.
        Misconfigured, Retryable: as `Rest.call` does.
    """
    waiting = list(records)
    for start in range(0, len(waiting), MOST):
        chunk = waiting[start : start + MOST]
        body = {
            "allOrNone": False,
            "records": [{"attributes": {"type": OBJECT}, **each} for each in chunk],
        }
        results = org.call("PATCH", f"composite/sobjects/{OBJECT}/{KEY}", body)
        if not isinstance(results, list) or len(results) != len(chunk):
            raise Retryable("Salesforce: a collection was answered with another number of results")
        for record, result in zip(chunk, results, strict=True):
            if not result.get("success"):
                raise Rejected(f"{OBJECT} {record[KEY]}: {_reason(result)}")
    return len(waiting)


def _is_held(record: Mapping[str, str], row: Mapping[str, Any] | None) -> bool:
    return row is not None and all(row.get(name) == value for name, value in record.items())


def _reason(result: Mapping[str, Any]) -> str:
    errors = result.get("errors") or [{}]
    return f"{errors[0].get('statusCode', 'UNKNOWN_EXCEPTION')}: {errors[0].get('message', '')}"
