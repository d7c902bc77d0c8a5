"""The queue as the command line reads it: in working order, with what lacks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.instant import DAY, HOUR, Duration, Instant, iso
from chalicelib.domain.working_order import WorkingOrder
from smarketing.support.queue import read_queue
from tests.domain.builders import START, day

ORDER = WorkingOrder(values={"presses": 63_000}, chances={"A": 1.0}, per_doubling=HOUR, most=Duration(DAY))
STAGES = ("mql", "qualifying")


@dataclass
class Org:
    """Gives rows, and keeps what it was asked."""

    given: list[dict[str, Any]]
    asked: Any = None

    def rows(self, soql: str, values: Any = None, *, deleted: bool = False) -> Iterator[Mapping[str, Any]]:
        self.asked = values
        return iter(self.given)


def interest(name: str, **more: Any) -> dict[str, Any]:
    usual = {
        "Name": name,
        "Product_Line__c": "presses",
        "Grade_When_Opened__c": "F",
        "Stage__c": "mql",
        "Opened_At__c": iso(START),
        "CreatedDate": iso(day(1)),
        "Due_At__c": iso(Instant(START + 4 * HOUR)),
        "Lacking__c": "complete",
        "Completeness__c": 100.0,
        "Owner": {"Name": "Sales Support"},
    }
    return usual | more


def names(*rows: dict[str, Any]) -> list[str]:
    return [each.name for each in read_queue(Org(list(rows)), ORDER, STAGES)]


def test_whose_turn_comes_first_stands_first() -> None:
    poor, rich = interest("poor"), interest("rich", Grade_When_Opened__c="A")
    valued = interest("valued", Grade_When_Opened__c="A", Expected_Value__c=127_000.0)

    assert names(poor, rich, valued) == ["valued", "rich", "poor"]


def test_interest_made_by_hand_waits_since_it_was_made() -> None:
    by_hand = interest("by hand", Opened_At__c=None, Due_At__c=None)

    assert names(by_hand, interest("opened")) == ["opened", "by hand"]


def test_nothing_lacks_when_the_checklist_is_complete() -> None:
    complete, lacking = read_queue(
        Org([interest("1"), interest("2", Lacking__c="need, phone", Completeness__c=33.0)]), ORDER, STAGES
    )

    assert (complete.lacking, complete.completeness) == ((), 1.0)
    assert (lacking.lacking, lacking.completeness) == (("need", "phone"), 0.33)


def test_only_the_stages_of_sales_support_are_asked_for() -> None:
    org = Org([])

    assert read_queue(org, ORDER, STAGES) == []
    assert org.asked == STAGES


def test_interest_is_overdue_once_its_service_level_is_over() -> None:
    [waits] = read_queue(Org([interest("1")]), ORDER, STAGES)

    assert not waits.is_overdue(START)
    assert waits.is_overdue(day(1))
