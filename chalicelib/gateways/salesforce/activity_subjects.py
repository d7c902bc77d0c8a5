"""Finds the product line of what an activity is about: an interest, or the Opportunity that came of one."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from chalicelib.gateways.reading import text
from chalicelib.gateways.salesforce.mapping import is_record_id

About = tuple[str | None, str | None]
"""A product line, and the Opportunity by 15 characters of its id."""

_INTERESTS = "SELECT Id, Opportunity__c, Product_Line__c FROM Interest__c"


class Rest(Protocol):
    """The reading side of the REST API."""

    def rows(self, soql: str, values: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        """Run a query whose `{values}` are the given ones."""


def about_of(rest: Rest, whats: Iterable[str]) -> dict[str, About]:
    """Find out what activities are about, by 15 characters of the ids that they name."""
    ids = sorted(each for each in whats if is_record_id(each))
    found: dict[str, About] = {}
    if opportunities := [each for each in ids if each.startswith("006")]:
        lines: dict[str, set[str]] = {each[:15]: set() for each in opportunities}
        for row in rest.rows(f"{_INTERESTS} WHERE Opportunity__c IN {{values}}", opportunities):
            lines[str(row["Opportunity__c"])[:15]].add(str(row["Product_Line__c"]))
        # Of several product lines none can be told.
        found = {each: (min(some) if len(some) == 1 else None, each) for each, some in lines.items()}
    # Records of custom objects have ids that begin with a letter a.
    if others := [each for each in ids if each.startswith("a")]:
        for row in rest.rows(f"{_INTERESTS} WHERE Id IN {{values}}", others):
            opportunity = text(row.get("Opportunity__c"), 18)[:15]
            found[str(row["Id"])[:15]] = (text(row.get("Product_Line__c")) or None, opportunity or None)
    return found
