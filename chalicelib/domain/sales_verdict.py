"""What sales last made of a person's interests: marketing's segments, journeys and reports go by it."""

from dataclasses import dataclass

from chalicelib.domain.instant import Instant
from chalicelib.domain.model import Lifecycle
from chalicelib.domain.person import Person
from chalicelib.domain.stages import is_with_sales


@dataclass(frozen=True, slots=True)
class SalesVerdict:
    """The latest step that an interest took with sales.

    Attributes:
        at: when it was taken.
        product_line: of the interest.
        stage: that it went to.
        reason: why it was rejected or recycled.
        amount: what its Opportunity is worth, in the org's currency, as was last told.
    """

    at: Instant
    product_line: str
    stage: str
    reason: str | None
    amount: float | None


def sales_verdict(lifecycle: Lifecycle, person: Person) -> SalesVerdict | None:
    """Give the latest verdict; None where sales has not said anything yet."""
    judged = (
        SalesVerdict(each.changed_at, line, each.stage, each.reason, each.amount)
        for line, each in person.interests.items()
        if is_with_sales(lifecycle, each.stage) and each.changed_at > each.opened_at
    )
    return max(judged, key=lambda each: (each.at, each.product_line), default=None)
