"""The org's list of possible duplicates: new Leads, and whom each of them may be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from rich.table import Table

Row = Mapping[str, Any]

_SIDES = ("Name", "Company", "Email", "Phone")
_OPEN = (
    "SELECT Name, CreatedDate, Lead__c, Other_Lead__c, Other_Contact__c, Why__c, Likeness__c, "
    "Lead_Name__c, Lead_Company__c, Lead_Email__c, Lead_Phone__c, Other_Name__c, Other_Company__c, "
    "Other_Email__c, Other_Phone__c FROM Possible_Duplicate__c WHERE Needs_Decision__c = true "
    "ORDER BY CreatedDate, Name"
)


class Queries(Protocol):
    """The reading side of an org."""

    def rows(self, soql: str, values: Any = None, *, deleted: bool = False) -> Iterator[Row]:
        """Run a query."""


@dataclass(frozen=True, slots=True)
class OpenPair:
    """Two records about which somebody has to decide.

    Attributes:
        name: number of the pair in the org.
        listed_at: as Salesforce writes it, in UTC.
        lead: what the new Lead says, by word: `id`, `name`, `company`, `email`, `phone`.
        other: what the other record says, likewise.
        likeness: of the names, 0 to 100.
    """

    name: str
    listed_at: str
    lead: Mapping[str, str]
    other: Mapping[str, str]
    why: str
    likeness: float


def open_pairs(org: Queries) -> list[OpenPair]:
    """Read the pairs that wait for a decision, the oldest first.

    Raises:
        Misconfigured, Retryable: the org can't be asked.
    """
    return [_pair(row) for row in org.rows(_OPEN)]


def as_plain(pair: OpenPair) -> dict[str, Any]:
    """Give a pair as JSON."""
    return {
        "name": pair.name,
        "listed_at": pair.listed_at,
        "why": pair.why,
        "likeness": pair.likeness,
        "lead": dict(pair.lead),
        "other": dict(pair.other),
    }


def as_table(pair: OpenPair) -> Table:
    """Show a pair with both records side by side."""
    table = Table("", "new Lead", "Contact" if pair.other["id"].startswith("003") else "other Lead")
    for word in pair.lead:
        table.add_row(word, pair.lead[word], pair.other[word])
    table.title = f"{pair.name}: {pair.why} (names {pair.likeness:.0f} of 100)"
    return table


def _pair(row: Row) -> OpenPair:
    other = row.get("Other_Contact__c") or row.get("Other_Lead__c")
    return OpenPair(
        name=str(row["Name"]),
        listed_at=str(row["CreatedDate"]),
        lead=_side(row, "Lead", row.get("Lead__c")),
        other=_side(row, "Other", other),
        why=str(row.get("Why__c") or ""),
        likeness=float(row.get("Likeness__c") or 0.0),
    )


def _side(row: Row, side: str, record: Any) -> dict[str, str]:
    told = {each.lower(): str(row.get(f"{side}_{each}__c") or "") for each in _SIDES}
    return {"id": str(record or ""), **told}
