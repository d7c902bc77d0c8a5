"""Reads the Sales Support queue of an org, in working order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.domain.checklist import COMPLETE
from chalicelib.domain.instant import Instant, parse_instant
from chalicelib.domain.working_order import Turn, Waiting, WorkingOrder, turn_of
from chalicelib.gateways.salesforce.mapping import INTEREST_ID

Row = Mapping[str, Any]

_QUEUE = (
    f"SELECT Id, Name, {INTEREST_ID}, Product_Line__c, Stage__c, Gate__c, Opened_At__c, "  # noqa: S608
    "CreatedDate, Due_At__c, Expected_Value__c, Grade_When_Opened__c, Lacking__c, Completeness__c, "
    "Owner.Name "
    "FROM Interest__c WHERE Is_Open__c = true AND Stage__c IN {values}"
)


class Queries(Protocol):
    """The reading side of an org."""

    def rows(self, soql: str, values: Any = None, *, deleted: bool = False) -> Iterator[Row]:
        """Run a query whose `{values}` are the given ones."""


@dataclass(frozen=True, slots=True)
class Waits:
    """One interest that waits for Sales Support.

    Attributes:
        completeness: from 0 to 1.
        lacking: what the checklist lacks, in the playbook's names.
    """

    name: str
    interest: str
    product_line: str
    stage: str
    gate: str
    owner: str
    opened_at: Instant
    due_at: Instant | None
    completeness: float
    lacking: tuple[str, ...]
    turn: Turn

    def is_overdue(self, now: Instant) -> bool:
        """Whether the service level has been broken already."""
        return self.due_at is not None and self.due_at < now


def read_queue(org: Queries, order: WorkingOrder, stages: tuple[str, ...]) -> list[Waits]:
    """Read the interests in the given stages; whose turn comes first stands first.

    One without an opening time, which people made by hand, waits since they made it.

    Raises:
        Misconfigured, Retryable: the org can't be asked.
    """
    waiting = [_waits(row, order) for row in org.rows(_QUEUE, stages)]
    return sorted(waiting, key=lambda each: (each.turn.at, each.name))


def _waits(row: Row, order: WorkingOrder) -> Waits:
    due = _instant(row.get("Due_At__c"))
    opened = parse_instant(str(row.get("Opened_At__c") or row["CreatedDate"]), "Opened_At__c")
    value = row.get("Expected_Value__c")
    line, grade = _text(row, "Product_Line__c"), _text(row, "Grade_When_Opened__c")
    told = _text(row, "Lacking__c")
    return Waits(
        name=_text(row, "Name"),
        interest=_text(row, INTEREST_ID),
        product_line=line,
        stage=_text(row, "Stage__c"),
        gate=_text(row, "Gate__c"),
        owner=str((row.get("Owner") or {}).get("Name") or ""),
        opened_at=opened,
        due_at=due,
        completeness=float(row.get("Completeness__c") or 0) / 100,
        lacking=() if told in ("", COMPLETE) else tuple(each.strip() for each in told.split(",")),
        turn=turn_of(order, Waiting(line, grade, opened, due, None if value is None else float(value))),
    )


def _instant(value: Any) -> Instant | None:
    return parse_instant(str(value), "Due_At__c") if value else None


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "")
